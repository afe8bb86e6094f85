"""Checks of `imports`: one thing stands in one state. Which addresses there are, only the stacks know
(`tanada/declarations/unfit.py`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import DoubtError, Known, Scope, Scopes
from tanada.declarations.tree import Node, mistake, plain
from tanada.text import quoted

FIELD = "imports"
_GLOBAL = ("aws_cloudfront_", "aws_iam_", "aws_route53_")
"""Types that an account has once, whatever its entries' regions are (AWS general reference, "Service endpoints")."""


@dataclass(frozen=True)
class _Of:
    """Those of one stack."""

    account: str
    imports: Mapping[str, str]
    whose: Scope | Known | str
    """Of a common layer its account's name."""
    tree: Node | None = None
    """None of a file that was not read."""

    @property
    def title(self) -> str:
        return f"accounts.{self.whose}.common" if isinstance(self.whose, str) else self.whose.title


def check_imports(system: Scopes) -> Iterator[Mistake]:
    """What two addresses hold each would change and destroy behind the other's back."""
    found: dict[tuple[str, ...], tuple[_Of, str]] = {}
    for each in _all(system):
        entry = system.accounts.get(each.account)
        if entry is None:
            continue
        for address, id_ in each.imports.items():
            kind = address.partition(".")[0]
            key = (entry.id, "" if kind.startswith(_GLOBAL) else entry.region, kind, id_)
            first, theirs = found.setdefault(key, (each, address))
            if first is each and theirs == address:
                continue
            if each.tree is None or first.tree is None:
                raise DoubtError
            where = theirs if first is each else f"{theirs} of {first.title}"
            sentence = f"{quoted(id_)} is imported as {where}, too, and stands in one place alone: take one of them out"
            yield mistake(each.tree, (FIELD, address), sentence)


def _all(system: Scopes) -> Iterator[_Of]:
    for name in system.layers:
        if (common := system.top.find(["accounts", name, "common"])) is not None and (said := _said(common)):
            yield _Of(name, said, name, common)
    for each in system.everyone:
        if each.account is None:
            continue
        if isinstance(each, Known):
            if '"imports":{"' in each.input:
                yield _Of(each.account, json.loads(each.input)[FIELD], each)
        elif said := _said(each.tree):
            yield _Of(each.account, said, each, each.tree)


def _said(tree: Node) -> dict[str, str]:
    node = tree.find([FIELD])
    return {
        address: plain(each) for address, each in (node.mapping if node else {}).items() if isinstance(each.value, str)
    }
