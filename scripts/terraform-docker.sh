#!/usr/bin/env bash
# A drop-in `terraform`: the same arguments, run by the pinned image, so that a laptop and every runner use one version.
#
#   scripts/terraform-docker.sh -chdir=cdktf.out/stacks/common-main plan
#
# The repository is mounted at its own path, and the caller's user, HOME's cache, AWS_*, TF_* and proxy variables go
# along (by name alone: no value stands on the process list). Variables:
#   TANADA_TERRAFORM_IMAGE    another image than the one of .terraform-image: a mirror, or one built here
#   TANADA_CONTAINER_ENGINE   docker (default) or podman
#   TANADA_TERRAFORM_NETWORK  the container's network: none, host, ... (default: the engine's own)
#   TANADA_TERRAFORM_MOUNTS   more folders, joined by colons, mounted at their own paths, to be read and written
# ~/.terraformrc stays outside, for the paths in it are the host's: TF_CLI_CONFIG_FILE hands a file over.
# Exit code: terraform's own; 2 where it could not be started (125, in its own words, where the engine breaks down in
# the last moment). Nothing of ours on stdout. Works with bash 3.2 (macOS).
set -euo pipefail

fail() {
    printf 'terraform-docker: %s\n' "$1" >&2
    exit 2
}

# Until terraform runs there is nothing to end gently. Without a trap bash would overhear an interrupt meant for it alone.
trap 'exit 130' INT
trap 'exit 143' TERM

last_line() { printf '%s\n' "$1" | sed '/^[[:space:]]*$/d' | tail -n 1; }

# The script may be linked onto PATH; macOS's readlink has no -f.
script=${BASH_SOURCE[0]}
while [ -L "$script" ]; do
    link=$(readlink "$script")
    case "$link" in /*) script=$link ;; *) script=$(dirname "$script")/$link ;; esac
done
root=$(cd "$(dirname "$script")/.." && pwd -P)
here=$(pwd -P) || fail "the working folder is gone: go to one that is there."
case "$here/" in
    "$root"/*) ;;
    *) fail "$here is outside of $root: only the repository is mounted, so go there first." ;;
esac

# --- image and engine ------------------------------------------------------------------------------------------------

if [ -n "${TANADA_TERRAFORM_IMAGE:-}" ]; then
    image=$TANADA_TERRAFORM_IMAGE
    printf 'terraform-docker: image %s (TANADA_TERRAFORM_IMAGE)\n' "$image" >&2
else
    [ -r "$root/.terraform-image" ] || fail "$root/.terraform-image is missing: it names the image, by tag and digest."
    IFS= read -r image <"$root/.terraform-image" || true
    [[ $image =~ :[0-9]+\.[0-9]+\.[0-9]+@sha256:[0-9a-f]{64}$ ]] ||
        fail ".terraform-image holds '$image': expected NAME:VERSION@sha256:DIGEST."
fi
# What moves can't be repeated; without a tag the engine means latest.
case "${image##*/}" in
    *@* | sha256:*) ;;
    *:latest) fail "image '$image' moves: name a version." ;;
    *:*) ;;
    *) fail "image '$image' names no version: the engine would take latest." ;;
esac

engine=${TANADA_CONTAINER_ENGINE:-docker}
podman=no
case "${engine##*/}" in podman*) podman=yes ;; esac
command -v "$engine" >/dev/null 2>&1 ||
    fail "$engine is not installed: install Docker (https://docs.docker.com/engine/install), or set TANADA_CONTAINER_ENGINE=podman."
about=(version --format '{{.Server.Os}}/{{.Server.Arch}}{{range .Server.Components}} {{.Name}}{{end}}')
if [ $podman = yes ]; then about=(info --format '{{.Host.OS}}/{{.Host.Arch}}'); fi
if ! server=$("$engine" "${about[@]}" 2>/dev/null); then
    message=$("$engine" "${about[@]}" 2>&1 >/dev/null) || true
    fail "$engine answers no call: start the engine, or see whether you may use it ($(last_line "$message"))."
fi
rootless=no
case "$server " in *" rootlesskit "*) rootless=yes ;; esac
server=${server%% *}

# Podman knows no registry by default, and older ones take a tag or a digest, not both: the digest decides anyway.
if [ $podman = yes ] && [ -z "${TANADA_TERRAFORM_IMAGE:-}" ]; then
    image="docker.io/${image%%:*}@${image##*@}"
fi
inspect=(image inspect --format '{{.Os}}/{{.Architecture}} {{json .Config.Entrypoint}}' "$image")
if ! found=$("$engine" "${inspect[@]}" 2>/dev/null); then
    printf 'terraform-docker: pulling %s\n' "$image" >&2
    message=$("$engine" pull --quiet "$image" 2>&1 >/dev/null) || {
        message=$(last_line "$message")
        case "$message" in
            *"no matching manifest"* | *"no image found in manifest list"* | *"no image found in image index"*)
                fail "there is no image $image for $server, which the engine runs: name one with TANADA_TERRAFORM_IMAGE ($message)."
                ;;
        esac
        fail "image $image can't be pulled: see the network, or name a mirror with TANADA_TERRAFORM_IMAGE ($message)."
    }
    found=$("$engine" "${inspect[@]}" 2>/dev/null) || fail "image $image was pulled, and is not there: see $engine images."
fi
[ "${found%% *}" = "$server" ] ||
    fail "image $image is for ${found%% *}, the engine runs $server: name an image for it with TANADA_TERRAFORM_IMAGE."
case "$found" in *terraform\"]) ;; *) fail "image $image doesn't start terraform, but ${found#* }: name another." ;; esac

# --- what goes along ---------------------------------------------------------------------------------------------------

# label=disable: under SELinux the mounted folders can't be read otherwise, and must not be relabelled.
arguments=(run --rm --interactive --security-opt no-new-privileges --security-opt label=disable)
arguments+=(--tmpfs /tmp:mode=1777 --workdir "$here")
# A terminal only where there is one: else colours and prompts end up in a file.
if [ -t 0 ] && [ -t 1 ]; then arguments+=(--tty); fi

mounted=:
mount() { # PATH [TARGET] [,readonly]
    case "$1" in /*) ;; *) fail "'$1' can't be mounted: expected an absolute path." ;; esac
    [ -e "$1" ] || fail "'$1' can't be mounted: it is not there."
    # Two variables may name one file.
    case "$mounted" in *":${2:-$1}:"*) return ;; esac
    mounted="$mounted${2:-$1}:"
    case "$1${2:-}" in *,* | *\"*) fail "'$1' can't be mounted: a path with a comma or a quote." ;; esac
    arguments+=(--mount "type=bind,source=$1,target=${2:-$1}${3:-}")
}

mount "$root"
if [ -n "${TANADA_TERRAFORM_MOUNTS:-}" ]; then
    IFS=: read -r -a folders <<<"$TANADA_TERRAFORM_MOUNTS"
    for folder in "${folders[@]}"; do
        if [ -n "$folder" ]; then mount "$folder"; fi
    done
fi
network=${TANADA_TERRAFORM_NETWORK:-}
case "$network" in
    "") ;;
    none | host | bridge | *:*) arguments+=(--network "$network") ;;
    *)
        "$engine" network inspect "$network" >/dev/null 2>&1 ||
            fail "TANADA_TERRAFORM_NETWORK=$network: $engine knows no such network; expected none, host or one it has."
        arguments+=(--network "$network")
        ;;
esac

# The caller's user owns what terraform writes; it has no home in the image. In rootless Docker that is the container's
# root: any other user is one of the subordinate ids, which may write nothing that is mounted.
if [ $rootless = no ]; then arguments+=(--user "$(id -u):$(id -g)"); fi
# Podman without root maps users; root's podman doesn't, and refuses to be told.
if [ $podman = yes ] && [ "$(id -u)" != 0 ]; then arguments+=(--userns=keep-id); fi
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/tanada
[[ $cache = /* ]] || fail "XDG_CACHE_HOME=${XDG_CACHE_HOME:-}: expected an absolute path."
# Ours alone: synth keeps nothing in what others may write.
{ (umask 077 && mkdir -p "$cache") && mkdir -p "$cache/home" "$cache/plugins"; } 2>/dev/null ||
    fail "$cache can't be written: set XDG_CACHE_HOME to a folder that can."
mount "$cache"
arguments+=(--env "HOME=$cache/home")
# Providers are downloaded once, not once a stack.
export TF_PLUGIN_CACHE_DIR=${TF_PLUGIN_CACHE_DIR:-$cache/plugins}
case "$TF_PLUGIN_CACHE_DIR/" in
    "$cache"/* | "$root"/*) ;;
    *)
        mkdir -p "$TF_PLUGIN_CACHE_DIR" || fail "TF_PLUGIN_CACHE_DIR=$TF_PLUGIN_CACHE_DIR can't be made."
        mount "$TF_PLUGIN_CACHE_DIR"
        ;;
esac

while IFS= read -r name; do
    case "$name" in
        AWS_SHARED_CREDENTIALS_FILE | AWS_CONFIG_FILE | AWS_WEB_IDENTITY_TOKEN_FILE | AWS_CA_BUNDLE | \
            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE | SSL_CERT_FILE | TF_CLI_CONFIG_FILE)
            # Files: the container sees them at the same path, and can't change them; one that is not there stays away.
            [ -f "${!name}" ] || continue
            [[ ${!name} = /* ]] || fail "$name=${!name}: expected an absolute path."
            mount "${!name}" "${!name}" ,readonly
            ;;
        TF_DATA_DIR)
            case "${!name}" in
                "$root"/*) ;;
                /*)
                    mkdir -p "${!name}" || fail "TF_DATA_DIR=${!name} can't be made."
                    mount "${!name}"
                    ;;
            esac
            ;;
        AWS_* | TF_* | CHECKPOINT_DISABLE) ;;
        HTTP_PROXY | HTTPS_PROXY | ALL_PROXY | NO_PROXY | http_proxy | https_proxy | all_proxy | no_proxy) ;;
        *) continue ;;
    esac
    arguments+=(--env "$name")
done < <(compgen -e | sort)

# Who keeps keys and profiles in ~/.aws finds them, as with terraform itself; not where variables already decide, nor
# where there is no network to use them on. Read-only: renew an expired sign-in on the host (aws sso login).
if [ -d "${HOME:-}/.aws" ] && [ -z "${AWS_ACCESS_KEY_ID:-}${AWS_SHARED_CREDENTIALS_FILE:-}" ] &&
    [ "${TANADA_TERRAFORM_NETWORK:-}" != none ]; then
    mkdir -p "$cache/home/.aws"
    mount "$HOME/.aws" "$cache/home/.aws" ,readonly
fi

# exec: a signal to this process, or a terminal's to its group, reaches the engine's client, which hands it on, and so
# terraform just once (a second interrupt would end it without releasing its lock); the exit code is terraform's own.
# `run`, not `create` and `start`: Docker 28's `start --attach` leaves at once when interrupted, with exit code 0.
exec "$engine" "${arguments[@]}" "$image" "$@"
