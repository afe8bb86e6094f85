"""Who may reach whom: a security group for whatever runs tasks, and the rules for every declared `reach`: one each way
between groups, one out to anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from modules.network import ANYWHERE
from modules.reachable import Door, Reachable, Volume
from modules.security_group import security_group
from modules.sending import sent_from
from tanada.declarations import placeholders
from tanada.declared.expanded import texts
from tanada.declared.mail import MAIL
from tanada.declared.model import Kind
from tanada.declared.service import Service
from tanada.declared.ways import ANY_ADDRESS, OPEN, places_of, ways_out

OUT = "_out_https"
"""Not `_to_https`: a service may be called https."""
_AFTER_ITS_TASKS = TerraformResourceLifecycle(create_before_destroy=True)
"""A rule that is taken away goes when the tasks that were told to use it are gone."""
_NAMED = 200
"""Characters that a description may take for names; EC2 takes 255 in all (EC2 API reference, IpRange)."""


class Reach(Construct):
    """Closed but for what is declared; out to the internet by HTTPS (images, logs, AWS's and partners' APIs)."""

    def __init__(self, here: Here) -> None:
        super().__init__(here.stack, "(reach)")
        self._here = here
        self._running = here.blueprint.running()
        self._reachable: dict[str, Reachable] = {}
        self.group_ids: dict[str, str] = {}
        self.rules: dict[str, list[ITerraformDependable]] = {}
        """By caller: a task must not start before it can reach its registry, nor stop after it can't."""
        self.let_in: dict[str, list[ITerraformDependable]] = {}
        """By caller, the rules of what it reaches that let it in."""
        self.instead: dict[str, Mapping[str, Reachable]] = {}
        """By caller, what it reaches in the place of what it names."""
        for name in here.blueprint.services:
            self._group(name, "Service")
        for name in here.blueprint.jobs:
            self._group(name, "Job")
        for name in here.blueprint.tasks:
            self._group(name, "Task")

    def _group(self, name: str, what: str) -> None:
        called = self._here.called(name)
        self.group_ids[name] = security_group(
            self,
            name,
            names=self._here.names,
            part=called,
            description=f"{what} {called}",
            vpc_id=self._here.shared.vpc_id,
        )
        self.rules[name] = [
            VpcSecurityGroupEgressRule(
                self,
                f"{name}{OUT}",
                security_group_id=self.group_ids[name],
                description="HTTPS: images, logs, AWS and partners",
                cidr_ipv4=ANYWHERE,
                ip_protocol="tcp",
                from_port=OPEN,
                to_port=OPEN,
                lifecycle=_AFTER_ITS_TASKS,
            )
        ]

    def open(self, *reachable: Mapping[str, Reachable]) -> None:
        """Open the doors of everything that a service or a task reaches; `reachable` is all that there is, by name."""
        kinds: dict[str, Kind] = {name: part.kind for _, name, part in self._here.blueprint.parts()}
        if self._here.mail is not None:
            kinds[MAIL] = self._here.mail
        for each in reachable:
            self._reachable.update(each)
        for name, offer in self._reachable.items():
            if set(offer.words) != set(kinds[name].words()):
                raise TypeError(f"{name}: its construct gives {sorted(offer.words)}, its model {kinds[name].words()}")
            if set(offer.narrowed) != set(kinds[name].ACCESS):
                raise TypeError(f"{name}: its construct has {sorted(offer.narrowed)}, its model {kinds[name].ACCESS}")
            if set(offer.secrets) != set(kinds[name].secret_words()):
                raise TypeError(f"{name}: its construct keeps {sorted(offer.secrets)}, its model has others")
        for name, part in self._running.items():
            self._ways(name, part)

    def _offer(self, caller: str, name: str) -> Reachable:
        return self.instead.get(caller, {}).get(name) or self._reachable[name]

    def _ways(self, name: str, service: Service) -> None:
        places = list(places_of(service.reach))
        theirs: dict[Door, list[str]] = {}
        for other in service.reached:
            offer = self._offer(name, other)
            places += offer.places
            self.rules[name] += offer.ready
            for index, door in enumerate(offer.doors):
                if door.ours:
                    self._open(name, other, door, index)
                else:
                    theirs.setdefault(door, []).append(self._here.called(other))
        for door, names in theirs.items():
            self._open_theirs(name, door, _listed(names))
        for (addresses, port), hosts in ways_out(places).items():
            self._open_out(name, addresses, port, _listed(hosts))

    def _open(self, caller: str, callee: str, door: Door, index: int) -> None:
        """One rule each way: out of the caller's group, into the callee's.

        A rule's address holds the first names of both, which never change: a `moved` block tells one history, and of
        two parts that were renamed nobody knows which was first.
        """
        one, other = self._here.called(caller), self._here.called(callee)
        more = f"_{index}" if index else ""
        ingress = self._both_ways(caller, door, other, f"{one}_to_{other}{more}", f"{other}_from_{one}{more}")
        self.rules.get(callee, []).append(ingress)
        self.let_in.setdefault(caller, []).append(ingress)

    def _open_theirs(self, caller: str, door: Door, names: str) -> None:
        """The same with a group that others keep: once, whatever stands behind it, as EC2 takes no rule twice
        (InvalidPermission.Duplicate). No task starts before their side is open, too."""
        one, there = self._here.called(caller), f"{door.group_id}_port_{door.port}"
        self.rules[caller].append(self._both_ways(caller, door, names, f"{one}_to_{there}", f"{there}_from_{one}"))

    def _both_ways(self, caller: str, door: Door, names: str, out: str, into: str) -> VpcSecurityGroupIngressRule:
        description = f"From {self._here.called(caller)} to {names}"
        self.rules[caller].append(
            VpcSecurityGroupEgressRule(
                self,
                out,
                security_group_id=self.group_ids[caller],
                description=description,
                referenced_security_group_id=door.group_id,
                ip_protocol="tcp",
                from_port=door.port,
                to_port=door.port,
                lifecycle=_AFTER_ITS_TASKS,
            )
        )
        return VpcSecurityGroupIngressRule(
            self,
            into,
            security_group_id=door.group_id,
            description=description,
            referenced_security_group_id=self.group_ids[caller],
            ip_protocol="tcp",
            from_port=door.port,
            to_port=door.port,
            lifecycle=_AFTER_ITS_TASKS,
        )

    def _open_out(self, caller: str, addresses: str, port: int, hosts: str) -> None:
        """One rule for all hosts that it opens alike; its address holds what it opens, so that the rule of other
        addresses is another."""
        one = self._here.called(caller)
        to = "" if addresses == ANY_ADDRESS else f"_{addresses.replace('.', '-').replace('/', '-')}"
        self.rules[caller].append(
            VpcSecurityGroupEgressRule(
                self,
                f"{one}_out_{port}{to}",
                security_group_id=self.group_ids[caller],
                description=f"From {one} to {hosts}",
                cidr_ipv4=addresses,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                lifecycle=_AFTER_ITS_TASKS,
            )
        )

    def access(self, caller: str) -> Iterator[Statement]:
        """The permissions on what it reaches; those of one kind are one statement, as IAM counts characters."""
        part = self._running[caller]
        used = {word for loc, text in texts(part) if loc[-2:-1] != ("secrets",) for word in placeholders.named(text)}
        resources: dict[str, list[str]] = {}
        first: dict[str, Statement] = {}
        for name, access in part.reached.items():
            offer = self._offer(caller, name)
            asked = [each for word, more in offer.asked.items() if f"{name}.{word}" in used for each in more]
            given = offer.access if access is None else offer.narrowed[access]
            if senders := part.senders.get(name):
                given = sent_from(given, senders)
            for statement in (*given, *asked):
                alike = repr((statement.actions, statement.condition))
                first.setdefault(alike, statement)
                resources.setdefault(alike, []).extend(statement.resources)
        for alike, statement in first.items():
            yield replace(statement, resources=tuple(resources[alike]))

    @property
    def numbers(self) -> dict[str, tuple[str, str]]:
        """Of secrets that an apply writes, by their names, what the number is known by, and the number."""
        return {secret: number for each in self._reachable.values() for secret, number in each.numbers.items()}

    def volumes(self, caller: str) -> dict[str, Volume]:
        """What it mounts, by the name of the file system."""
        offers = {name: self._reachable[name].volume for name in self._running[caller].mounted}
        return {name: volume for name, volume in offers.items() if volume is not None}

    @property
    def words(self) -> dict[str, str]:
        """What each placeholder of the declaration stands for in this instance."""
        return {**self._here.words, **_words(self._reachable)}

    def words_of(self, caller: str) -> dict[str, str]:
        """The same for one caller."""
        return {**self.words, **_words(self.instead.get(caller, {}))}


def _words(reachable: Mapping[str, Reachable]) -> dict[str, str]:
    return {
        f"{name}.{word}": value
        for name, each in reachable.items()
        for word, value in {**each.secrets, **each.words}.items()
    }


def _listed(names: Sequence[str]) -> str:
    """As many of the names as a description has room for."""
    shown = list(names)
    while len(shown) > 1 and sum(map(len, shown)) + 2 * len(shown) > _NAMED:
        shown.pop()
    more = len(names) - len(shown)
    return f"{', '.join(shown)}{f' and {more} more' if more else ''}"
