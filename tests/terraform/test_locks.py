"""Who holds a lock, said while it is waited for and where a run ends; and how one is lifted."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tanada.contract.lock import Lock, parse
from tanada.terraform import locks
from tanada.terraform.messages import hint

HELD = Lock("1-2", "kim@host", "2026-11-26T01:02:03.123456789Z", "OperationTypeApply")
MESSAGE = """Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error StatusCode: {}
Lock Info:
  ID:        c0ffee-1
  Path:      bucket/kakei/review/kokuyou/kakei/review.tfstate
  Operation: OperationTypeApply
"""


def test_a_lock_reads_as_terraform_writes_it() -> None:
    text = {"ID": "1-2", "Who": "kim@host", "Created": HELD.created, "Operation": "OperationTypeApply", "Info": ""}
    assert parse(json.dumps(text)) == HELD
    assert str(HELD) == "kim@host since 2026-11-26T01:02:03.123456789Z (OperationTypeApply)"
    for broken in (b"", b"[]", b"{", b'{"Who": 3}', b"\xff"):
        assert str(parse(broken)) == "somebody unknown"


def test_a_lock_that_may_be_our_own_is_younger_than_we() -> None:
    made = datetime(2026, 11, 26, 1, 2, 3, 123456, UTC)
    assert HELD.made_after(made - timedelta(seconds=1))
    assert not HELD.made_after(made + timedelta(seconds=1))
    assert not Lock("1").made_after(made)


def waiting(lock: Lock | None, monkeypatch: pytest.MonkeyPatch) -> tuple[locks.Waiting, list[Lock], threading.Event]:
    monkeypatch.setattr(locks, "FIRST", 0.0)
    monkeypatch.setattr(locks, "THEN", 0.0)
    said, looked = list[Lock](), threading.Semaphore(0)
    twice = threading.Event()

    def look() -> Lock | None:
        looked.release()
        if looked._value > 2:
            twice.set()
        return lock

    return locks.Waiting(look, said.append), said, twice


def test_who_waits_says_for_whom_until_it_waits_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    each, said, twice = waiting(HELD, monkeypatch)
    each.hear('{"@message":"Terraform 1.11.4"}\n')
    assert not twice.wait(0.05)
    each.hear('{"@message":"Acquiring state lock. This may take a few moments..."}\n')
    assert twice.wait(60)
    each.hear('{"@message":"aws_vpc.network: Refreshing state..."}\n')
    assert said[:2] == [HELD, HELD]


def test_its_own_lock_is_none_that_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Lock("1", "me@host", (datetime.now(UTC) + timedelta(seconds=1)).isoformat(), "OperationTypePlan")
    each, said, twice = waiting(own, monkeypatch)
    each.hear("Acquiring state lock. This may take a few moments...\n")
    assert twice.wait(60)
    each.end()
    assert said == []


def test_the_way_out_names_lock_and_workspace_where_the_lock_is_held_and_nowhere_else() -> None:
    stack = "review --workspace kokuyou"
    for held in (MESSAGE, MESSAGE.replace("Error acquiring the state lock", "failed to lock s3 state: x")):
        advice = hint(held.format("412, PreconditionFailed"), account="main", stack=stack)
        assert advice is not None
        assert advice.endswith("tanada terraform review --workspace kokuyou -- force-unlock c0ffee-1")
    assert hint(MESSAGE.format("403, AccessDenied"), account="main", stack=stack) is None
    without = "Error: Error acquiring the state lock\n\nError message: open .x.tfstate: operation not permitted\n"
    assert hint(without, account="main", stack=stack) is None
