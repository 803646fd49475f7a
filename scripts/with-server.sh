#!/usr/bin/env bash
# Runs a command against a server of its own, with a small demo district that is gone afterwards.
#   scripts/with-server.sh npx playwright test -c tests/browser
# STARBRIDGE_BROWSER_URL tells the command where the server listens.
set -euo pipefail

program=target/debug/starbridge
export STARBRIDGE_DATA_DIR STARBRIDGE_LISTEN=127.0.0.1:0 STARBRIDGE_LOG=warn
STARBRIDGE_DATA_DIR=$(mktemp -d /tmp/starbridge-demo.XXXXXX)
output=$STARBRIDGE_DATA_DIR/output.log
server=

remove_server() {
    status=$?
    if [ -n "$server" ]; then
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    if [ "$status" -ne 0 ] && [ -s "$output" ]; then
        echo "The server's last words:"
        tail -n 40 "$output"
    fi
    rm -rf "$STARBRIDGE_DATA_DIR"
}
trap remove_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$program" demo --children 1500 --seed 1 >"$output" 2>&1
setpriv --pdeathsig TERM "$program" serve --demo >>"$output" 2>&1 &
server=$!

# The server says where it listens once it does.
address() { grep -m 1 -o 'http://127\.0\.0\.1:[0-9]*' "$output"; }
until address >/dev/null; do
    kill -0 "$server" 2>/dev/null || exit 1
    sleep 0.1
done
STARBRIDGE_BROWSER_URL=$(address)
export STARBRIDGE_BROWSER_URL
"$@"
