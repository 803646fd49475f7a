#!/usr/bin/env bash
# Makes what tests/upgrade.rs upgrades: a small demonstration as a given version of the program leaves it, dumped from
# SQLite and from PostgreSQL, and beside them what that version said about it, the same on both.
#   scripts/upgrade-dump.sh PROGRAM [FOLDER]      FOLDER: tests/upgrade
# PROGRAM is a built `starbridge`. Its people work for three days (scripts/upgrade/scenes.mjs) at times that faketime
# makes, so that the dump does not depend on the day on which it is made. The keys of the first dump are kept in
# FOLDER/keys.json and used again: they seal invented people only.
# Needs Node with this repository's packages, faketime, sqlite3, psql, pg_dump and a PostgreSQL server (test-needs.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath "${1:?which program?}")
folder=${2:-tests/upgrade}
export TZ=Asia/Shanghai STARBRIDGE_LOG=warn STARBRIDGE_REQUIRE_TOTP=false
unset STARBRIDGE_SMTP_URL STARBRIDGE_WEBHOOK_URL

if [ "${3:-}" = "" ]; then
    mkdir -p "$folder"
    "$0" "$program" "$folder" sqlite
    exec scripts/with-postgres.sh "$0" "$program" "$folder" postgres
fi

back_end=$3
place=$(mktemp -d /tmp/starbridge-upgrade.XXXXXX)
server=

remove_place() {
    if [ -n "$server" ]; then kill -TERM -- "-$server" 2>/dev/null || true; fi
    rm -rf "$place"
}
trap remove_place EXIT

export STARBRIDGE_DATA_DIR=$place
if [ "$back_end" = postgres ]; then
    psql --quiet "$TEST_DATABASE_URL" -c 'CREATE DATABASE upgrade'
    export STARBRIDGE_DATABASE_URL=${TEST_DATABASE_URL%/*}/upgrade
else
    export STARBRIDGE_DATABASE_URL=sqlite://$place/starbridge.db
fi
if [ -e "$folder/keys.json" ]; then install -m 600 "$folder/keys.json" "$place/keys.json"; fi

# The program at some time: `at 2026-10-26 09:10:00 sweep --all`.
at() {
    local day=$1 time=$2
    shift 2
    faketime "$day $time" "$program" "$@"
}

# What people do on a day, and what the program does by itself at its end.
work() {
    local name=$1 day=$2
    shift 2
    : >"$place/output"
    # A process group of its own: faketime may stand between this shell and the program.
    set -m
    at "$day" 09:10:00 serve --listen 127.0.0.1:0 "$@" >"$place/output" 2>&1 &
    server=$!
    set +m
    until address=$(grep -m 1 -o 'http://127\.0\.0\.1:[0-9]*' "$place/output"); do
        kill -0 "$server" || { cat "$place/output" >&2; exit 1; }
        sleep 0.1
    done
    node scripts/upgrade/scenes.mjs "$name" "$address" "$place/state.json" || { tail "$place/output" >&2; exit 1; }
    kill -TERM -- "-$server"
    wait "$server" || true
    until ! pgrep -g "$server" >/dev/null; do sleep 0.1; done
    server=
}

at 2026-10-26 09:00:00 demo --children 300 --seed 14 >/dev/null
cp "$place/keys.json" "$folder/keys.json"
work first 2026-10-26 --demo
at 2026-10-26 20:00:00 sweep --all --demo >/dev/null
work second 2026-10-28 --demo
at 2026-10-28 20:00:00 sweep --all --demo >/dev/null
# Nobody configured a mail server, and the address of the gateway is none: letters wait, telephone messages fail.
export STARBRIDGE_WEBHOOK_URL='http://[none'
work third 2026-10-30
at 2026-10-30 20:00:00 sweep --all >/dev/null
node scripts/upgrade/record.mjs "$back_end" "$STARBRIDGE_DATABASE_URL" "$place/state.json" "$folder" \
    <(at 2026-10-30 20:05:00 report screening --month 2026-10 --division 330211)
