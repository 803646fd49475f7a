#!/usr/bin/env bash
# Runs a command with TEST_DATABASE_URL set to a PostgreSQL cluster that lives only as long as the command.
#   scripts/with-postgres.sh cargo test
# PG_BIN names the directory of the server programs where it is not Debian's.
set -euo pipefail

bin=${PG_BIN:-$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)}
if [ ! -x "$bin/initdb" ]; then
    echo "No PostgreSQL server programs found. Install them (apt-get install postgresql) or set PG_BIN." >&2
    exit 1
fi

directory=$(mktemp -d /tmp/starbridge-postgres.XXXXXX)
server=

remove_cluster() {
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$directory"
}
trap remove_cluster EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# PostgreSQL refuses to run as root. The parent-death signal stops it even when this script is killed outright.
owner=(setpriv --pdeathsig QUIT)
if [ "$(id -u)" -eq 0 ]; then
    owner+=(--reuid=postgres --regid=postgres --init-groups)
    chown postgres:postgres "$directory"
fi

(cd "$directory" && "${owner[@]}" "$bin/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >initdb.log 2>&1) || { cat "$directory/initdb.log" >&2; exit 1; }

# Nothing here has to survive a power cut, so nothing waits for the disk.
settings=(
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off
)

ready() { grep -q '^ready' "$directory/data/postmaster.pid" 2>/dev/null; }

# A port may be taken; the server then ends at once and the next one is tried.
for _ in {1..20}; do
    port=$((20000 + RANDOM % 12000))
    (cd "$directory" && exec "${owner[@]}" "$bin/postgres" -D data -p "$port" "${settings[@]}") \
        >"$directory/server.log" 2>&1 &
    server=$!
    until ready || ! kill -0 "$server" 2>/dev/null; do sleep 0.1; done
    ready && break
    wait "$server" || true
    server=
done
if [ -z "$server" ]; then
    cat "$directory/server.log" >&2
    exit 1
fi

export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
