"""What is declared of one stack, whichever its kind: what runs, its images and variables, whether it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.service import Service
    from tanada.declared.system import System


def running(system: System, stack: Stack) -> Mapping[str, Service]:
    """A stack's services, and its tasks as services, by name."""
    match stack.kind:
        case "environment":
            assert stack.environment is not None
            return system.environments[stack.environment].running()
        case "review":
            assert system.review is not None
            return system.review.running()
        case "common":
            return {}


def images(system: System, stack: Stack) -> tuple[str, ...]:
    """The images that a stack's services and tasks run, by name; not those from elsewhere, which have their tags."""
    return tuple(sorted({name for each in running(system, stack).values() for name in each.built}))


def processors(system: System, stack: Stack) -> dict[str, frozenset[str]]:
    """By image, the processors that it runs on."""
    run: dict[str, frozenset[str]] = {}
    for each in running(system, stack).values():
        for name in each.built:
            run[name] = run.get(name, frozenset()) | {each.arch}
    return run


def variables(system: System, stack: Stack) -> frozenset[str]:
    """Names of the environment variables whose values stand in the declaration, for all to read."""
    return frozenset(
        name
        for service in running(system, stack).values()
        for container in (service, *service.sidecars.values())
        for name in container.variables
    )


def quiet(system: System, stack: Stack) -> frozenset[str]:
    """Services that say nowhere what they write to; a task is seen to fail before anything waits for it."""
    match stack.kind:
        case "environment":
            assert stack.environment is not None
            services = system.environments[stack.environment].services
        case "review":
            assert system.review is not None
            services = system.review.services
        case "common":
            return frozenset()
    return frozenset(name for name, service in services.items() if "writable" not in service.model_fields_set)


def patched(system: System, stack: Stack) -> dict[str, tuple[str, ...]]:
    """By address the ways to what a stack's `patches` say, as differences name them; of a container by either name that
    its task definition may have there."""
    from tanada.declared.patches import of_container  # here: `--help` loads no model

    match stack.kind:
        case "environment":
            assert stack.environment is not None
            patches = system.environments[stack.environment].patches
        case "review":
            assert system.review is not None
            patches = system.review.patches
        case "common":
            patches = system.accounts[stack.account].common.patches
    found: dict[str, tuple[str, ...]] = {}
    for each, said in patches.items():
        address, container = of_container(each)
        before = "" if container is None else f"container_definitions[{container}]."
        for name in (address, *([f"{address}_task_definition"] if container is not None else [])):
            found[name] = (*found.get(name, ()), *(f"{before}{argument}" for argument in said))
    return found


def kept(system: System, stack: Stack) -> bool:
    """Whether `removal: keep` holds: never for review, else as declared."""
    match stack.kind:
        case "environment":
            assert stack.environment is not None
            return system.environments[stack.environment].removal == "keep"
        case "common":
            return system.accounts[stack.account].common.removal == "keep"
        case "review":
            return False


def domain(system: System, stack: Stack) -> str | None:
    """What a permanent environment answers; None of other stacks."""
    return system.environments[stack.environment].domain if stack.environment is not None else None


def taken(system: System) -> Mapping[str, str]:
    """Labels that no review workspace may be called by, and whose name below review's domain each is."""
    from tanada.declarations.domains import answered, labels_below  # here: `--help` loads no model

    if system.review is None:
        return {}
    zones = {zone.name: "a hosted zone's" for each in system.accounts.values() for zone in each.common.hosted_zones}
    environments = {
        host: f"environment {name}'s"
        for name, each in system.environments.items()
        for host in answered(each.domain, each.services, each.statics, each.sites, review=False)
    }
    domain, owners = system.review.domain, {**zones, **environments}
    return {label: owners[f"{label}.{domain}"] for label in labels_below(domain, owners)}


def labels(system: System) -> tuple[str, ...]:
    """The labels of hosts that review environments have beside their domain: `<workspace>-<label>.<review domain>`."""
    from tanada.declared import sites  # likewise
    from tanada.declared.hosts import DOMAIN, hosts_of
    from tanada.declared.rules import led_by_statics

    if (review := system.review) is None:
        return ()
    theirs = (host for each in review.services.values() for host in hosts_of(each, ""))
    hosts = {*theirs, *led_by_statics(review.services, "", review.statics), *sites.hosts(review.sites, "")}
    return tuple(sorted(hosts - {DOMAIN}))


def limit(system: System, stack: Stack) -> int | None:
    """How many environments may live in a stack's workspaces; None where it has none."""
    return system.review.limit if system.review is not None and stack.kind == "review" else None
