"""Environments: one function makes each instance of the blueprint, permanent or review."""

from __future__ import annotations

from cdktf import App
from constructs import Construct

from modules.private_names import host, namespace_domain
from modules.reach import Reach
from modules.service import Service
from modules.table import Table
from tanada.declarations import placeholders
from tanada.declarations.domains import zone_of
from tanada.declarations.inventory import Stack
from tanada.declarations.models import Blueprint, CommonLayer, System
from tanada.declarations.models import Service as ServiceSettings
from tanada.names import Names
from tanada.stacks.base import BaseStack
from tanada.stacks.contract import CommonContract, EnvironmentContract
from tanada.stacks.instance import REVIEW_NAME, Instance, permanent, review


class EnvironmentStack(BaseStack):
    """A permanent environment."""

    def __init__(self, app: App, system: System, entry: Stack, common: Stack) -> None:
        name = str(entry.environment)
        super().__init__(app, entry, system.name, environment=name, in_default=True)
        settings = system.environments[name]
        instance = permanent(self, name, settings.domain, settings, keep=settings.removal == "keep")
        environment(self, system, settings, instance, common)


class ReviewStack(BaseStack):
    """The review environments: as many as there are workspaces."""

    def __init__(self, app: App, system: System, entry: Stack, common: Stack) -> None:
        super().__init__(app, entry, system.name, environment=REVIEW_NAME, in_default=False)
        settings = system.review
        assert settings is not None, "the inventory names a review stack only where review is declared"
        instance = review(self, settings.domain, settings)
        environment(self, system, settings, instance, common)


def environment(stack: BaseStack, system: System, blueprint: Blueprint, instance: Instance, common: Stack) -> None:
    """All that one environment consists of."""
    layer = system.accounts[common.account].common
    shared = CommonContract.read(stack, common, layer, namespace=namespace_domain(system.name))
    names = Names(system=system.name, environment=instance.name, label=instance.label)

    tables = make_tables(stack, blueprint, names, instance)
    reach = Reach(stack, "(reach)", blueprint.services, names=names, vpc_id=shared.vpc_id)
    services = make_services(stack, blueprint, names, instance, shared, tables, reach, layer)

    EnvironmentContract(
        name=instance.name,
        url=f"https://{instance.domain}",
        cluster_arn=shared.cluster_arn,
        services={
            name: {"service": names.joined(name), "family": service.family, "log_group": service.log_group}
            for name, service in services.items()
        },
        stores={name: table.name for name, table in tables.items()},
        image_tags=instance.image_tags,
    ).publish(stack)


def make_tables(stack: BaseStack, blueprint: Blueprint, names: Names, instance: Instance) -> dict[str, Table]:
    """The environment's tables, by name."""
    stores = Construct(stack, "(stores)")
    return {
        name: Table(stores, name, store.table, name=names.joined(name), keep=instance.keep)
        for name, store in blueprint.stores.items()
    }


def make_services(
    stack: BaseStack,
    blueprint: Blueprint,
    names: Names,
    instance: Instance,
    shared: CommonContract,
    tables: dict[str, Table],
    reach: Reach,
    layer: CommonLayer,
) -> dict[str, Service]:
    """The environment's services, by name."""
    values = placeholder_values(blueprint, instance, shared, tables)
    zone = zone_of(instance.declared_domain, layer)
    services = Construct(stack, "(services)")
    return {
        name: Service(
            services,
            name,
            with_texts(settings, values),
            names=names,
            shared=shared,
            image=f"{shared.registries[settings.image].url}:{instance.images[settings.image]}",
            image_given=Instance.image_given(settings.image),
            domain=instance.domain,
            zone_id=shared.zone_ids[zone.name] if zone is not None else None,
            access=[tables[other].access for other in settings.reach if other in tables],
            reach=reach,
            permanent=instance.permanent,
            public_address=layer.network.nat == "none",
        )
        for name, settings in blueprint.services.items()
    }


def placeholder_values(
    blueprint: Blueprint, instance: Instance, shared: CommonContract, tables: dict[str, Table]
) -> dict[str, str]:
    """What each placeholder of the declaration stands for in this instance."""
    return {
        "environment": instance.name,
        "domain": instance.domain,
        "url": f"https://{instance.domain}",
        **{
            f"{name}.url": f"http://{host(name, instance.name, shared.namespace)}:{service.port}"
            for name, service in blueprint.services.items()
            if service.port is not None
        },
        **{f"{name}.name": table.name for name, table in tables.items()},
    }


def with_texts(settings: ServiceSettings, values: dict[str, str]) -> ServiceSettings:
    """A service whose texts hold what their placeholders stand for."""

    def expand(words: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if words is None else tuple(placeholders.expand(word, values) for word in words)

    return settings.model_copy(
        update={
            "command": expand(settings.command),
            "entrypoint": expand(settings.entrypoint),
            "variables": {key: placeholders.expand(text, values) for key, text in settings.variables.items()},
        }
    )
