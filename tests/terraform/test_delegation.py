"""Name servers of new zones, told while an apply waits for what needs them."""

from __future__ import annotations

import json
from typing import Any

from tanada.errors import StoppedError
from tanada.terraform.delegation import Delegation
from tanada.terraform.messages import Line, read_line


def said(kind: str, address: str, seconds: int = 0, action: str = "create") -> Line:
    hook = {"resource": {"addr": address}, "action": action, "elapsed_seconds": seconds}
    return read_line(json.dumps({"@message": "It goes on.", "type": kind, "hook": hook}))


def zone(name: str, address: str = "zone") -> dict[str, Any]:
    attributes = {"name": name, "name_servers": [f"ns-1.{name}", f"ns-2.{name}"]}
    return {"type": "aws_route53_zone", "name": address, "instances": [{"attributes": attributes}]}


MADE = said("apply_complete", "aws_route53_zone.zone", 31)
WAITS = "aws_acm_certificate_validation.certificate"


class Apply:
    """One that is heard, and how often its state was asked for."""

    def __init__(self, *resources: dict[str, Any], **emitted: Any) -> None:
        self.resources = list(resources)
        self.asked = 0
        self.told: list[str] = []
        self.heard = Delegation(self.state, self.told.append, emitted)

    def state(self) -> dict[str, Any]:
        self.asked += 1
        return {"resources": self.resources}


def test_name_servers_are_told_while_the_apply_waits_and_once_more_at_its_end() -> None:
    apply = Apply()
    for line in (said("apply_progress", WAITS, 10), MADE, said("apply_progress", "aws_nat_gateway.nat", 20)):
        apply.heard.hear(line)
    assert (apply.asked, apply.told) == (0, []), "nothing was made, or waits for it"
    apply.heard.hear(said("apply_progress", WAITS, 10))
    apply.heard.hear(said("apply_progress", f"{WAITS}_2", 10))
    assert (apply.asked, apply.told) == (1, []), "a remote state holds it later"
    apply.resources.append(zone("example.jp"))
    for seconds in (20, 30, 40):
        apply.heard.hear(said("apply_progress", WAITS, seconds))
    assert (apply.asked, len(apply.told)) == (2, 1)
    assert "delegate it to ns-1.example.jp, ns-2.example.jp" in apply.told[0]
    assert apply.heard.ended() == ["name servers of example.jp: ns-1.example.jp, ns-2.example.jp"]


def test_of_a_zone_that_was_there_or_is_delegated_by_the_one_above_it_nothing_is_told() -> None:
    record = {"type": "NS", "name": "dev.example.jp"}
    apply = Apply(
        zone("old.jp", "old"), zone("dev.example.jp"), resource={"aws_route53_record": {"delegation": record}}
    )
    apply.heard.hear(said("apply_complete", "aws_route53_zone.old", action="update"))
    apply.heard.hear(MADE)
    apply.heard.hear(said("apply_progress", WAITS, 10))
    assert (apply.told, apply.heard.ended()) == ([], [])


def test_a_state_that_cannot_be_read_fails_no_apply() -> None:
    def interrupted() -> dict[str, Any]:
        raise StoppedError("Interrupted.")

    told: list[str] = []
    heard = Delegation(interrupted, told.append, {})
    heard.hear(MADE)
    heard.hear(said("apply_progress", WAITS, 10))
    assert (told, heard.ended()) == ([], [])
