#!/usr/bin/env bash
# Creates the virtual environment named by the first argument with the best Python at hand.
set -euo pipefail

venv=$1

# Prints the first Python that is new enough and can create virtual environments. The system's 3.11
# comes first: distributions compile it with the profile of a run, version managers without, and
# then a page takes a sixth longer.
find_python() {
    local candidate
    for candidate in /usr/bin/python3.11 python3.11 python3 /usr/bin/python3 python3.12 python3.13; do
        # Running it is the test: a version manager's shim may exist and still refuse.
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
            2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Python with apt-get"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            python3 python3-venv >/dev/null
    fi
    python=$(find_python) || {
        echo "Lookalike needs Python 3.11 with its venv module. On Debian 12 and Ubuntu:" >&2
        echo "    sudo apt-get install python3 python3-venv" >&2
        echo "then run the same command again." >&2
        exit 1
    }
fi

echo "Creating $venv with $("$python" --version)"
"$python" -m venv "$venv"
