#!/usr/bin/env bash
# A browser for the test of the API page: Debian's chromium, installed when none is there.
set -euo pipefail
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lib.sh"

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then
    echo "browser: $name"
    exit 0
  fi
done
need_root 'installing chromium'
install_packages chromium
echo 'browser: chromium'
