"""The comment on a pull request: golden comments of real plans (TANADA_UPDATE=1 rewrites them), and its templates."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from tanada.comment.document import drift_issue
from tanada.comment.headline import headline
from tanada.comment.page import Page
from tanada.errors import PlanError, TemplateError
from tanada.templates import comment_template, drift_template
from tests.comment.make_comment_plans import SECRET
from tests.comment.reports import (
    DRIFT,
    DRIFT_TEMPLATE,
    ERROR,
    GITHUB,
    RUN,
    SCENARIOS,
    TEMPLATE,
    body,
    fleet,
    planned,
    report,
    written,
)

COMMENTS = Path(__file__).parent / "comments"


def golden(name: str, written: str) -> str:
    file = COMMENTS / f"{name}.md"
    if os.environ.get("TANADA_UPDATE") == "1":
        file.write_text(written, encoding="utf-8")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCENARIOS)
def test_comments_read_as_reviewed(name: str) -> None:
    written = body(*SCENARIOS[name])
    assert written == golden(name, written)


def test_the_drift_issue_reads_as_reviewed() -> None:
    drifted = report("environment-test", replace(planned("environment-same"), drift=DRIFT))
    others = [report("environment-test2", "environment-larger"), report("environment-production", "environment-same")]
    failed = report("environment-partner", None, status="failed", messages=(ERROR,))
    written = drift_issue([drifted, *others, failed], RUN, DRIFT_TEMPLATE, GITHUB)
    assert written is not None
    assert written == golden("drift_issue", written)
    assert "environment-production" not in written


def test_no_drift_needs_no_issue() -> None:
    assert drift_issue([report("environment-test", "environment-same")], RUN, DRIFT_TEMPLATE, GITHUB) is None


def test_what_runs_on_a_version_whose_support_ends_is_named_and_keeps_the_issue_where_it_counts() -> None:
    alike, drifted = (
        report("environment-test", replace(planned("environment-same"), drift=drift)) for drift in ((), DRIFT)
    )
    terraform = replace(RUN, ending=("what plans: support of terraform 1.11 ends",))
    assert drift_issue([alike], terraform, DRIFT_TEMPLATE, GITHUB) is None
    beside = str(drift_issue([drifted], terraform, DRIFT_TEMPLATE, GITHUB))
    assert "### Support ends\n\n- what plans: support of terraform 1.11 ends\n" in beside
    redis = replace(RUN, ending=("cache: redis 6 `ends`",), ending_counts=True)
    alone = str(drift_issue([alike], redis, DRIFT_TEMPLATE, GITHUB))
    assert alone.startswith("## ⚠️ Support of what runs ends\n")
    assert "not what is declared" not in alone
    assert "- `` cache: redis 6 `ends` ``\n" in alone


def test_a_stack_that_can_not_be_planned_keeps_the_drift_issue_open() -> None:
    failed = report("environment-test", None, status="failed", messages=(ERROR,))
    assert "could not be planned" in str(drift_issue([failed], RUN, DRIFT_TEMPLATE, GITHUB))


def test_a_teams_template_that_sheds_nothing_is_replaced_by_the_headline() -> None:
    template = "{% for n in range(50000) %}all of it {% endfor %}{{ page.headline }}"
    whole = written(fleet(3), template=template)
    assert headline(fleet(3)) in whole.body
    assert len(whole.body.encode()) <= GITHUB
    assert whole.rest is not None
    assert len(whole.rest) > GITHUB


def test_no_secret_of_a_real_plan_is_seen() -> None:
    for reports, run in SCENARIOS.values():
        whole = written(reports, run)
        assert "hunter2" in SECRET
        assert "hunter2" not in whole.body
        assert "hunter2" not in (whole.rest or "")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("fine\n{% if %}\n", "templates/plan_comment.md.j2:2: the template can't be rendered"),
        ("fine\n\n{{ page.nothing_such }}\n", "templates/plan_comment.md.j2:3: .*no attribute 'nothing_such'"),
        ("{% for x in [1] %}\n{{ 1 // 0 }}{% endfor %}", "templates/plan_comment.md.j2:2: .*division"),
        ("{{ ''.__class__.__mro__ }}", "templates/plan_comment.md.j2:1: .*unsafe"),
    ],
)
def test_a_broken_template_is_refused_with_its_line(template: str, expected: str) -> None:
    with pytest.raises(PlanError, match=expected):
        body(fleet(1), template=template)


def test_a_teams_own_template_replaces_tanadas(tmp_path: Path) -> None:
    assert comment_template(tmp_path) == TEMPLATE
    assert drift_template(tmp_path) == DRIFT_TEMPLATE
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "plan_comment.md.j2").write_text("own: {{ page.headline }}")
    assert body(fleet(1), template=comment_template(tmp_path)).startswith("own: ")


def test_a_template_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "plan_comment.md.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateError, match=r"templates/plan_comment\.md\.j2 can't be read"):
        comment_template(tmp_path)


@pytest.mark.parametrize("template", [TEMPLATE, DRIFT_TEMPLATE])
def test_a_template_says_where_its_page_is_described(template: str) -> None:
    assert f"`page` is {Page.__module__}.{Page.__name__}" in template


def test_every_field_of_a_page_is_shown() -> None:
    for field in fields(Page):
        assert f"page.{field.name}" in (DRIFT_TEMPLATE if field.name == "ending" else TEMPLATE)


def test_jinja_is_loaded_only_to_render() -> None:
    code = "import sys, tanada.comment.document, tanada.templates; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
