#!/usr/bin/env bash
# Names what this machine lacks for the work asked for (`python`, `demo` or `test`), each with the command that installs it.
set -euo pipefail

purpose=${1:-demo}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
IFS= read -r terraform_version <"$root/.terraform-version"
missing=0

lacks() { # WHAT  HOW
    printf 'missing: %s\n  install it: %s\n' "$1" "$2" >&2
    missing=1
}

# Each line of `--version` tells its number somewhere: the first run of digits and dots.
major_minor() { "$@" 2>/dev/null | grep -Eo '[0-9]+\.[0-9]+' | head -n 1; }

at_least() { # FOUND  NEEDED, as MAJOR.MINOR
    [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t. -k1,1n -k2,2n | head -n 1)" = "$2" ]
}

at_least "$(major_minor "${PYTHON:-python3}" --version || true)" 3.11 ||
    lacks "Python 3.11 or later" "apt-get install python3 python3-venv   (Debian 12), brew install python@3.11   (macOS)"
"${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null ||
    lacks "Python's venv" "apt-get install python3-venv"
[ "$purpose" != python ] || exit $((missing * 2))
at_least "$(major_minor node --version || true)" 20.0 ||
    lacks "Node.js 20 or later" "https://nodejs.org/en/download, or brew install node"
command -v git >/dev/null || lacks "git" "apt-get install git, or brew install git"
if [ "$purpose" = test ]; then
    command -v npm >/dev/null || lacks "npm" "it comes with Node.js: https://nodejs.org/en/download"
fi

# Terraform comes in a container; the binary serves where no engine runs, and the tests compare both.
engine=${TANADA_CONTAINER_ENGINE:-docker}
container=no
if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then container=yes; fi
binary=no
if command -v terraform >/dev/null &&
    [ "$(terraform version -json 2>/dev/null | sed -n 's/.*"terraform_version": "\([^"]*\)".*/\1/p')" = "$terraform_version" ]; then
    binary=yes
fi
install_terraform="https://releases.hashicorp.com/terraform/$terraform_version"
if [ "$purpose" = test ] && [ $binary = no ]; then
    lacks "terraform $terraform_version on PATH" "$install_terraform"
elif [ $container = no ] && [ $binary = no ]; then
    lacks "a Docker engine that runs, or terraform $terraform_version on PATH" \
        "https://docs.docker.com/engine/install, or $install_terraform"
fi
exit $((missing * 2))
