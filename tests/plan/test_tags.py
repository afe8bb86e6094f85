"""Tags that change everywhere are one line of a plan, in a terminal and in its comment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tanada.comment.blocks import changes as blocks
from tanada.comment.blocks import drift as drifted
from tanada.comment.shorten import Detail
from tanada.plan import Difference, ResourceChange, Summary, render
from tanada.plan.model import Drift

OWNER = Difference("tags_all.owner", None, "ops@example.jp")
CENTRE = Difference('tags_all["cost centre"]', "1234", "99")
GONE = Difference("tags_all.gone", "x", None)
TAGS = (OWNER, CENTRE, GONE)
SAID = "tags of 43 resources: owner added (ops@example.jp), cost centre 1234 → 99, gone removed"


def updated(address: str, *differences: Difference) -> ResourceChange:
    return ResourceChange(address, address.partition(".")[0], "update", differences=differences)


def planned(*changes: ResourceChange) -> Summary:
    return Summary("1.11.4", changes, 0)


EVERYTHING = tuple(updated(f"aws_sqs_queue.q{number}", *TAGS) for number in range(43))
MIXED = updated("aws_ecs_service.web", Difference("desired_count", "1", "2"), OWNER)


def test_in_a_terminal_all_that_only_gets_tags_is_one_line_and_mixed_changes_show() -> None:
    assert render(planned(*EVERYTHING, MIXED)).splitlines() == [
        "44 to update",
        "  ~ aws_ecs_service.web",
        "      desired_count: 1 → 2",
        "      tags_all.owner: (none) → ops@example.jp",
        f"  ~ {SAID}",
    ]


@pytest.mark.parametrize("detail", [Detail.FULL, Detail.LINES, Detail.UPDATED])
def test_in_the_comment_too_at_every_length(detail: Detail) -> None:
    (block,) = blocks(planned(*EVERYTHING, MIXED), detail)
    assert block.title == "**44 updated** in place"
    assert block.body.count(SAID) == 1
    assert "aws_sqs_queue" not in block.body
    assert "aws_ecs_service.web" in block.body
    assert ("desired_count: 2" in block.body) == (detail < Detail.UPDATED)


@pytest.mark.parametrize(
    "one",
    [
        updated("aws_sqs_queue.one", OWNER, Difference("tags.Name", "a", "b")),
        updated("aws_sqs_queue.one", replace(OWNER, after="somebody else")),
        replace(updated("aws_sqs_queue.one", OWNER), previous_address="aws_sqs_queue.two"),
        updated("aws_sqs_queue.one", replace(OWNER, hidden=("a secret",))),
        replace(updated("aws_sqs_queue.one", OWNER), action="replace"),
    ],
)
def test_what_changes_otherwise_is_shown_by_itself(one: ResourceChange) -> None:
    both = [updated("aws_sqs_queue.a", OWNER), updated("aws_sqs_queue.b", OWNER)]
    text = render(planned(*both, one))
    assert "tags of 2 resources: owner added (ops@example.jp)" in text
    assert "aws_sqs_queue.one" in text


def test_tags_that_others_gave_to_everything_are_one_line_of_drift() -> None:
    drift = tuple(Drift(f"aws_sqs_queue.q{number}", gone=False, differences=(OWNER,)) for number in range(43))
    summary = replace(planned(), drift=(*drift, Drift("aws_sqs_queue.gone", gone=True)))
    assert render(summary).splitlines()[1:] == [
        "  changed outside Terraform: tags of 43 resources: owner added (ops@example.jp)",
        "  changed outside Terraform: aws_sqs_queue.gone (gone)",
    ]
    body = drifted(summary.drift, Detail.FULL).body
    assert "tags of 43 resources: owner added (ops@example.jp)" in body
    assert "aws_sqs_queue.q" not in body
    assert "- aws_sqs_queue.gone  # gone" in body


def test_one_alone_is_shown_as_it_is() -> None:
    assert "aws_sqs_queue.a" in render(planned(updated("aws_sqs_queue.a", OWNER)))
