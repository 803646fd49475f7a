#!/usr/bin/env bash
# Installs what the tests need beyond the build tools: a PostgreSQL server, Chromium, faketime, age (for encrypted
# backups), poppler-utils (which reads PDFs) and a Chinese font.
# Without the right to install (root, or sudo without a password) it says what is missing and fails.
set -euo pipefail

missing=()
compgen -G "${PG_BIN:-/usr/lib/postgresql/*/bin}/initdb" >/dev/null || missing+=(postgresql)
command -v faketime >/dev/null || missing+=(faketime)
command -v age >/dev/null || missing+=(age)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
[ -n "$(find /usr/share/fonts /usr/local/share/fonts -iname '*noto*cjk*' -print -quit 2>/dev/null)" ] || missing+=(fonts-noto-cjk)

if [ "${#missing[@]}" -eq 0 ]; then
    echo "PostgreSQL, Chromium, faketime, age, poppler-utils and a Chinese font are there."
    exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
    root=()
elif sudo -n true 2>/dev/null; then
    root=(sudo -n)
else
    root=(false)
fi

echo "Missing: ${missing[*]}"
if [ "${root[*]}" = false ] || ! command -v apt-get >/dev/null; then
    echo "They cannot be installed from here. On Debian, run as root and start again:" >&2
    echo "    apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    echo "Elsewhere, install them your own way; PG_BIN and CHROMIUM name them where the paths differ." >&2
    exit 1
fi
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
