"""That the sizes which `tanada check` counts for jobs are no smaller than what is emitted."""

from __future__ import annotations

import json
import re
from typing import Any

from tanada.declarations.checks.jobs import OTHER_PERMISSIONS, OTHER_VARIABLES, policy_of_families, variables_of
from tanada.declarations.loader import load
from tests.capabilities.conftest import HERE

_ARN = "arn:aws:ecs:ap-northeast-1:111111111111:cluster/kakei"


def filled(text: str) -> str:
    """With what references stand for, as long as it can be."""
    text = re.sub(r"\$\{aws_security_group\.[^}]*\}", "sg-0123456789abcdef0", text)
    text = re.sub(r"\$\{join\([^}]*\}", ",".join(["subnet-0123456789abcdef0"] * 3), text)
    return re.sub(r"\$\{[^}]*\}", f"{_ARN}-{'x' * 24}", text)


def test_what_jobs_take_of_a_function_and_of_roles_is_not_counted_short(emitted: dict[str, dict[str, Any]]) -> None:
    system = load(HERE / "jobs")
    jobs = system.environments["test"].jobs
    resources = emitted["jobs"]["environment-test"]["resource"]
    [function] = resources["aws_lambda_function"].values()
    variables = function["environment"]["variables"]
    size = sum(len(name) + len(filled(value)) for name, value in variables.items())
    assert size <= OTHER_VARIABLES + variables_of(jobs)
    families = [
        each["family"]
        for name, each in resources["aws_ecs_task_definition"].items()
        if name.removesuffix("_task_definition") in jobs
    ]
    assert len(families) == len(jobs)
    for name in ("of_jobs_starter_policy", "of_jobs_event_starter_policy", "of_jobs_function_role_policy"):
        policy = json.dumps(json.loads(resources["aws_iam_role_policy"][name]["policy"]), separators=(",", ":"))
        assert len(filled(policy)) <= OTHER_PERMISSIONS + policy_of_families(families, system.accounts["main"])


def test_what_ends_runs_works_in_the_cluster_that_is_there_already(emitted: dict[str, dict[str, Any]]) -> None:
    """Whose name isn't the system's: rights on tasks of another one would let nothing end, and much that is others'."""
    policies = json.dumps(emitted["cluster"]["environment-dev"]["resource"]["aws_iam_role_policy"])
    assert {*re.findall(r":task/([^/\\\"]+)/", policies)} == {"others"}
