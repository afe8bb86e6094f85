"""Dealing a fleet's stacks out to CI jobs, and writing the jobs down for the forge."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

MOST_JOBS = 256
"""GitHub takes no more from one matrix
(https://docs.github.com/en/actions/reference/limits, "Job Matrix")."""
STACKS_A_JOB = 20
"""An estimate: what a job sets up (checkout, packages, providers, synth) takes as long as planning some twenty stacks,
four at a time, so that smaller shards would mostly set up."""
JOBS_AT_A_TIME = 20
"""GitHub's smallest plan runs no more; with more shards the last would wait, and set up later."""


def shards(stacks: Sequence[str], number: int | None = None) -> list[tuple[str, ...]]:
    """The stacks dealt out one by one, so that shards differ by one at most; those named first are first in theirs.

    Never an empty shard. Without a number, as many as are worth their set-up.
    """
    wanted = number or min(-(-len(stacks) // STACKS_A_JOB), JOBS_AT_A_TIME)
    count = min(wanted, len(stacks))
    return [tuple(stacks[start::count]) for start in range(count)]


def github(dealt: Sequence[Sequence[str]]) -> str:
    """A matrix for `strategy.matrix: ${{ fromJSON(…) }}`, in one line."""
    include = [{"shard": str(number), "stacks": " ".join(shard)} for number, shard in enumerate(dealt, 1)]
    return json.dumps({"include": include}, separators=(",", ":"))


def gitlab(dealt: Sequence[Sequence[str]]) -> str:
    """A child pipeline; whoever triggers it includes the file with the job `.tanada-plan` too.

    JSON is YAML, so names need no quoting rules of their own; a job a paragraph for people.
    """
    # For the comment's job, which must miss a shard that died.
    expected: dict[str, Mapping[str, object]] = {"variables": {"EXPECTED": " ".join(word for s in dealt for word in s)}}
    jobs: dict[str, Mapping[str, object]] = {
        f"plan {number}": {
            "extends": ".tanada-plan",
            "variables": {"STACKS": " ".join(shard)},
            "artifacts": {"when": "always", "paths": [".tanada/reports"], "expire_in": "1 week"},
        }
        for number, shard in enumerate(dealt, 1)
    }
    if not jobs:
        # A pipeline without jobs is an error; and the comment is to know that nothing was to be planned.
        jobs["nothing to plan"] = {
            "script": [
                "echo 'No stack differs.'",
                "rm -rf .tanada",  # of which a commit may hold anything
                "mkdir -p .tanada/reports",
                "echo plan > .tanada/reports/ended",
            ],
            "artifacts": {"paths": [".tanada/reports"], "expire_in": "1 week"},
        }
    parts = (expected if dealt else {}) | jobs
    return "\n".join(f"{json.dumps(name)}:\n{_indented(part)}" for name, part in parts.items())


def _indented(job: Mapping[str, object]) -> str:
    return "".join(f"  {word}: {json.dumps(content)}\n" for word, content in job.items())
