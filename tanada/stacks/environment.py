"""Environments: one function makes each instance of the blueprint, permanent or review."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import App

from modules import service, store
from modules.here import Here, Instance
from modules.private_names import namespace_domain
from modules.reach import Reach
from modules.service import Service
from modules.store import Store
from tanada.contract.environment import EnvironmentContract
from tanada.declarations.inventory import Stack
from tanada.declared.blueprint import Blueprint
from tanada.declared.system import System
from tanada.names import Names
from tanada.stacks.base import BaseStack
from tanada.stacks.contract import publish, read_common
from tanada.stacks.instance import REVIEW_NAME, permanent, review


class EnvironmentStack(BaseStack):
    """A permanent environment."""

    def __init__(self, app: App, system: System, entry: Stack, common: Stack) -> None:
        name = str(entry.environment)
        super().__init__(app, entry, system.name, environment=name, in_default=True)
        settings = system.environments[name]
        instance = permanent(self, name, settings.domain, settings, keep=settings.removal == "keep")
        environment(self, here(self, system, settings, instance, common))


class ReviewStack(BaseStack):
    """The review environments: as many as there are workspaces."""

    def __init__(self, app: App, system: System, entry: Stack, common: Stack) -> None:
        super().__init__(app, entry, system.name, environment=REVIEW_NAME, in_default=False)
        settings = system.review
        assert settings is not None, "the inventory names a review stack only where review is declared"
        instance = review(self, settings.domain, settings)
        environment(self, here(self, system, settings, instance, common))


def here(stack: BaseStack, system: System, blueprint: Blueprint, instance: Instance, common: Stack) -> Here:
    """What the parts of an environment share; reads the contract of its common layer."""
    layer = system.accounts[common.account].common
    return Here(
        stack=stack,
        names=Names(system=system.name, environment=instance.name, label=instance.label),
        instance=instance,
        blueprint=blueprint,
        layer=layer,
        shared=read_common(stack, common, layer),
        account_id=common.account_id,
        region=common.region,
        namespace=namespace_domain(system.name),
    )


def environment(stack: BaseStack, here: Here) -> None:
    """All that one environment consists of: a line a capability."""
    stores = store.stores(here)
    reach = Reach(here)
    reach.open({name: each.reachable for name, each in stores.items()}, service.reachable(here, reach))
    services = service.services(here, reach)
    publish(stack, contract(here, services, stores))
    stack.rename(here.blueprint)


def contract(here: Here, services: Mapping[str, Service], stores: Mapping[str, Store]) -> EnvironmentContract:
    """What the environment says of itself."""
    return EnvironmentContract(
        environment=here.instance.name,
        url=here.instance.url,
        cluster_arn=here.shared.cluster_arn,
        services={name: each.contract for name, each in services.items()},
        stores={name: each.aws_name for name, each in stores.items()},
        image_tags=here.instance.image_tags,
    )
