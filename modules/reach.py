"""Who may reach whom: a security group for whatever runs tasks, and one rule each way for every declared `reach`."""

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
from modules.reachable import Door, Reachable
from modules.security_group import security_group
from tanada.declared.routes import hosts_of

OUT = "_out_https"
"""Not `_to_https`: a service may be called https."""
_AFTER_ITS_TASKS = TerraformResourceLifecycle(create_before_destroy=True)
"""A rule that is taken away goes when the tasks that were told to use it are gone."""


class Reach(Construct):
    """Closed but for what is declared; out to the internet by HTTPS alone (images, logs, AWS's and partners' APIs)."""

    def __init__(self, here: Here) -> None:
        super().__init__(here.stack, "(reach)")
        self._here = here
        self._reachable: dict[str, Reachable] = {}
        self.group_ids: dict[str, str] = {}
        self.rules: dict[str, list[ITerraformDependable]] = {}
        """By caller: a task must not start before it can reach its registry, nor stop after it can't."""
        self.ways: dict[str, list[ITerraformDependable]] = {}
        """The same, with the rules that let it in elsewhere."""
        for name in here.blueprint.services:
            self._group(name, "Service")
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
                from_port=443,
                to_port=443,
                lifecycle=_AFTER_ITS_TASKS,
            )
        ]
        self.ways[name] = list(self.rules[name])

    def open(self, *reachable: Mapping[str, Reachable]) -> None:
        """Open the doors of everything that a service or a task reaches; `reachable` is all that there is, by name."""
        kinds = {name: part.kind for _, name, part in self._here.blueprint.parts()}
        for each in reachable:
            self._reachable.update(each)
        for name, offer in self._reachable.items():
            if set(offer.words) != set(kinds[name].words()):
                raise TypeError(f"{name}: its construct gives {sorted(offer.words)}, its model {kinds[name].words()}")
        for name, part in self._here.blueprint.running().items():
            for other in part.reach:
                for index, door in enumerate(self._reachable[other].doors):
                    self._open(name, other, door, index)

    def _open(self, caller: str, callee: str, door: Door, index: int) -> None:
        """One rule each way: out of the caller's group, into the callee's.

        A rule's address holds the first names of both, which never change: a `moved` block tells one history, and of
        two parts that were renamed nobody knows which was first.
        """
        one, other = self._here.called(caller), self._here.called(callee)
        more = f"_{index}" if index else ""
        self.rules[caller].append(
            VpcSecurityGroupEgressRule(
                self,
                f"{one}_to_{other}{more}",
                security_group_id=self.group_ids[caller],
                description=f"From {one} to {other}",
                referenced_security_group_id=door.group_id,
                ip_protocol="tcp",
                from_port=door.port,
                to_port=door.port,
                lifecycle=_AFTER_ITS_TASKS,
            )
        )
        ingress = VpcSecurityGroupIngressRule(
            self,
            f"{other}_from_{one}{more}",
            security_group_id=door.group_id,
            description=f"From {one} to {other}",
            referenced_security_group_id=self.group_ids[caller],
            ip_protocol="tcp",
            from_port=door.port,
            to_port=door.port,
            lifecycle=_AFTER_ITS_TASKS,
        )
        self.rules.get(callee, []).append(ingress)
        self.ways[caller] += [self.rules[caller][-1], ingress]

    def access(self, names: Sequence[str]) -> Iterator[Statement]:
        """The permissions on what is reached; those of one kind are one statement, as IAM counts characters."""
        resources: dict[str, list[str]] = {}
        first: dict[str, Statement] = {}
        for statement in (each for name in names for each in self._reachable[name].access):
            alike = repr((statement.actions, statement.condition))
            first.setdefault(alike, statement)
            resources.setdefault(alike, []).extend(statement.resources)
        for alike, statement in first.items():
            yield replace(statement, resources=tuple(resources[alike]))

    @property
    def words(self) -> dict[str, str]:
        """What each placeholder of the declaration stands for in this instance."""
        instance = self._here.instance
        return {
            "environment": instance.name,
            "domain": instance.domain,
            "url": instance.url,
            "region": self._here.region,
            "account": self._here.account_id,
            "system": self._here.names.system,
            **{f"{name}.{word}": value for name, each in self._reachable.items() for word, value in each.words.items()},
            **{
                f"{name}.public_url": f"https://{instance.host(hosts[0])}"
                for name, service in self._here.blueprint.services.items()
                if (hosts := hosts_of(service, instance.certain_domain))
            },
        }
