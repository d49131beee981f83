#!/bin/sh
# Say in one line each what this machine lacks to build Clearway; fail if anything is missing.
# `needs.sh python` prints the interpreter that the build uses instead.
set -eu

suits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    # 3.14 and later last: the tests run on 3.11 to 3.13.
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        if suits "$name"; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

missing=0
lack() {
    echo "missing: $1" >&2
    missing=1
}

python=$(find_python) || python=""
if [ "${1:-}" = python ]; then
    [ -n "$python" ] && echo "$python"
    exit
fi

if [ -z "$python" ]; then
    lack "Python 3.11 or later (looked for ${PYTHON:-python3.13, python3.12, python3.11, python3})"
elif ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    lack "venv and ensurepip of $python (on Debian and Ubuntu: the package python3-venv)"
fi
if ! command -v cc >/dev/null 2>&1; then
    lack "a C compiler named cc (on Debian and Ubuntu: the package build-essential)"
fi
if ! command -v node >/dev/null 2>&1; then
    lack "Node.js 20 or later"
elif ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' >/dev/null 2>&1; then
    lack "Node.js 20 or later (found $(node --version))"
fi
if ! command -v npm >/dev/null 2>&1; then
    lack "npm (it comes with Node.js; on Debian and Ubuntu: the package npm)"
fi
exit "$missing"
