#!/usr/bin/env bash
# Builds the program that makes PDFs while a server runs, and gives up when the server ends. The server finds the program
# as soon as it is there.
#   scripts/paper-beside.sh PID     in a process group of its own
set -uo pipefail

server=$1
log=target/paper.log
serves() { kill -0 "$server" 2>/dev/null; }

# Until the first page is there, the processors belong to the server.
address=${STARBRIDGE_LISTEN:-127.0.0.1:8080}
host=${address%:*}
host=${host#[}
until (exec 3<>"/dev/tcp/${host%]}/${address##*:}") 2>/dev/null; do
    serves || exit 0
    sleep 1
done

nice -n 10 cargo build --profile paper --package starbridge-paper --features typeset --locked >"$log" 2>&1 &
build=$!
while kill -0 "$build" 2>/dev/null; do
    # The whole group: cargo's compilers do not end with cargo.
    serves || kill -TERM 0
    sleep 1
done
wait "$build" || echo "The program that makes PDFs was not built; $log says why. Everything else works."
