#!/usr/bin/env bash
# Checks the dependency tree against deny.toml: licences, banned and doubled crates, sources, known vulnerabilities.
set -euo pipefail

version=0.20.2
tool=target/tools/bin/cargo-deny

if [ "$("$tool" --version 2>/dev/null || true)" != "cargo-deny $version" ]; then
    # Unoptimised: compiling it takes longer than all it will ever do here.
    CARGO_PROFILE_DEV_DEBUG=false cargo install cargo-deny --quiet --locked --debug --version "$version" \
        --root target/tools --target-dir target/tools/build
    rm -rf target/tools/build
fi

"$tool" --locked check bans licenses sources

# The advisory database is a git repository outside the package registries, so a closed network cannot reach it.
if timeout 120 "$tool" --locked fetch db 2>target/tools/fetch.log; then
    "$tool" --locked check --disable-fetch advisories
else
    echo "NOT CHECKED: known vulnerabilities. The advisory database could not be fetched:"
    sed '/^$/d' target/tools/fetch.log | tail -n 1
fi
