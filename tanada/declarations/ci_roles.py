"""What the roles of CI reach in an AWS account, by what its environments ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tanada.declarations import registries
from tanada.declarations.inventory import Stack, ci_accounts, ci_buckets, common_stack
from tanada.declarations.publishing import Way
from tanada.declared.account import Account
from tanada.declared.blueprint import Environment, Review, existing_buckets, run_by_applies
from tanada.declared.common import CommonLayer
from tanada.declared.hosted_zone import ZoneRoles
from tanada.declared.image import Repository
from tanada.declared.model import Model
from tanada.declared.secrets import place
from tanada.declared.system import System
from tanada.regions import partition


class CiRoles(Model):
    """What the roles of an AWS account's CI reach: they are global to it, its first entry makes them."""

    buckets: tuple[str, ...]
    """Those of the states."""
    environments: tuple[str, ...]
    """The forge's environments whose approval a protected account needs; else none."""
    asked: tuple[str, ...] = ()
    """Actions that roles of its environments' services are given beyond what resources' entries name."""
    tasks: tuple[str, ...] = ()
    """What the tasks are called that an apply runs in its environments."""
    clusters: tuple[str, ...] = ()
    """The clusters that these run in, where none is made."""
    existing_buckets: tuple[str, ...] = ()
    """Buckets that are there already and that its environments' tasks may enter."""
    repositories: tuple[str, ...] = ()
    """ECR's repositories of its images that aren't called `<system>/…`."""
    generates: bool = False
    """Whether an apply makes values of secrets in its environments."""
    elsewhere: tuple[Repository, ...] = ()
    """Those that lie in other AWS accounts."""
    sign_in: tuple[str, ...] = ()
    """The ARNs of secrets that an apply puts into Cognito."""
    bundles: tuple[str, ...] = ()
    """The ARNs of objects whose certificates an apply puts into trust stores."""
    zones: tuple[ZoneRoles, ...] = ()
    """The roles of other accounts that have hosted zones of its."""
    published: bool = False
    """Whether tasks write to its sites."""
    publishes: tuple[str, ...] = ()
    """The numbers of the AWS accounts to whose sites its tasks write."""


@dataclass(frozen=True)
class Asks:
    """What an environment asks of its account's roles."""

    account: str
    actions: Collection[str]
    """What its services' and tasks' roles are given beyond what resources' entries name."""
    tasks: Collection[str]
    """What the tasks are called that an apply runs in it."""
    buckets: Collection[str]
    """Its buckets that are there already."""
    generates: bool = False
    """Whether it makes values of secrets there, too."""


def asks_of(system: System) -> Iterator[Asks]:
    """What each environment asks for."""
    instances: list[Environment | Review] = [*system.environments.values()]
    for each in [*instances, *([system.review] if system.review is not None else [])]:
        run = run_by_applies(each.services, each.tasks, each.stores)
        buckets = existing_buckets(each.stores.values())
        generates = any(part.generates for part in each.running().values())
        yield Asks(each.account, each.asks(), run, buckets, generates)


def roles_of(
    system: System, stack: Stack, layer: CommonLayer, asks: Iterable[Asks], ways: Sequence[Way]
) -> CiRoles | None:
    """Those that an account's common stack makes; None where there is no CI, or where another entry of the same AWS
    account makes them."""
    sharing = ci_accounts(system, stack.account)
    if layer.ci is None or sharing[0] != stack.account:
        return None
    mine = [each for each in asks if _same(system, each.account, stack)]
    names = [name for name in system.accounts if _same(system, name, stack)]
    images = {
        registries.repository(system.name, system.accounts, name, image)
        for name in names
        for image in system.accounts[name].common.images
    }
    called = {each.name for each in images if each.account == stack.account_id}
    others = {(each.account, each.name): each for each in images if each.account != stack.account_id}
    return CiRoles(
        buckets=tuple(ci_buckets(system, stack.account)),
        environments=tuple(sharing) if stack.protected else (),
        asked=tuple(sorted({action for each in mine for action in each.actions})),
        tasks=tuple(sorted({task for each in mine for task in each.tasks})),
        clusters=tuple(
            sorted({each.name for each in (system.accounts[name].common.cluster for name in names) if each is not None})
        ),
        elsewhere=tuple(others[each] for each in sorted(others)),
        existing_buckets=tuple(sorted({bucket for each in mine for bucket in each.buckets})),
        generates=any(each.generates for each in mine),
        repositories=tuple(sorted(name for name in called if not name.startswith(f"{system.name}/"))),
        sign_in=tuple(sorted({arn for name in names for arn in _secrets_of_sign_in(system, name)})),
        bundles=tuple(sorted({arn for name in names for arn in _bundles(system, name)})),
        zones=_zones_elsewhere(system.accounts[name].common for name in names),
        published=any(_account(system, way.environment).id == stack.account_id for way in ways),
        publishes=tuple(
            sorted(
                {
                    _account(system, way.environment).id
                    for way in ways
                    if _account(system, way.of).id == stack.account_id
                }
            )
        ),
    )


def _account(system: System, environment: str) -> Account:
    return system.accounts[system.environments[environment].account]


def _bundles(system: System, account: str) -> Iterator[str]:
    aws = partition(system.accounts[account].region)
    for balancer in system.accounts[account].common.load_balancers.values():
        if balancer.mutual_tls is not None:
            yield f"arn:{aws}:s3:::{balancer.mutual_tls.bundle.removeprefix('s3://')}"


def _zones_elsewhere(layers: Iterable[CommonLayer]) -> tuple[ZoneRoles, ...]:
    """Each once, in the order of their ARNs."""
    roles = {(each.plan, each.apply): each for layer in layers for each in layer.zone_roles.values()}
    return tuple(roles[each] for each in sorted(roles))


def _secrets_of_sign_in(system: System, account: str) -> Iterator[str]:
    stack, people = common_stack(system, account), system.accounts[account].common.sign_in
    if people is not None:
        text = people.provider.client_secret
        yield place(text, partition(stack.region), stack.region, stack.account_id).resource


def _same(system: System, account: str, stack: Stack) -> bool:
    """Whether an entry is the AWS account of a stack: roles know no regions."""
    return system.accounts[account].id == stack.account_id
