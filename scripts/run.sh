#!/usr/bin/env bash
# Serves the demonstration (`make run`). The program that makes PDFs takes as long to build as all the rest: that goes on
# beside the server, and ends with it.
set -euo pipefail

# A process group of its own, so that it can be ended with all that cargo starts; nobody's child, so that it leaves no zombie.
(set -m; scripts/paper-beside.sh $$ </dev/null &)
exec target/release/starbridge serve --demo --require-totp false
