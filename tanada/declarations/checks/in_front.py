"""Checks of what stands before a service as its only way in and comes to an internal load balancer: CloudFront, API
Gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tanada.declarations.checks.services import of_http
from tanada.declarations.domains import full_name
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope
from tanada.declarations.tree import mistake
from tanada.declared.hosts import led_by
from tanada.declared.http import Http


@dataclass(frozen=True)
class Front:
    """One of these."""

    field: str
    """Of `http`."""
    called: str
    """What AWS calls it."""
    each: str
    """What is made for one service."""

    def asked(self, scope: Scope) -> Iterator[tuple[Loc, Http]]:
        """The services that say so themselves; where it is said, and their `http`."""
        for name, service in scope.services.items():
            if service.http is not None and getattr(service.http, self.field) is not None:
                yield (*of_http(name, None), self.field), service.http

    def of_sidecars(self, scope: Scope) -> Iterator[Mistake]:
        for name, service in scope.services.items():
            for sidecar, http in service.https.items():
                if sidecar is not None and getattr(http, self.field) is not None:
                    sentence = f"is {name}'s own to say; {self.called} leads to a sidecar by container"
                    yield mistake(scope.tree, (*of_http(name, sidecar), self.field), sentence)

    def beside(self, scope: Scope, of: Loc, there: Loc, wrong: Mapping[str, tuple[bool, str]]) -> Iterator[Mistake]:
        """What can't stand beside it, at `there`: by field, whether it is said, and why not."""
        for field, (said, why) in wrong.items():
            if said:
                sentence = f"{why}; take {field} or {self.field} out"
                yield mistake(scope.tree, of, sentence, because=[(*there, field)])

    def way(self, scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
        """It comes to one load balancer, which nobody else can reach from outside."""
        because = [(*of[:-1], "load_balancer")]
        if len(http.load_balancer) > 1:
            sentence = f"{self.called} comes to one load balancer; name one alone"
            yield mistake(scope.tree, of, sentence, because=because)
        name = http.load_balancer[0]
        if scope.layer is None or (balancer := scope.layer.load_balancers.get(name)) is None:
            return
        if balancer.existing is not None:
            sentence = f"{name} is there already, and {self.field} wants one that is made here"
            yield mistake(scope.tree, of, sentence, because=because)
        elif not balancer.internal:
            sentence = (
                f"who knows the name of {name}, which is open to the internet, gets past {self.called}; say "
                "load_balancer: internal, and common.load_balancers: {internal: {internal: true}}"
            )
            yield mistake(scope.tree, of, sentence, because=because)
        elif balancer.mutual_tls is not None and balancer.mutual_tls.asked:
            sentence = f"{name} asks for a certificate, and {self.called} has none"
            yield mistake(scope.tree, of, sentence, because=because)

    def others(self, scope: Scope, of: Loc, http: Http) -> Iterator[tuple[Http, Loc] | Mistake]:
        """Who answers at one of its names, too: a mistake where its load balancer's rules don't lead on to them by
        path; else their `http`, and where that is."""
        domain, hosts = scope.domain or "", led_by(http, scope.domain or "")
        for other, service in scope.services.items():
            for sidecar, theirs in service.https.items():
                both = hosts.keys() & led_by(theirs, domain).keys()
                if theirs is http or not both:
                    continue
                there = of_http(other, sidecar)
                answers = f"{other} answers at {full_name(min(both), scope.domain or '<domain>')}, too"
                if getattr(theirs, self.field) is not None:
                    sentence = f"{answers}, by {self.each} of its own; take {self.field} out of one of them, it is for "
                    sentence += "the whole name"
                    yield mistake(scope.tree, of, sentence, because=[(*there, self.field)])
                elif theirs.load_balancer != http.load_balancer:
                    sentence = f"{answers}, and {self.called} comes to {http.load_balancer[0]} alone; say that "
                    sentence += "load_balancer there"
                    yield mistake(scope.tree, of, sentence, because=[(*there, "load_balancer")])
                else:
                    yield theirs, there
