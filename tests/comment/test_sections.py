"""The folded sections: which stand open, which stacks share one."""

from __future__ import annotations

from tanada.plan import Message
from tests.comment.reports import SCENARIOS, body, report


def test_dangerous_sections_stand_open_and_first() -> None:
    text = body(SCENARIOS["deploy_and_more"][0])
    assert text.index("<details open>") == text.index("<details")
    assert text.count("<details open>") == 1


def test_stacks_that_change_alike_share_a_section() -> None:
    text = body([report(f"environment-{index:02}", "environment-larger") for index in range(30)])
    assert text.count("<details") == 1
    assert "and 27 more" in text
    assert "The same in environment-00, environment-01" in text


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
