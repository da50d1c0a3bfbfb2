#!/bin/sh
# Checks a release: the signature of SHA256SUMS, then every file that it lists.
#
#   ./verify.sh PUBLIC-KEY
#
# The key (a file, or the text that begins with RW) must come from another place than the files:
# whoever can change the files can change a key beside them.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 PUBLIC-KEY (a file of minisign, or its text)" >&2
    exit 2
fi
key=$1
if [ -f "$key" ]; then
    key=$(sed -n 2p "$key")
fi
cd "$(dirname "$0")"

if ! command -v minisign > /dev/null; then
    echo "$0: minisign is missing (Debian: apt install minisign; macOS: brew install minisign)" >&2
    exit 2
fi
minisign -V -P "$key" -m SHA256SUMS
if command -v sha256sum > /dev/null; then
    sha256sum --check --strict SHA256SUMS
else
    shasum --algorithm 256 --check --strict SHA256SUMS
fi
