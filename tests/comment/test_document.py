"""The comment on a pull request: golden comments of real plans (TANADA_UPDATE=1 rewrites them), and what must hold."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tanada.comment.document import comment, drift_issue
from tanada.comment.headline import headline, result
from tanada.comment.page import RunInfo
from tanada.errors import PlanError, TemplateError
from tanada.plan import Difference, Message, Reason, Report, ResourceChange, Summary
from tanada.templates import comment_template, drift_template
from tests.comment.make_comment_plans import SECRET
from tests.comment.reports import COST, DRIFT, DRIFT_TEMPLATE, ERROR, FACTS, TEMPLATE, fleet, planned, report, scenarios

COMMENTS = Path(__file__).parent / "comments"
GITHUB = 65_536
SCENARIOS = scenarios()


def body(reports: list[Report], facts: RunInfo = FACTS, template: str = TEMPLATE) -> str:
    return comment(reports, facts, template, GITHUB).body


def golden(name: str, written: str) -> str:
    file = COMMENTS / f"{name}.md"
    if os.environ.get("TANADA_UPDATE") == "1":
        file.write_text(written, encoding="utf-8")
    return file.read_text(encoding="utf-8")


def losing(number: int, *, protected: bool = False) -> list[Report]:
    """Stacks that each lose a database of their own name."""
    return [
        report(
            f"environment-{index:04}",
            Summary(
                "1.11.4",
                (
                    ResourceChange(
                        f"aws_db_instance.main_{index}", "aws_db_instance", "replace", destroys=True, danger="database"
                    ),
                ),
                0,
            ),
            protected=protected,
        )
        for index in range(number)
    ]


@pytest.mark.parametrize("name", SCENARIOS)
def test_comments_read_as_reviewed(name: str) -> None:
    written = body(*SCENARIOS[name])
    assert written == golden(name, written)


def test_the_drift_issue_reads_as_reviewed() -> None:
    drifted = report("environment-test", replace(planned("environment-same"), drift=DRIFT))
    others = [report("environment-test2", "environment-larger"), report("environment-production", "environment-same")]
    failed = report("environment-partner", None, status="failed", messages=(ERROR,))
    written = drift_issue([drifted, *others, failed], FACTS, DRIFT_TEMPLATE, GITHUB)
    assert written is not None
    assert written == golden("drift_issue", written)
    assert "environment-production" not in written


def test_no_drift_needs_no_issue() -> None:
    assert drift_issue([report("environment-test", "environment-same")], FACTS, DRIFT_TEMPLATE, GITHUB) is None


def test_a_stack_that_can_not_be_planned_keeps_the_drift_issue_open() -> None:
    failed = report("environment-test", None, status="failed", messages=(ERROR,))
    assert "could not be planned" in str(drift_issue([failed], FACTS, DRIFT_TEMPLATE, GITHUB))


def test_the_headline_says_what_anyone_understands() -> None:
    reports = [
        report("common-main", "environment-same"),
        report("environment-test", "environment-database-replaced"),
        report("environment-test2", "environment-larger"),
    ]
    assert headline(reports) == "2 environments change, 1 database is replaced"
    assert "## 🔴 2 environments change, **1 database is replaced**\n" in body(reports)


def test_nothing_to_do_is_said_in_two_words() -> None:
    assert headline([report("environment-test", "environment-same")]) == "Nothing changes."


def test_a_headline_fits_a_commit_status_and_keeps_what_is_grave() -> None:
    text = headline([reports for scenario, _ in SCENARIOS.values() for reports in scenario])
    assert len(text) <= 140
    assert "databases are replaced" in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nothing", "nothing"),
        ("drift", "nothing"),
        ("update", "changes"),
        ("deploy", "changes"),
        ("database_replaced", "dangerous"),
        ("environment_destroyed", "dangerous"),
        ("failed", "failed"),
        ("not_approved", "failed"),
    ],
)
def test_a_result_is_the_gravest_of_its_stacks(name: str, expected: str) -> None:
    assert result(SCENARIOS[name][0]) == expected


def test_a_stack_that_waits_is_no_failure() -> None:
    waits = report("environment-test", None, status="waits for common")
    assert result([waits, report("environment-test2", "environment-same")]) == "waits"


def test_a_database_of_a_review_environment_is_a_change_and_no_danger() -> None:
    review = report("review-kokuyou", "environment-database-replaced")
    assert result([review]) == "changes"
    text = body([review])
    assert "[!CAUTION]" not in text
    assert "made to be thrown away" in text
    assert result([replace(review, protected=True)]) == "dangerous"


def test_in_a_protected_account_whatever_is_lost_is_dangerous() -> None:
    queue = ResourceChange("aws_ecs_service.web", "aws_ecs_service", "destroy", destroys=True)
    summary = Summary("1.11.4", (queue,), 3)
    assert result([report("environment-test", summary)]) == "changes"
    assert result([report("environment-production", summary)]) == "dangerous"


def test_a_new_revision_of_a_task_definition_loses_nothing_even_there() -> None:
    assert result([report("environment-production", "environment-larger")]) == "changes"


def test_dangerous_sections_stand_open_and_first() -> None:
    text = body(SCENARIOS["deploy_and_more"][0])
    assert text.index("<details open>") == text.index("<details")
    assert text.count("<details open>") == 1


def test_what_a_not_approved_plan_would_lose_is_shown_to_who_approves_it() -> None:
    text = body(*SCENARIOS["not_approved"])
    assert "[!CAUTION]" in text
    fingerprint = planned("environment-database-replaced").fingerprint
    assert f"`--approve {fingerprint[:12]}`" in text


def test_dependents_of_a_changing_common_layer_are_never_called_unchanged() -> None:
    text = body(*SCENARIOS["common_changes"])
    assert "No changes" not in text
    line = next(line for line in text.splitlines() if "may change more once it is applied" in line)
    assert "environment-test2" in line
    assert "review-kokuyou" in line
    assert "**not planned here**: environment-partner" in text
    assert "used by environment-test, environment-test2, environment-partner, review" in text


def test_dependents_of_a_common_layer_that_could_not_be_planned_are_not_called_unchanged() -> None:
    failed = report("common-main", None, status="failed", messages=(ERROR,))
    others = [report("environment-test", "environment-same"), report("environment-test2", "environment-larger")]
    text = body([failed, *others])
    assert "**Planned against the common layer as it is now**, and may change more once it is applied: " in text
    assert "No changes" not in text
    assert "as it is now: common-main could not be planned." in text
    assert "as it is now" not in body([replace(failed, step="apply"), *others])


def test_a_deploy_on_a_changing_common_layer_is_marked_too() -> None:
    text = body([report("common-main", "common-changed"), report("environment-test", "environment-deployed")])
    line = next(line for line in text.splitlines() if "may change more once it is applied" in line)
    assert "environment-test" in line


def test_dependents_of_another_accounts_common_layer_are_unchanged() -> None:
    changing = report("common-main", "common-changed")
    text = body([changing, report("environment-production", "environment-same")])
    assert "🟢 No changes: [environment-production]" in text


def test_a_reason_that_reaches_many_stacks_is_said_once() -> None:
    assert body(fleet(100)).count("system.yaml:31") == 1


def test_a_file_that_comes_as_a_whole_has_no_path_in_it() -> None:
    new = Reason("environments/staging.yaml", 2, "", None, "{account: main}")
    text = body([report("environment-test", "environment-larger", reasons=(new,))])
    assert "`environments/staging.yaml:2`: `{account: main}` (new)" in text


def test_stacks_that_are_refused_alike_are_told_in_one_sentence() -> None:
    refused = [report(f"environment-{name}", None, status="refused", messages=(ERROR,)) for name in ("test", "test2")]
    assert "**[environment-test2](<https://ci.example.com/runs/17/environment-test2>)** were refused" in body(refused)
    assert "** was refused" in body(refused[:1])


def test_more_reasons_than_fit_above_stand_with_their_stacks() -> None:
    reports = []
    for index in range(12):
        reason = replace(SCENARIOS["update"][0][2].reasons[0], line=index + 1)
        reports.append(report(f"environment-{index:02}", "environment-larger", reasons=(reason,)))
    text = body(reports)
    assert all(text.count(f"environments/test.yaml:{index + 1}`") == 1 for index in range(12))
    assert text.index("environments/test.yaml:8`") < text.index("<details") < text.index("environments/test.yaml:9`")


def test_stacks_that_change_alike_share_a_section() -> None:
    text = body([report(f"environment-{index:02}", "environment-larger") for index in range(30)])
    assert text.count("<details") == 1
    assert "and 27 more" in text
    assert "The same in environment-00, environment-01" in text


def test_costs_are_summed_and_called_an_estimate() -> None:
    reports = [
        report(name, replace(planned("environment-larger"), cost=COST)) for name in ("environment-a", "environment-b")
    ]
    assert "**+57.52 USD a month** (424.80 → 482.32; estimate, prices of 2026-11-01)" in body(reports)
    assert "2 `aws_lb`" in body(reports)


def test_an_error_of_terraform_is_shown_in_full_and_open() -> None:
    text = body(*SCENARIOS["failed"])
    assert "❌ **[environment-test](" in text
    assert 'A managed resource "aws_security_group" "wbe" has not been declared' in text
    assert text.index("<details open>") < text.index("has not been declared")


def test_a_warning_of_many_stacks_is_said_once() -> None:
    warning = Message("warning", "Deprecated attribute", "Use another.")
    reports = [report(f"environment-{index}", "environment-same", messages=(warning,)) for index in range(3)]
    text = body(reports)
    assert text.count("Deprecated attribute") == 1
    assert "environment-0, environment-1, environment-2" in text


def test_a_thousand_stacks_fit_and_their_dangers_keep_their_numbers() -> None:
    reports = losing(1000, protected=True)
    whole = comment(reports, FACTS, TEMPLATE, GITHUB)
    assert len(whole.body.encode()) <= GITHUB
    assert "**1,000 databases are replaced**" in whole.body
    assert "Shortened to fit" in whole.body
    assert FACTS.run_url is not None
    assert FACTS.run_url in whole.body
    assert whole.rest is not None
    assert all(f"aws_db_instance.main_{index}`" in whole.rest for index in range(1000))


def test_where_nothing_but_numbers_fits_as_many_names_stay_as_there_is_room_for() -> None:
    reports = [replace(each, account="本番" * 20, protected=True) for each in losing(1000)]
    whole = comment(reports, FACTS, TEMPLATE, GITHUB).body
    assert "**1,000 databases are replaced**: environment-0000, " in whole
    assert "environment-0019 and 980 more" in whole


def test_details_are_shed_before_any_dangerous_line() -> None:
    many = [
        replace(each, changes=tuple(replace(change, address=f"{change.address}_{index}") for change in each.changes))
        for index, each in enumerate([planned("environment-larger")] * 300)
    ]
    reports = losing(20) + [report(f"environment-z{index:03}", each) for index, each in enumerate(many)]
    whole = comment(reports, FACTS, TEMPLATE, GITHUB)
    assert whole.rest is not None
    assert all(f"`aws_db_instance.main_{index}`" in whole.body for index in range(20))
    assert all(f"environment-z{index:03}" in whole.body for index in range(300))


def test_what_fits_is_not_shortened() -> None:
    whole = comment(*SCENARIOS["database_replaced"], TEMPLATE, GITHUB)
    assert whole.rest is None
    assert "Shortened" not in whole.body


def test_a_comment_takes_the_room_that_there_is() -> None:
    reports = fleet(200)
    sizes = [len(comment(reports, FACTS, TEMPLATE, limit).body.encode()) for limit in (4_000, 8_000, 12_000, 16_000)]
    assert sizes == sorted(sizes)
    assert all(size > limit / 2 for size, limit in zip(sizes, (4_000, 8_000, 12_000, 16_000), strict=True))


def test_the_limit_holds_in_bytes_whatever_a_forge_counts() -> None:
    address = "aws_sqs_queue." + "棚" * 200
    created = tuple(ResourceChange(f"{address}{index}", "aws_sqs_queue", "create") for index in range(200))
    whole = comment([report("environment-test", Summary("1.11.4", created, 0))], FACTS, TEMPLATE, GITHUB)
    assert len(whole.body.encode()) <= GITHUB
    assert "`aws_sqs_queue` × 200" in whole.body


def test_a_teams_template_that_sheds_nothing_is_replaced_by_the_headline() -> None:
    template = "{% for n in range(50000) %}all of it {% endfor %}{{ page.headline }}"
    whole = comment(fleet(3), FACTS, template, GITHUB)
    assert headline(fleet(3)) in whole.body
    assert len(whole.body.encode()) <= GITHUB
    assert whole.rest is not None
    assert len(whole.rest) > GITHUB


def test_no_secret_of_a_real_plan_is_seen() -> None:
    for reports, facts in SCENARIOS.values():
        whole = comment(reports, facts, TEMPLATE, GITHUB)
        assert "hunter2" in SECRET
        assert "hunter2" not in whole.body
        assert "hunter2" not in (whole.rest or "")


def test_the_values_of_a_replacement_stand_before_and_after() -> None:
    forced = Difference("engine", "mysql", "postgres", forces_replacement=True)
    (changed,) = losing(1)
    assert changed.summary is not None
    summary = replace(changed.summary, changes=(replace(changed.summary.changes[0], differences=(forced,)),))
    assert "`engine` `mysql` → `postgres` can't change in place" in body([replace(changed, summary=summary)])


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


def test_jinja_is_loaded_only_to_render() -> None:
    code = "import sys, tanada.comment.document, tanada.templates; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
