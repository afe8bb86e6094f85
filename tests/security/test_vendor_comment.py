"""Another Tanada, or other packages beside it, stands in the comment's first line: by it all else is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tanada.comment.headline import headline, result
from tanada.files import hashed
from tanada.templates.vendor import vendor
from tanada.terraform.packages import installed, installed_at, package_change
from tests.comment.reports import RUN, body, report
from tests.templates.wheels import small
from tests.terraform.repository import ENVIRON
from tests.terraform.test_changes_since import STACKS, Team, team  # noqa: F401 - a fixture

LOCK = "boto3==1 \\\n    --hash=sha256:1111\n    # via tanada\njinja2==3 \\\n    --hash=sha256:2222\n"
FIRST = small(lock=LOCK)


def words(before: Path, after: Path) -> str | None:
    change = package_change(installed(before), installed(after))
    return change.words if change else None


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """Two commits of one team, alike."""
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "requirements.txt").write_text(LOCK)
        vendor(tmp_path / name, FIRST)
    return tmp_path / "before", tmp_path / "after"


def test_nothing_is_said_where_nothing_changed(sides: tuple[Path, Path]) -> None:
    assert words(*sides) is None


def test_another_version_and_the_hash_of_its_wheel_are_said(sides: tuple[Path, Path]) -> None:
    wheel = small("0.2.0", lock=LOCK.replace("==1", "==2"))
    vendor(sides[1], wheel)
    change = package_change(installed(sides[0]), installed(sides[1]))
    assert change is not None
    assert change.words == f"Tanada itself changes: 0.1.0 → 0.2.0, sha256 {wheel.digest[:12]}…"
    assert change.sentence == f"Tanada's wheel has sha256 {wheel.digest}."


def test_another_wheel_of_the_same_version_is_said(sides: tuple[Path, Path]) -> None:
    wheel = small(lock=LOCK, code="other = 1\n")
    vendor(sides[1], wheel)
    assert words(*sides) == f"Tanada itself changes: another 0.1.0, sha256 {wheel.digest[:12]}…"


def _listed(root: Path, text: str) -> None:
    (root / "requirements.txt").write_text(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tanada==0.1.0 --hash=sha256:" + 64 * "a", "another 0.1.0, not from vendor/"),
        ("TanaDa==9", "0.1.0 → 9, not from vendor/"),
        (
            './vendor/tanada-0.1.0-py3-none-any.whl ; python_version < "3" --hash=sha256:'
            + 64 * "a"
            + "\n./docs/tanada-0.1.0-py3-none-any.whl --hash=sha256:"
            + 64 * "b",
            "another 0.1.0, not from vendor/",
        ),
        ("", "requirements.txt installs it no more"),
        ("./elsewhere/tanada-0.1.0-py3-none-any.whl --hash=sha256:" + 64 * "a", "another 0.1.0, not from vendor/"),
        (
            f"./vendor/{FIRST.name} --hash=sha256:{FIRST.digest} --hash=sha256:" + 64 * "a",
            "another 0.1.0, not from vendor/",
        ),
        (f"./vendor/{FIRST.name} --hash=sha256:{FIRST.digest}\ntanada==9", "another 0.1.0, not from vendor/"),
        (
            f"tanada @ https://example.jp/tanada-3.0-py3-none-any.whl --hash=sha256:{64 * 'b'}",
            "0.1.0 → 3.0, not from vendor/",
        ),
    ],
)
def test_any_other_line_of_it_is_said(line: str, expected: str, sides: tuple[Path, Path]) -> None:
    _listed(sides[1], f"{LOCK}{line}\n")
    said = words(*sides)
    assert said is not None
    assert said.startswith(f"Tanada itself changes: {expected}")


@pytest.mark.parametrize("how", ["changed", "deleted", "link", "another"])
def test_a_wheel_that_the_line_does_not_name_is_said(how: str, sides: tuple[Path, Path]) -> None:
    wheel = sides[1] / "vendor" / FIRST.name
    if how == "changed":
        wheel.write_bytes(b"else")
    elif how == "another":
        (sides[1] / "vendor" / "tanada-0.1.0-1-py3-none-any.whl").write_bytes(b"else")
        wheel.unlink()
    else:
        wheel.unlink()
        if how == "link":
            wheel.symlink_to(sides[0] / "vendor" / FIRST.name)
    said = "Tanada itself changes: another 0.1.0, a wheel that requirements.txt does not name"
    assert words(*sides) == said


def test_packages_that_it_runs_with_are_named(sides: tuple[Path, Path]) -> None:
    text = (sides[1] / "requirements.txt").read_text()
    _listed(sides[1], text.replace("2222", "3333") + "a==1\nb==1\nc==1\n")
    assert words(*sides) == "what Tanada runs with changes: a, b, c and 1 more"


@pytest.mark.parametrize("line", ["--extra-index-url https://example.jp/simple", "# coding: utf-7", "-r other.txt"])
def test_options_count_and_are_not_quoted(line: str, sides: tuple[Path, Path]) -> None:
    _listed(sides[1], f"{line}\n{(sides[1] / 'requirements.txt').read_text()}")
    assert words(*sides) == "what Tanada runs with changes: an option"


def test_an_indented_requirement_is_one(sides: tuple[Path, Path]) -> None:
    _listed(sides[1], LOCK.replace("    # via tanada\n", "    # via tanada\n  evil==1\n"))
    _listed(sides[0], LOCK)
    assert words(*sides) == "what Tanada runs with changes: evil"


def test_a_commit_that_nobody_checks_out_is_read_as_data(team: Team) -> None:  # noqa: F811
    team.write("requirements.txt", LOCK)
    vendor(team.root, FIRST)
    (team.root / "vendor" / "tanada-0.0.1-py3-none-any.whl").symlink_to("/etc/passwd")
    before = team.commit()
    vendor(team.root, small("0.2.0", lock=LOCK))
    after = team.commit()
    one, other = (installed_at(team.root, commit, ENVIRON) for commit in (before, after))
    assert one == installed_at(team.root, before, ENVIRON)
    assert other == installed(team.root)
    assert set(one.wheels) == {FIRST.name}
    change = package_change(one, other)
    assert change is not None
    assert change.words.startswith("Tanada itself changes: 0.1.0 → 0.2.0, sha256 ")
    assert installed_at(team.root, team.base, ENVIRON) == installed(team.root / "environments")


def test_every_stack_is_planned_and_the_report_says_it(team: Team) -> None:  # noqa: F811
    team.write("requirements.txt", LOCK)
    vendor(team.root, FIRST)
    team.commit()
    wheel = small("0.2.0", lock=LOCK)
    vendor(team.root, wheel)
    changed = team.changed()
    assert list(changed.stacks) == STACKS
    assert changed.maker == f"Tanada itself changes: 0.1.0 → 0.2.0, sha256 {wheel.digest[:12]}…"
    assert changed.reason is not None
    assert changed.reason.startswith("Tanada changes from 0.1.0 to 0.2.0: every stack may change.")
    assert changed.reason.endswith(f"Tanada's wheel has sha256 {wheel.digest}.")


SAID = "Tanada itself changes: 0.1.0 → 0.2.0, sha256 1f0c2b3d4e5f…"


def test_the_first_line_of_a_comment_begins_with_it() -> None:
    reports = [
        report("environment-test", "environment-database-replaced", maker=SAID),
        report("environment-test2", "environment-larger"),
    ]
    assert headline(reports) == f"{SAID}, 2 environments change, 1 database is replaced"
    assert f"## 🔴 **`{SAID}`**, 2 environments change, **1 database is replaced**\n" in body(reports)


def test_it_is_no_plan_that_changes_nothing() -> None:
    same = [report("environment-test", "environment-same", maker=SAID)]
    assert headline(same) == f"{SAID}, nothing else changes."
    assert f"## 🟡 **`{SAID}`**, nothing else changes.\n" in body(same)
    assert result(same) == "changes"


def test_it_stays_where_the_run_itself_failed() -> None:
    same = [report("environment-test", "environment-same", maker=SAID)]
    assert f"## ❌ **`{SAID}`**, **1 mistake in the declaration**\n" in body(
        same, replace(RUN, headline="1 mistake in the declaration")
    )


def test_it_is_never_cut_off_a_status() -> None:
    many = [
        report(f"environment-{hashed(str(number))[:8]}", "environment-database-replaced", maker=SAID)
        for number in range(40)
    ]
    assert headline(many).startswith(SAID)


def test_what_a_report_says_there_is_text_and_no_markup() -> None:
    evil = [report("environment-test", "environment-same", maker="<!-- [x](https://example.jp) @all **\n## ok")]
    first = next(line for line in body(evil).splitlines() if line.startswith("## "))
    assert first == "## 🟡 **`<!-- [x](https://example.jp) @all **\\n## ok`**, nothing else changes."
