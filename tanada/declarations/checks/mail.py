"""Checks of mail: its domain is one of the account's, SES's keys are known there, and who sends, sends from it."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.checks.accounts import own_field
from tanada.declarations.domains import zone_of
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import COMMON, Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.mail import MAIL, REGIONS
from tanada.regions import ZONES
from tanada.text import one_of, quoted


def check_mail(system: Scopes) -> Iterator[Mistake]:
    yield from _domains(system)
    yield from _regions(system)
    yield from each_once(system, _scope)


def _domains(system: Scopes) -> Iterator[Mistake]:
    """The records of a domain stand in a zone of ours, which has each once."""
    first: dict[tuple[str, str], str] = {}
    for name, layer in system.layers.items():
        zone = zone_of(layer.mail.domain, layer) if layer.mail is not None else None
        if layer.mail is not None and zone is not None and zone.existing is not None:
            other = first.setdefault((zone.existing, layer.mail.domain), name)
            if other != name:
                sentence = f"account {other} makes the records of {layer.mail.domain} in that zone; say another domain,"
                instead = f"such as news.{layer.mail.domain}, in accounts.{name}.common.mail"
                yield mistake(system.top, own_field(system, name, MAIL), f"{sentence} {instead}")
        if layer.mail is not None and zone_of(layer.mail.domain, layer) is None:
            zones = [zone.name for zone in layer.hosted_zones]
            instead = f"{one_of(zones)}, or a domain below" if zones else "declare hosted_zones"
            sentence = f"no hosted zone of account {name} covers {layer.mail.domain}, and its records stand in one"
            yield mistake(system.top, ("accounts", name, "common", MAIL, "domain"), f"{sentence}; {instead}")


def _regions(system: Scopes) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        if account.common.mail is not None and account.region in ZONES and account.region not in REGIONS:
            sentence = f"Tanada doesn't know where SES keeps its keys in {account.region}, or whether it is there"
            yield mistake(
                system.top, own_field(system, name, MAIL), f"{sentence}; take mail out, or take another region"
            )


def _scope(scope: Scope) -> Iterator[Mistake]:
    yield from _named(scope)
    for name, service in scope.running.items():
        for index, way in enumerate(service.reach):
            loc: Loc = (scope.homes[name], name, "reach", index, "from")
            if way.from_:
                yield from _sender(scope, loc, way.name, way.from_)
            elif scope.tree.find(loc) is not None:
                sentence = "names no address, and then all of the domain's are meant; name some, or take from out"
                yield mistake(scope.tree, loc, sentence)


def _named(scope: Scope) -> Iterator[Mistake]:
    """Nothing else is called as what `reach` calls it."""
    if scope.layer is not None and scope.layer.mail is not None and scope.homes[MAIL] != COMMON:
        sentence = f"the mail of account {scope.account} has this name already; give this part another one"
        yield mistake(scope.tree, (scope.homes[MAIL], MAIL), sentence, at_key=True)


def _sender(scope: Scope, loc: Loc, name: str | None, senders: tuple[str, ...]) -> Iterator[Mistake]:
    if name != MAIL:
        if name in scope.homes:
            yield mistake(scope.tree, loc, f"{quoted(str(name))} sends no mail; from is of {quoted(MAIL)} alone")
        return
    if scope.layer is None or scope.layer.mail is None:
        return
    for index, sender in enumerate(senders):
        if not scope.layer.mail.covers(sender):
            at = (*loc, index) if scope.tree.find((*loc, index)) is not None else loc
            sentence = f"account {scope.account} sends mail from {scope.layer.mail.domain} and what lies below"
            instead = f"write an address there, such as no-reply@{scope.layer.mail.domain}"
            yield mistake(scope.tree, at, f"{quoted(sender)}: {sentence}; {instead}")
