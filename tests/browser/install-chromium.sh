#!/bin/sh
# Makes sure that the browser tests find Debian's Chromium. Run by `make test`. Without it those tests are skipped,
# so this never fails: it installs where it may, and says what to do where it may not.
set -u

if command -v chromium >/dev/null 2>&1; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "browser tests are skipped: no chromium on PATH (install it with this system's package manager)" >&2
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "browser tests are skipped: no chromium on PATH (sudo apt-get install chromium)" >&2
    exit 0
fi
echo "installing chromium for the browser tests" >&2
if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-core; } >/dev/null 2>&1; then
    echo "browser tests are skipped: chromium could not be installed (apt-get install chromium)" >&2
fi
exit 0
