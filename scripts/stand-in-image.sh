#!/usr/bin/env bash
# Builds a stand-in for the pinned image from the terraform binary on PATH, for machines that can't pull; prints its name.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
IFS= read -r version <"$root/.terraform-version"
name="tanada-terraform-stand-in:$version"

binary=$(command -v terraform) || {
    echo "stand-in-image: no terraform on PATH: install version $version (https://developer.hashicorp.com/terraform/install)." >&2
    exit 2
}
found=$("$binary" version -json 2>/dev/null | sed -n 's/.*"terraform_version": "\([^"]*\)".*/\1/p')
if [ "$found" != "$version" ]; then
    echo "stand-in-image: terraform on PATH is $found, .terraform-version says $version: install that one." >&2
    exit 2
fi

engine=${TANADA_CONTAINER_ENGINE:-docker}
# GOGC: a fifth of the processor time of terraform's short commands is Go's collecting of memory that is free a second later.
dockerfile='FROM scratch
ENV GOGC=400
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY terraform /bin/terraform
ENTRYPOINT ["/bin/terraform"]'
sum=$({ printf '%s' "$dockerfile"; cat "$binary"; } | cksum)
if [ "$("$engine" image inspect --format '{{index .Config.Labels "tanada.stand-in"}}' "$name" 2>/dev/null)" = "$sum" ]; then
    echo "$name"
    exit
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$binary" "$folder/terraform"
certificates=/etc/ssl/certs/ca-certificates.crt
if [ -r "$certificates" ]; then cp "$certificates" "$folder/ca-certificates.crt"; else : >"$folder/ca-certificates.crt"; fi
printf '%s\n' "$dockerfile" >"$folder/Dockerfile"
# The label says that it is the stand-in, and of which binary.
message=$("$engine" build --quiet --network none --label "tanada.stand-in=$sum" --tag "$name" "$folder" 2>&1) || {
    printf 'stand-in-image: the image was not built: %s\n' "$message" >&2
    exit 2
}
echo "$name"
