"""What is left out of a comment until it fits."""

from __future__ import annotations

from dataclasses import replace

from tanada.plan import ResourceChange, Summary
from tests.comment.reports import GITHUB, RUN, SCENARIOS, fleet, losing, planned, report, written


def test_a_thousand_stacks_fit_and_their_dangers_keep_their_numbers() -> None:
    reports = losing(1000, protected=True)
    whole = written(reports)
    assert len(whole.body.encode()) <= GITHUB
    assert "**1,000 databases are replaced**" in whole.body
    assert "Shortened to fit" in whole.body
    assert RUN.run_url is not None
    assert RUN.run_url in whole.body
    assert whole.rest is not None
    assert all(f"aws_db_instance.main_{index}`" in whole.rest for index in range(1000))


def test_where_nothing_but_numbers_fits_as_many_names_stay_as_there_is_room_for() -> None:
    reports = [replace(each, account="本番" * 20, protected=True) for each in losing(1000)]
    whole = written(reports).body
    assert "**1,000 databases are replaced**: environment-0000, " in whole
    assert "environment-0019 and 980 more" in whole


def test_details_are_shed_before_any_dangerous_line() -> None:
    many = [
        replace(each, changes=tuple(replace(change, address=f"{change.address}_{index}") for change in each.changes))
        for index, each in enumerate([planned("environment-larger")] * 300)
    ]
    reports = losing(20) + [report(f"environment-z{index:03}", each) for index, each in enumerate(many)]
    whole = written(reports)
    assert whole.rest is not None
    assert all(f"`aws_db_instance.main_{index}`" in whole.body for index in range(20))
    assert all(f"environment-z{index:03}" in whole.body for index in range(300))


def test_what_fits_is_not_shortened() -> None:
    whole = written(*SCENARIOS["database_replaced"])
    assert whole.rest is None
    assert "Shortened" not in whole.body


def test_a_comment_takes_the_room_that_there_is() -> None:
    reports = fleet(200)
    sizes = [len(written(reports, limit=limit).body.encode()) for limit in (4_000, 8_000, 12_000, 16_000)]
    assert sizes == sorted(sizes)
    assert all(size > limit / 2 for size, limit in zip(sizes, (4_000, 8_000, 12_000, 16_000), strict=True))


def test_the_limit_holds_in_bytes_whatever_a_forge_counts() -> None:
    address = "aws_sqs_queue." + "棚" * 200
    created = tuple(ResourceChange(f"{address}{index}", "aws_sqs_queue", "create") for index in range(200))
    whole = written([report("environment-test", Summary("1.11.4", created, 0))])
    assert len(whole.body.encode()) <= GITHUB
    assert "`aws_sqs_queue` × 200" in whole.body
