"""A fleet's plans, dealt out to several jobs and played against the generated files; the plans are stand-ins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.forge.server import GitHubServer
from tests.templates.ci.stage import Stage, declare_ci, drain, reports_in, well
from tests.templates.ci.world import REPOSITORY, World

pytestmark = [pytest.mark.slow]

NUMBER = 21
PLAN = Path(__file__).parents[1] / "comment/comment_plans/environment-larger.json"
FAKE = """\
#!{python}
import json, os, sys
from pathlib import Path
if sys.argv[1] != "plan":
    os.execv({real!r}, [{real!r}, *sys.argv[1:]])
from tanada.plan import Report, summary
from tanada.terraform import reports
words = sys.argv[2:]
names = words[: next(index for index, word in enumerate(words) if word.startswith("--"))]
assert names and "--changed-since" in words and os.environ["TANADA_CI_ROLE"] == "plan"
folder = Path(".tanada/reports")
reports.empty(folder)
for name in names:
    account = "production" if name.endswith("production") else "main"
    reports.write(folder, Report(
        label=name, stack=name, kind="environment", account=account, protected=account == "production",
        status="changes", environment=name.partition("-")[2], common="common-" + account, step="plan",
        summary=summary(json.loads(Path({plan!r}).read_text())), terraform="1.11.4", offline=False,
        commit=os.environ["COMMIT"], created_at="2026-11-21T13:40:05+00:00",
    ))
reports.end(folder, "plan")
"""
"""`tanada plan` of the stacks that it is given; every other verb is Tanada's own."""


@pytest.fixture
def fleet(team: World, github: GitHubServer, tokens: str) -> Stage:
    """A team with more stacks than one job plans."""
    text = (team.work / "environments/test.yaml").read_text()
    for number in range(1, NUMBER + 1):
        own = text.replace("test.example.jp", f"e{number}.example.jp")
        assert own != text
        (team.work / f"environments/e{number}.yaml").write_text(own)
    first = declare_ci(team, f"{{github: {REPOSITORY}}}", "github")
    fakes = team.folder / "fakes"
    fakes.mkdir()
    forked = Path(team.environ["PATH"].partition(":")[0])
    program = FAKE.format(python=forked.parent / "bin/python", real=str(forked / "tanada"), plan=str(PLAN))
    (fakes / "tanada").write_text(program)
    (fakes / "tanada").chmod(0o755)
    team.environ["PATH"] = f"{fakes}:{team.environ['PATH']}"
    return Stage(team, github, tokens, first)


def test_each_stack_is_planned_by_one_job_and_the_comment_knows_all(fleet: Stage) -> None:
    team = fleet.team
    team.branch("feature")
    drain(team, 45)
    head = team.commit("Drain longer", "feature")
    asked = fleet.asked(head, fleet.github.open_pull(head))
    dealt = well(asked.run("plan", "shards")).outputs
    assert dealt["way"] == "plan"
    shards = json.loads(dealt["matrix"])["include"]
    names = [name for shard in shards for name in shard["stacks"].split()]
    environments = ["test", "production", *(f"e{number}" for number in range(1, NUMBER + 1))]
    assert len(shards) == 2
    assert sorted(names) == sorted(f"environment-{each}" for each in environments)

    asked.values["needs.shards.outputs.matrix"] = dealt["matrix"]
    for shard in shards:
        asked.values |= {"matrix.stacks": shard["stacks"], "matrix.shard": shard["shard"]}
        well(asked.run("plan", "plan"))
        left = reports_in(team.artifacts[f"tanada-reports-{head}-{shard['shard']}"])
        assert set(left) == set(shard["stacks"].split())
    well(asked.run("plan", "comment", fleet.permitted("plan", "comment")))
    [comment] = fleet.github.comments
    for name in names:
        assert name in comment["body"]
    assert [status["state"] for status in fleet.github.statuses] == ["success"]

    # A job that died: its stacks are failures, and the comment says so.
    del team.artifacts[f"tanada-reports-{head}-2"]
    asked.run("plan", "comment", fleet.permitted("plan", "comment"))
    [comment] = fleet.github.comments
    assert "no report" in comment["body"]
    assert [status["state"] for status in fleet.github.statuses][-1] == "failure"


def test_where_no_stack_differs_no_job_plans_and_the_comment_says_that(fleet: Stage) -> None:
    team = fleet.team
    team.branch("feature")
    file = team.work / "system.yaml"
    file.write_text(f"{file.read_text()}# a note\n")
    head = team.commit("A note", "feature")
    asked = fleet.asked(head, fleet.github.open_pull(head))
    dealt = well(asked.run("plan", "shards")).outputs
    assert dealt["matrix"] == '{"include":[]}'
    asked.values["needs.shards.outputs.matrix"] = dealt["matrix"]
    well(asked.run("plan", "comment", fleet.permitted("plan", "comment")))
    [comment] = fleet.github.comments
    assert "Nothing changes" in comment["body"]
