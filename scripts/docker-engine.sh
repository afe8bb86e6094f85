#!/usr/bin/env bash
# Starts or stops a Docker engine of its own on a machine that runs none (CI): no network set-up, nothing outside its folder.
#   eval "$(scripts/docker-engine.sh start)"      exports DOCKER_HOST
set -euo pipefail

folder=${TANADA_ENGINE_FOLDER:-/tmp/tanada-engine}
socket=$folder/docker.sock
export DOCKER_HOST=unix://$socket

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

case "${1:-}" in
    start)
        if ! answers; then
            command -v dockerd >/dev/null || { echo "docker-engine: dockerd is not installed: apt-get install docker.io" >&2; exit 2; }
            [ "$(id -u)" = 0 ] || { echo "docker-engine: only root can start an engine" >&2; exit 2; }
            mkdir -p "$folder"
            nohup dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs \
                --data-root="$folder/data" --exec-root="$folder/exec" --pidfile="$folder/docker.pid" \
                -H "$DOCKER_HOST" >"$folder/dockerd.log" 2>&1 </dev/null &
            for _ in $(seq 100); do
                answers && break
                sleep 0.2
            done
            answers || { echo "docker-engine: no answer after 20 s:" >&2; tail -n 5 "$folder/dockerd.log" >&2; exit 2; }
        fi
        echo "export DOCKER_HOST=$DOCKER_HOST"
        ;;
    stop)
        if [ -f "$folder/docker.pid" ]; then
            pid=$(cat "$folder/docker.pid")
            kill "$pid" 2>/dev/null || true
            for _ in $(seq 50); do
                kill -0 "$pid" 2>/dev/null || break
                sleep 0.2
            done
        fi
        ;;
    *)
        echo "usage: docker-engine.sh start|stop" >&2
        exit 2
        ;;
esac
