"""Reports: what is written for each target, and what is read from other jobs."""

from __future__ import annotations

import json
import stat
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tanada.errors import TerraformError
from tanada.plan import Cost, Message, Report, ResourceChange, Summary
from tanada.terraform import reports
from tanada.terraform.layout import Target
from tanada.terraform.leftovers import Leftover
from tanada.terraform.outcome import Outcome
from tanada.terraform.reports import Frame
from tests.terraform.test_decisions import stack

FRAME = Frame("plan", "local terraform 1.11.4", False, "a" * 40, False, "2026-01-02T03:04:05+00:00")
SUMMARY = Summary(
    "1.11.4", (ResourceChange("aws_x.y", "aws_x", "create"),), 3, cost=Cost(1.5, 2.5, (("aws_x", 1),), "2026-01-01")
)
REPORT = Report("environment-test", "environment-test", "environment", "main", False, "changes", summary=SUMMARY)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    reports.write(tmp_path / "reports", REPORT)
    assert reports.read([tmp_path / "reports"]) == [REPORT]
    (file,) = (tmp_path / "reports").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_reports_of_all_folders_below_are_merged_common_layers_first(tmp_path: Path) -> None:
    common = replace(REPORT, label="common-main", kind="common")
    reports.write(tmp_path / "one" / "deep", REPORT)
    reports.write(tmp_path / "two", common)
    review = replace(REPORT, label="a-review", kind="review")
    reports.write(tmp_path / "two", review)
    assert reports.read([tmp_path / "one", tmp_path / "two"]) == [common, REPORT, review]


def test_of_two_reports_for_one_target_the_newer_counts(tmp_path: Path) -> None:
    older, newer = (replace(REPORT, created_at=f"2026-01-0{day}T00:00:00+00:00") for day in (1, 2))
    reports.write(tmp_path / "a", newer)
    reports.write(tmp_path / "b", older)
    assert reports.read([tmp_path]) == [newer]


def test_a_label_from_elsewhere_names_no_file_outside_of_the_folder(tmp_path: Path) -> None:
    reports.write(tmp_path / "reports", replace(REPORT, label="../../evil"))
    assert [path.parent.name for path in tmp_path.rglob("*.json")] == ["reports"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Invalid JSON"),
        ("{}", "label: Field required"),
        (json.dumps({**asdict(REPORT), "status": "wonderful"}), "status: Input should be 'changes'"),
        (json.dumps({**asdict(REPORT), "summary": {"changes": 1}}), "summary."),
        ("[1, 2]", "Input should be"),
        (json.dumps(asdict(REPORT)).replace("2.5", "NaN"), "summary.cost: expected numbers"),
    ],
)
def test_a_foreign_or_damaged_file_is_one_sentence(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(TerraformError) as refused:
        reports.read([tmp_path])
    sentence = str(refused.value)
    assert "x.json isn't a report of Tanada, or is damaged: " in sentence
    assert why in sentence
    assert "\n" not in sentence


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="expected a folder of reports"):
        reports.read([tmp_path / "none"])


def test_a_report_larger_than_any_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "x.json").open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    with pytest.raises(TerraformError, match="at most 8 MiB"):
        reports.read([tmp_path])


def test_too_many_reports_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_MOST", 2)
    for number in range(3):
        reports.write(tmp_path, replace(REPORT, label=f"environment-{number}"))
    with pytest.raises(TerraformError, match="more than 2 reports"):
        reports.read([tmp_path])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "x.json").symlink_to(secret)
    with pytest.raises(TerraformError, match="expected a report, a file of its own") as refused:
        reports.read([tmp_path / "reports"])
    assert "hunter2" not in str(refused.value)
    (tmp_path / "reports" / "x.json").unlink()
    (tmp_path / "reports" / "loop").symlink_to(tmp_path)
    assert reports.read([tmp_path / "reports"]) == []


def test_emptying_takes_reports_alone(tmp_path: Path) -> None:
    reports.write(tmp_path, REPORT)
    (tmp_path / "notes.txt").touch()
    reports.empty(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    reports.empty(tmp_path / "none")
    assert reports.read([tmp_path / "none"]) == []


def test_two_runs_may_empty_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for label in ("review-kokuyou", "review-suishou"):
        reports.write(tmp_path, replace(REPORT, label=label))
    unlink = Path.unlink

    def twice(path: Path, missing_ok: bool = False) -> None:
        """Another run deletes each file just before this one does."""
        unlink(path, missing_ok=True)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", twice)
    reports.empty(tmp_path)
    assert not list(tmp_path.iterdir())


def test_that_a_run_came_to_its_end_is_known_until_the_next_begins(tmp_path: Path) -> None:
    assert reports.ended([tmp_path]) == set()
    reports.end(tmp_path / "shard-1", "plan")
    reports.end(tmp_path / "applied", "apply")
    assert reports.ended([tmp_path]) == {"plan", "apply"}
    assert reports.read([tmp_path]) == []
    reports.empty(tmp_path / "applied")
    assert reports.ended([tmp_path]) == {"plan"}


def test_a_report_knows_what_rests_on_a_common_layer_and_what_a_stack_rests_on() -> None:
    common, test, elsewhere = stack("common"), stack(), stack(name="environment-www", account="production")
    stacks = [common, test, elsewhere, stack("review")]
    made = reports.report(Outcome(Target(common), "changes", summary=SUMMARY), stacks, FRAME)
    assert (made.common, made.dependents) == (None, ("environment-test", "review"))
    assert (made.terraform, made.commit, made.step) == ("local terraform 1.11.4", "a" * 40, "plan")
    resting = reports.report(Outcome(Target(test), "failed", messages=(Message("error", "No."),)), stacks, FRAME)
    assert (resting.common, resting.dependents) == ("common-main", ())
    assert resting.messages == (Message("error", "No."),)
    review = reports.report(Outcome(Target(stack("review"), "kokuyou"), "changes"), stacks, FRAME)
    assert (review.label, review.workspace, review.kind) == ("review-kokuyou", "kokuyou", "review")


def test_a_state_without_a_declaration_says_where_it_is_and_what_to_do() -> None:
    left = Leftover("environment-old", "main", True, ("s3://states/kakei/environment-old.tfstate",), 3)
    made = reports.undeclared(left, FRAME)
    assert (made.status, made.kind, made.account, made.protected) == ("undeclared", "environment", "main", True)
    (message,) = made.messages
    assert message.summary == "environment-old is declared no more, but its state still holds 3 resources."
    assert "s3://states/kakei/environment-old.tfstate" in message.detail
    assert "tanada destroy environment-old" in message.detail
