#!/usr/bin/env bash
# Runs one stage of a build or a test run under a heading and says how long it took.
#   scripts/stage.sh "Format" cargo fmt --check
set -uo pipefail

title=$1
shift
printf '\n==> %s\n' "$title"
SECONDS=0
"$@"
status=$?
if [ "$status" -eq 0 ]; then
    printf '==> %s: done in %d s\n' "$title" "$SECONDS"
else
    printf '==> %s: FAILED (exit %d) after %d s\n' "$title" "$status" "$SECONDS"
fi
exit "$status"
