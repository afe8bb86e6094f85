#!/usr/bin/env bash
# Names what this machine lacks for a step (`python`, `node`, `demo` or `test`), each with the command that installs it.
set -euo pipefail

purpose=${1:-demo}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
IFS= read -r terraform_version <"$root/.terraform-version"
python=${PYTHON:-python3}
missing=0

lacks() { # WHAT  HOW
    printf 'missing: %s\n  install it: %s\n' "$1" "$2" >&2
    missing=1
}

# What `--version` says has its number first among digits and dots.
major_minor() { "$@" 2>/dev/null | grep -Eo '[0-9]+\.[0-9]+' | head -n 1 || true; }

at_least() { # FOUND  NEEDED, as MAJOR.MINOR
    [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t. -k1,1n -k2,2n | head -n 1)" = "$2" ]
}

check_python() {
    if ! at_least "$(major_minor "$python" --version)" 3.11; then
        lacks "Python 3.11 or later" "apt-get install python3 python3-venv (Debian 12), or brew install python@3.11 (macOS); PYTHON=python3.11 names one"
    elif ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        lacks "Python's venv" "apt-get install python3-venv"
    fi
}

check_node() {
    at_least "$(major_minor node --version)" 20.0 ||
        lacks "Node.js 22 or 24" "brew install node (macOS), or a package of https://nodejs.org/en/download"
}

check_npm() {
    command -v npm >/dev/null || lacks "npm" "apt-get install npm, or Node.js of https://nodejs.org/en/download, which has it"
}

check_git() {
    command -v git >/dev/null || lacks "git" "apt-get install git, or brew install git"
}

# Terraform comes in a container; the binary serves where no engine runs, and the tests compare both.
binary_is_pinned() {
    [ "$(terraform version -json 2>/dev/null | sed -n 's/.*"terraform_version": "\([^"]*\)".*/\1/p')" = "$terraform_version" ]
}
engine_runs() { "${TANADA_CONTAINER_ENGINE:-docker}" info >/dev/null 2>&1; }
install_terraform="unpack https://releases.hashicorp.com/terraform/$terraform_version/ into a folder on PATH"

case "$purpose" in
    python) check_python ;;
    node)
        check_node
        check_npm
        ;;
    demo)
        check_python
        check_node
        check_npm
        check_git
        binary_is_pinned || engine_runs ||
            lacks "a Docker engine that runs, or terraform $terraform_version on PATH" \
                "apt-get install docker.io, or https://docs.docker.com/engine/install, or $install_terraform"
        ;;
    test)
        check_python
        check_node
        check_npm
        check_git
        binary_is_pinned || lacks "terraform $terraform_version on PATH" "$install_terraform"
        ;;
    *)
        echo "usage: prerequisites.sh python|node|demo|test" >&2
        exit 2
        ;;
esac
exit $((missing * 2))
