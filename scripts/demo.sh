#!/usr/bin/env bash
# `make demo`: the default system, from its declaration to a full plan by the real terraform, without an AWS account.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# In the container where one can run; every output says which of the two it was.
if [ -z "${TANADA_TERRAFORM:-}" ] && ! why=$(scripts/terraform-docker.sh version 2>&1 >/dev/null); then
    printf 'Not in the container: %s\nThe demo uses the terraform on PATH.\n' "${why##*$'\n'}"
    export TANADA_TERRAFORM=local
fi

step() { printf '\n== %s\n' "$*"; }

step "tanada synth: Terraform JSON from system.yaml, environments/ and workspaces/"
tanada synth
step "tanada apply common-main --offline: what all environments of the account share"
tanada plan common-main --offline --no-synth
tanada apply common-main --offline --no-synth --yes
step "tanada plan: two permanent environments and one review environment, in parallel"
tanada plan environment-test environment-test2 review --workspace kokuyou \
    --image web=v1 --image backend=v1 --offline --no-synth

cat <<'NEXT'

Everything above was planned by the real terraform; AWS's answers were invented (--offline), and no account was asked.
Next:
  1. See where a value comes from:       .venv/bin/tanada show test
  2. Change a line of environments/test.yaml, then:
     .venv/bin/tanada plan environment-test --offline --image web=v1 --image backend=v1
  3. Make it yours:                      .venv/bin/tanada init ../my-system
NEXT
