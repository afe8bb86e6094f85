"""Reports for the tests of comments, on plans that the real terraform made (make_comment_plans.py)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tanada.comment.document import Comment, comment
from tanada.comment.page import RunInfo
from tanada.plan import Cost, Difference, Drift, FailedCheck, Message, Reason, Report, ResourceChange, Summary, summary

PLANS = Path(__file__).parent / "comment_plans"
ROOT = Path(__file__).parents[2]
TEMPLATE = (ROOT / "tanada" / "templates" / "plan_comment.md.j2").read_text(encoding="utf-8")
DRIFT_TEMPLATE = (ROOT / "tanada" / "templates" / "drift_issue.md.j2").read_text(encoding="utf-8")
COMMIT = "4f2a91c0" * 5
RUN = RunInfo("web-product", commit=COMMIT, base="main", run_url="https://ci.example.com/runs/17")
GITHUB = 65_536
"""Bytes that a comment on GitHub may have."""
IMAGE = "hashicorp/terraform:1.11.4@sha256:5820b87995595425074f881500a037b0ccd41158d0d9b44d78f5f120612f2d3d"
CPU = Reason("environments/test.yaml", 4, "services.web.cpu", "256", "512", "more visitors since spring")
ENCRYPT = Reason("system.yaml", 31, "environment.stores.main.encrypted", "false", "true", "audit of October")


@cache
def planned(name: str) -> Summary:
    """The summary of a plan of comment_plans."""
    plan: dict[str, Any] = json.loads((PLANS / f"{name}.json").read_text(encoding="utf-8"))
    return summary(plan)


def report(label: str, plan: str | Summary | None, **more: Any) -> Report:
    """A report on a stack that its label names; its account is `production` for production, else `main`."""
    kind = label.split("-")[0]
    account = "production" if label.endswith("production") else "main"
    plan_summary = planned(plan) if isinstance(plan, str) else plan
    settings: dict[str, Any] = {
        "label": label,
        "stack": "review" if kind == "review" else label,
        "kind": kind,
        "account": account,
        "protected": account == "production",
        "status": "changes" if plan_summary is not None and not plan_summary.empty else "no changes",
        "environment": label.partition("-")[2] if kind == "environment" else None,
        "workspace": label.partition("-")[2] if kind == "review" else None,
        "common": None if kind == "common" else f"common-{account}",
        "summary": plan_summary,
        "terraform": IMAGE,
        "commit": COMMIT,
        "created_at": "2026-11-21T13:40:05+00:00",
        "log_url": f"https://ci.example.com/runs/17/{label}",
    }
    return Report(**(settings | more))


ERROR = Message(
    "error",
    "Reference to undeclared resource",
    "on cdk.tf.json line 214, in resource.aws_ecs_service.web.network_configuration[0]:\n"
    '  214:   "security_groups": ["${aws_security_group.wbe.id}"]\n\n'
    'A managed resource "aws_security_group" "wbe" has not been declared in the root module.',
    "aws_ecs_service.web",
)
DEPRECATED = Message(
    "warning", "Deprecated attribute", 'The attribute "name" is deprecated. Refer to the documentation.'
)
DRIFT = (
    Drift("aws_eip.nat[1]", gone=True),
    Drift("aws_security_group.web", gone=False, differences=(Difference("ingress", None, "0.0.0.0/0:22"),)),
)
CHECK = FailedCheck("check.certificate_is_valid", "fail", ("The certificate of test.example.jp ends in 12 days.",))
COST = Cost(
    before=212.4,
    after=241.16,
    unknown=(("aws_lb", 1), ("aws_sqs_queue", 1)),
    by_use=(("aws_sqs_queue", 1),),
    dated="2026-11-01",
    scaled=(230.1, 402.75),
    scaled_before=(201.34, 373.99),
)


def scenarios() -> dict[str, tuple[list[Report], RunInfo]]:
    """What a pull request may bring, by the name of its golden comment."""
    same = [report(f"environment-{name}", "environment-same") for name in ("production", "test", "test2")]
    production, test, test2 = same
    common = report("common-main", "environment-same")
    changed_common = report(
        "common-main",
        "common-changed",
        dependents=("environment-test", "environment-test2", "environment-partner", "review"),
    )
    larger = report("environment-test", with_cost("environment-larger"), reasons=(CPU,))
    replaced = [
        report(
            f"environment-{name}",
            with_cost("environment-database-replaced"),
            reasons=(ENCRYPT, CPU)[: 1 + (name == "test")],
        )
        for name in ("production", "test")
    ]
    deployed = [report(f"environment-{name}", "environment-deployed") for name in ("production", "test", "test2")]
    drifted = replace(planned("environment-same"), drift=DRIFT)
    waits = Message("warning", "common-main has no state yet.")
    approved = RunInfo("web-product", title="Apply", commit=COMMIT, run_url=RUN.run_url)
    return {
        "nothing": ([common, *same], RUN),
        "create": ([common, production, report("environment-test2", "environment-new")], RUN),
        "update": ([common, production, larger, replace(test2, messages=(DEPRECATED,))], RUN),
        "database_replaced": ([common, *replaced, test2], RUN),
        "environment_destroyed": ([common, report("environment-test2", "environment-destroyed"), test], RUN),
        "failed": (
            [common, report("environment-test", None, status="failed", messages=(ERROR,)), larger_of("test2")],
            RUN,
        ),
        "fleet": (fleet(200), RUN),
        "hostile": (
            [report("environment-test", "environment-hostile", reasons=(HOSTILE,), messages=HOSTILE_SAYS)],
            RUN,
        ),
        "drift": ([common, production, replace(test, summary=drifted), test2], RUN),
        "waits_for_common": (
            [report("environment-test2", None, status="waits for common", messages=(waits,)), larger, production],
            RUN,
        ),
        "deploy": ([common, *deployed], RUN),
        "deploy_and_more": (
            [
                common,
                *deployed[:2],
                replace(replaced[1], label="environment-test2"),
                report("review-kokuyou", "environment-deployed"),
            ],
            RUN,
        ),
        "common_changes": ([changed_common, larger, test2, report("review-kokuyou", "environment-same")], RUN),
        "not_approved": (
            [
                replace(common, status="applied", summary=planned("common-changed")),
                report("environment-test", "environment-database-replaced", status="not approved"),
                report("environment-test2", "environment-larger", status="not applied"),
            ],
            approved,
        ),
        "fork": (
            [
                report(
                    "environment-test",
                    "environment-new",
                    offline=True,
                    configuration=(
                        "~ aws_ecs_task_definition.web: cpu, memory",
                        "+ aws_sqs_queue.mail",
                        "- aws_iam_role_policy.old",
                    ),
                )
            ],
            replace(RUN, fork=True),
        ),
        "tanada_changes": (
            [
                report(
                    label,
                    "environment-same",
                    maker="Tanada itself changes: 0.1.0 → 0.2.0, sha256 1f0c2b3d4e5f…",
                    everything_changed="Tanada changes from 0.1.0 to 0.2.0: every stack may change. What decides what "
                    "runs changed (requirements.txt, vendor/tanada-0.2.0-py3-none-any.whl), so every stack counts as "
                    "changed. "
                    f"Tanada's wheel has sha256 1f0c2b3d4e5f{'0' * 52}.",
                )
                for label in ("environment-production", "environment-test")
            ],
            RUN,
        ),
        "check_and_stray": (
            [
                replace(
                    larger,
                    summary=replace(planned("environment-larger"), checks=(CHECK,)),
                    everything_changed="Tanada changed from 0.1.0 to 0.2.0.",
                ),
                report("environment-old", None, status="undeclared"),
                report("review-kokuyou", "environment-destroyed"),
            ],
            RUN,
        ),
    }


def written(reports: Sequence[Report], run: RunInfo = RUN, template: str = TEMPLATE, limit: int = GITHUB) -> Comment:
    """The comment, and all of it where it had to be shortened."""
    return comment(reports, run, template, limit)


def body(reports: Sequence[Report], run: RunInfo = RUN, template: str = TEMPLATE) -> str:
    """The comment's text."""
    return written(reports, run, template).body


def losing(number: int, **more: Any) -> list[Report]:
    """Stacks that each lose a database of their own name."""
    database = ResourceChange("", "aws_db_instance", "replace", destroys=True, danger="database")
    return [
        report(
            f"environment-{index:04}",
            Summary("1.11.4", (replace(database, address=f"aws_db_instance.main_{index}"),), 0),
            **more,
        )
        for index in range(number)
    ]


def with_cost(name: str) -> Summary:
    return replace(planned(name), cost=COST)


def larger_of(name: str) -> Report:
    return report(f"environment-{name}", "environment-larger")


def fleet(number: int) -> list[Report]:
    """Many environments: every twentieth loses its database, every tenth grows, every fiftieth fails."""
    reports = [report("common-main", "environment-same")]
    for index in range(number):
        label = f"environment-team{index:04}"
        if index % 50 == 7:
            reports.append(report(label, None, status="failed", messages=(ERROR,)))
        elif index % 20 == 0:
            reports.append(report(label, "environment-database-replaced", reasons=(ENCRYPT,)))
        elif index % 10 == 0:
            reports.append(report(label, "environment-larger"))
        elif index % 3 == 0:
            reports.append(report(label, "environment-deployed"))
        else:
            reports.append(report(label, "environment-same"))
    return reports


HOSTILE = Reason(
    "environments/test.yaml",
    3,
    "services.web.`name`",
    "<b>|</b>",
    "@everyone",
    "closes #1, see group/project!2, [here](http://evil.example) </details>\n/close",
)
HOSTILE_SAYS = (
    Message("warning", "@everyone: <img src=x>", "```\n</details>\n/close\n@everyone #1"),
    Message("error", "Fixes #12 | @admin ![x](http://evil.example/x.png)", "````\n</details>\n/merge\n" + "\u202eabc"),
)
SCENARIOS = scenarios()
