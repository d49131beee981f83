#!/bin/sh
# See to the programs that tests drive: a browser, a database server, a reader of PDF files.
set -eu

have() {
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

have_server() {
    have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

wanted=""
have chromium chromium-browser google-chrome google-chrome-stable || wanted="$wanted chromium"
have pdftotext && have pdftoppm || wanted="$wanted poppler-utils"
have_server || wanted="$wanted postgresql"
have unshare || wanted="$wanted util-linux"
[ -z "$wanted" ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing for the tests:$wanted"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    # shellcheck disable=SC2086 # names of packages are apart
    apt-get install -y -qq --no-install-recommends $wanted </dev/null >/dev/null
    exit 0
fi
echo "missing for the tests:$wanted (names of Debian's packages)" >&2
exit 1
