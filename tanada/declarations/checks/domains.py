"""Checks of environments and review: their account, and that each domain is theirs alone and covered by a zone."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.domains import zone_of
from tanada.declarations.mistakes import Mistake
from tanada.declarations.parts import Part, Parts
from tanada.declarations.tree import mistake
from tanada.text import meant, one_of, quoted


def check_domains(system: Parts) -> Iterator[Mistake]:
    yield from _accounts(system)
    yield from _twice(system)
    yield from _below_review(system)
    for part in system.instances:
        yield from _covered(part)


def _accounts(system: Parts) -> Iterator[Mistake]:
    declared = system.top.find(["accounts"])
    known = tuple(declared.mapping) if declared is not None else ()
    if not known:
        return
    for part in system.instances:
        node = part.tree.find(["account"])
        if node is not None and isinstance(node.value, str) and node.value not in known:
            sentence = f"{quoted(node.value)} is no account of system.yaml; {one_of(known)}"
            yield mistake(part.tree, ["account"], sentence + meant(node.value, known))


def _twice(system: Parts) -> Iterator[Mistake]:
    first: dict[str, Part] = {}
    for part in system.instances:
        if part.domain is None:
            continue
        other = first.setdefault(part.domain, part)
        if other is not part:
            yield mistake(part.tree, ["domain"], f"{quoted(part.domain)} is the domain of {other.title} already")


def _below_review(system: Parts) -> Iterator[Mistake]:
    review = next((part for part in system.instances if part.kind == "review"), None)
    if review is None or review.domain is None:
        return
    for part in system.instances:
        if part.domain is not None and part.domain.endswith(f".{review.domain}"):
            yield mistake(
                part.tree,
                ["domain"],
                f"{quoted(part.domain)} lies below {review.domain}, where the review environments are; "
                "choose one beside it",
            )


def _covered(part: Part) -> Iterator[Mistake]:
    if part.layer is None or part.domain is None or zone_of(part.domain, part.layer) is not None:
        return
    zones = [zone.name for zone in part.layer.zones]
    yield mistake(
        part.tree,
        ["domain"],
        f"no zone of account {part.account} covers {quoted(part.domain)}; "
        + (f"expected a domain in {' or '.join(zones)}" if zones else "it declares none in common.zones"),
    )
