#!/usr/bin/env bash
# Starts or stops a Docker engine of its own on a machine that runs none (CI): no network set-up, nothing outside its folder.
#   started=$(scripts/docker-engine.sh start) && eval "$started"      exports DOCKER_HOST; a second start changes nothing
#   scripts/docker-engine.sh stop                                     ends it, and removes its folder
# TANADA_ENGINE_FOLDER: where it lives (default /tmp/tanada-engine; a socket's path has at most 107 bytes)
set -euo pipefail

folder=${TANADA_ENGINE_FOLDER:-/tmp/tanada-engine}
socket=$folder/docker.sock
export DOCKER_HOST=unix://$socket

fail() {
    printf 'docker-engine: %s\n' "$1" >&2
    exit 2
}

# The engine of this folder alone: a number in a stale file may by now belong to somebody else's process.
pid() {
    local number
    number=$(cat "$folder/docker.pid" 2>/dev/null) || return 1
    tr '\0' ' ' <"/proc/$number/cmdline" 2>/dev/null | grep -Fq -- "--pidfile=$folder/docker.pid" || return 1
    echo "$number"
}

# vfs copies the whole image for each container, a third of its time; overlay asks for a file system that lets it.
driver() {
    local probe=$folder/probe
    mkdir -p "$probe/lower" "$probe/upper" "$probe/work" "$probe/merged"
    if mount -t overlay overlay "$probe/merged" \
        -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" 2>/dev/null; then
        umount "$probe/merged"
        echo overlay2
    else
        echo vfs
    fi
    rm -rf "$probe"
}

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

case "${1:-}" in
    start)
        if ! answers; then
            for tool in docker dockerd; do
                command -v $tool >/dev/null || fail "$tool is not installed: apt-get install docker.io"
            done
            [ "$(id -u)" = 0 ] || fail "only root can start an engine: use sudo, or one that runs already."
            mkdir -p "$folder"
            [ -O "$folder" ] || fail "$folder belongs to somebody else: name another by TANADA_ENGINE_FOLDER."
            nohup dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver="$(driver)" \
                --data-root="$folder/data" --exec-root="$folder/exec" --pidfile="$folder/docker.pid" \
                -H "$DOCKER_HOST" >"$folder/dockerd.log" 2>&1 </dev/null &
            engine=$!
            for _ in $(seq 150); do
                if answers || ! kill -0 "$engine" 2>/dev/null; then break; fi
                sleep 0.2
            done
            answers || fail "the engine doesn't answer; its last words: $(tail -n 1 "$folder/dockerd.log")"
        fi
        echo "export DOCKER_HOST=$DOCKER_HOST"
        ;;
    stop)
        if engine=$(pid); then
            kill "$engine"
            for _ in $(seq 100); do
                kill -0 "$engine" 2>/dev/null || break
                sleep 0.2
            done
            ! kill -0 "$engine" 2>/dev/null || fail "the engine (process $engine) doesn't end: see $folder/dockerd.log."
            rm -rf "$folder"
        fi
        ;;
    *)
        echo "usage: docker-engine.sh start|stop" >&2
        exit 2
        ;;
esac
