"""What follows from a class's memory."""

from __future__ import annotations

import pytest

from tanada.resources.rds_classes import connections, memory


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.t4g.micro", 1),
        ("db.t3.medium", 4),
        ("db.t4g.2xlarge", 32),
        ("db.m7g.large", 8),
        ("db.r6g.xlarge", 32),
        ("db.r6gd.4xlarge", 128),
        ("db.serverless", None),
        ("db.z1d.large", None),
    ],
)
def test_memory_of_a_class(instance_class: str, gib: int | None) -> None:
    assert memory(instance_class) == gib


@pytest.mark.parametrize(
    ("engine", "gib", "takes"),
    [
        ("postgres", 1, 81),  # db.t3.micro, as reported
        ("postgres", 4, 410),  # db.t3.medium
        ("aurora-mysql", 16, 1_000),  # db.r5.large, as the Aurora user guide says
    ],
)
def test_connections_are_guessed_low_but_not_by_much(engine: str, gib: int, takes: int) -> None:
    """So that the alarm at four fifths rings before the last one is taken."""
    assert takes * 0.85 < connections(engine, gib) <= takes * 1.02
    assert connections("postgres", 1024) == 5_000
