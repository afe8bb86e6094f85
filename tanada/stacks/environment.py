"""Environments: one function makes each instance of the blueprint, permanent or review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cdktf import App, TerraformResource

from modules import service, store, tasks
from modules.here import Here, Instance, store_version
from modules.listener_rules import ListenerRules
from modules.private_names import namespace_domain
from modules.public_route import RECORD
from modules.reach import Reach
from modules.runs import Runs
from modules.sending import sending
from modules.service import Service
from modules.store import Store
from modules.tasks import Task
from tanada.contract import removal
from tanada.contract.common import AT_EDGE, CERTIFICATES, EDGE_CERTIFICATES, ENTRANCES, FIREWALLS, VPC_ORIGINS
from tanada.contract.environment import (
    RECORDS_ELSEWHERE,
    EnvironmentContract,
    deployed,
    image_tag_outputs,
    store_version_outputs,
)
from tanada.declarations.inputs import EnvironmentInput
from tanada.declared import sites
from tanada.declared.backup import Backup
from tanada.declared.blueprint import sanitised
from tanada.declared.ci import boundary_name
from tanada.declared.hosts import DOMAIN, behind_api_gateway, behind_cloudfront, hosts_of
from tanada.declared.mail import MAIL
from tanada.declared.rules import led_by_statics
from tanada.errors import StackError
from tanada.names import Names
from tanada.regions import partition
from tanada.stacks.base import BaseStack, in_default, in_workspaces
from tanada.stacks.contract import of_common, of_sign_in, publish, read_common
from tanada.stacks.elsewhere import zone_providers
from tanada.stacks.instance import REVIEW_LABEL, REVIEW_NAME, permanent, review

if TYPE_CHECKING:
    from modules.jobs import Job
    from modules.reachable import Reachable
    from modules.sanitised import Copy as SanitisedCopy
    from tanada.stacks.extended import Parts
    from tanada.stacks.extending import Extension


_ENTRANCE = f'{ENTRANCES}["public"]'


class EnvironmentStack(BaseStack):
    """A permanent environment."""

    def __init__(self, app: App, input: EnvironmentInput, extension: Extension | None = None) -> None:
        name = str(input.stack.environment)
        super().__init__(
            app,
            input.stack,
            input.system,
            environment=name,
            workspaces=in_default(input.stack),
            tags=input.tags,
            domain=input.domain,
        )
        environment(self, here(self, input, permanent(self, name, input)), extension)


class ReviewStack(BaseStack):
    """The review environments: as many as there are workspaces."""

    def __init__(self, app: App, input: EnvironmentInput, extension: Extension | None = None) -> None:
        workspaces = in_workspaces(input.domain, *_refused(input))
        super().__init__(
            app,
            input.stack,
            input.system,
            environment=REVIEW_NAME,
            workspaces=workspaces,
            tags=input.tags,
            domain=f"{REVIEW_LABEL}.{input.domain}",
        )
        environment(self, here(self, input, review(self, input)), extension)


def _refused(input: EnvironmentInput) -> tuple[list[str], list[str]]:
    """The names that no workspace has below review's domain, and labels that none ends in."""
    services, statics = input.blueprint.services, input.blueprint.statics
    hosts = {host for each in services.values() for host in hosts_of(each, "")}
    led = led_by_statics(services, "", statics)
    labels = sorted({*hosts, *led, *sites.hosts(input.blueprint.sites, "")} - {DOMAIN})
    theirs = {name.removesuffix(f"-{label}") for name in input.taken for label in labels if name.endswith(f"-{label}")}
    return sorted({*input.taken, *theirs}), labels


def here(stack: BaseStack, input: EnvironmentInput, instance: Instance) -> Here:
    """What the parts of an environment share; reads the contract of its common layer."""
    return Here(
        stack=stack,
        names=Names(system=input.system, environment=instance.name, label=instance.label),
        instance=instance,
        blueprint=input.blueprint,
        shared=read_common(stack, input),
        zone=input.zone,
        zones=input.zones,
        elsewhere=zone_providers(stack, input.zone_roles),
        load_balancers=input.load_balancers,
        sign_in=of_sign_in(input.sign_in) if input.sign_in is not None else None,
        edge_certificates={
            name: of_common(f'{EDGE_CERTIFICATES}["{domain}"]') for name, domain in input.edge_certificates.items()
        },
        vpc_origins={
            http.load_balancer[0]: of_common(f'{VPC_ORIGINS}["{input.load_balancers[http.load_balancer[0]].called}"]')
            for http in behind_cloudfront(input.blueprint.services.values())
        },
        certificates={
            name: each if each.startswith("arn:") else of_common(f'{CERTIFICATES}["{each}"]')
            for name, each in input.certificates.items()
        },
        firewall=of_common(f"{FIREWALLS}.{AT_EDGE}") if input.firewall else None,
        waf=input.waf,
        mail=input.mail,
        first_priority=input.first_priority,
        nat=input.nat,
        records_exec=input.records_exec,
        cluster=input.cluster,
        sources=input.sources,
        private_subnet_ids=tuple(of_common(f"private_subnet_ids[{zone}]") for zone in range(input.private_subnets)),
        public_subnet_ids=tuple(of_common(f"{_ENTRANCE}.subnet_ids[{zone}]") for zone in range(input.public_subnets)),
        address_type=of_common(f"{_ENTRANCE}.address_type") if input.public_subnets else "",
        account_id=input.stack.account_id,
        region=input.stack.region,
        namespace=namespace_domain(input.system),
        alarm_topic=input.alarm_topic,
        alarm_topic_us_east_1=input.alarm_topic_us_east_1,
        boundary=_boundary(input) if input.ci else None,
        publishers=input.publishers,
        publishes=input.publishes,
    )


def _boundary(input: EnvironmentInput) -> str:
    """Made by the common layer; named, not read from it: a common layer of before publishes none."""
    place = f"arn:{partition(input.stack.region)}:iam::{input.stack.account_id}"
    return f"{place}:policy/{boundary_name(input.system)}"


def environment(stack: BaseStack, here: Here, extension: Extension | None = None) -> None:
    """All that one environment consists of: a line a capability; then what a team's own extension makes of it."""
    stores = store.stores(here)
    reach = Reach(here)
    copies = _copies(here, stores)
    for copy in copies:
        reach.instead[copy.task] = {copy.store: copy.reachable}
    own = _parts(stack, here, reach, stores) if extension is not None or here.blueprint.extensions else None
    reach.open(
        {name: each.reachable for name, each in stores.items()},
        service.reachable(here, reach),
        _own(own, here, extension),
        _sending(here),
    )
    made = tasks.tasks(here, reach, stores)
    if copies:
        _sanitised(here, reach, copies, made)
    rules = ListenerRules(here, here.first_priority)
    services = service.services(here, reach, _awaited(here, made, tasks.seeds(here, made, stores)), rules)
    if rules.statics:
        _redirects(here, rules)
    if any(behind_cloudfront(here.blueprint.services.values())):
        _cdns(here, services)
    if any(behind_api_gateway(here.blueprint.services.values())):
        _http_apis(here, services)
    shown = _sites(here, stores) if here.blueprint.sites else {}
    for name, task in made.items():
        task.before([each for other, each in services.items() if here.blueprint.services[other].before == name])
    jobs = _jobs(here, reach, stores)
    if own is not None and extension is not None:
        extension.extend(lambda: own.whole(services, made, jobs))
    _logs(here, {**services, **made, **jobs})
    tags = image_tags(here, services, made, jobs)
    if here.blueprint.backup is not None and here.instance.permanent:
        _backup(here, here.blueprint.backup, stores)
    if here.blueprint.people:
        shown |= _people(here, stores)
    if here.blueprint.dashboard is not None and here.instance.permanent:
        _dashboard(here, services)
    publish(
        stack,
        contract(here, services, stores, tags),
        {
            **image_tag_outputs(tags),
            **store_version_outputs(password_numbers(here)),
            **({RECORDS_ELSEWHERE: here.unrecorded} if here.unrecorded else {}),
            **_removal(here),
            **shown,
        },
    )
    earlier = [moved for each in services.values() for moved in each.earlier]
    # Records stand behind all services in the stack.
    stack.rename(here.blueprint, sorted(earlier, key=lambda moved: moved[0] == RECORD))


def _parts(stack: BaseStack, here: Here, reach: Reach, stores: Mapping[str, Store]) -> Parts:
    from tanada.stacks.extended import Parts  # where there is an extension alone

    return Parts(stack, here, reach, stores)


def _own(own: Parts | None, here: Here, extension: Extension | None) -> dict[str, Reachable]:
    """What a team's own extension makes for services to reach; raises StackError where it doesn't make what is
    declared."""
    if own is None:
        return {}
    if extension is None:
        names = ", ".join(here.blueprint.extensions)
        raise StackError(f"{own.file}: is missing, and the declaration's extensions say that it makes {names}.")
    return extension.reachable(own.environment(), here.blueprint.extensions)


def _sending(here: Here) -> dict[str, Reachable]:
    """The account's mail, where somebody here sends any."""
    if here.mail is None:
        return {}
    place = {"system": here.names.system, "region": here.region, "account_id": here.account_id}
    return {MAIL: sending(here.mail, **place)}


def _awaited(
    here: Here, made: Mapping[str, Task], seeds: Mapping[str, TerraformResource]
) -> dict[str, list[TerraformResource]]:
    """By service, the notes of what runs before it: the task that it names, and those that fill what it reaches."""
    return {
        name: [
            *([done] if each.before is not None and (done := made[each.before].done) is not None else []),
            *(note for store, note in seeds.items() if store in each.reached),
        ]
        for name, each in here.blueprint.services.items()
    }


def _redirects(here: Here, rules: ListenerRules) -> None:
    from modules.redirects import redirects  # where one is declared alone

    redirects(here, rules)


def _removal(here: Here) -> dict[str, object]:
    """What whoever destroys asks; a review environment is never kept."""
    if not here.instance.permanent:
        return {}
    let_go = [name for name, each in here.blueprint.stores.items() if each.removal == "delete"]
    let_go += [name for name, each in here.blueprint.sites.items() if each.removal == "delete"]
    return removal.outputs(keep=here.instance.keep, let_go=let_go)


def _sites(here: Here, stores: Mapping[str, Store]) -> dict[str, object]:
    """The output that says what they are called in AWS."""
    from modules.sites import sites  # where one is declared alone

    return {"sites": {name: each.contract for name, each in sites(here, stores).items()}}


def _people(here: Here, stores: Mapping[str, Store]) -> dict[str, object]:
    """The output that says which roles they take on."""
    from modules.people import people  # where somebody is declared alone

    return {"people": people(here, here.blueprint.people, stores)}


def _backup(here: Here, settings: Backup, stores: Mapping[str, Store]) -> None:
    from modules.backup import backup  # where one is declared alone

    backup(here, settings, stores)


def _cdns(here: Here, services: Mapping[str, Service]) -> None:
    from modules.cdn import cdns  # where one is declared alone

    cdns(here, services)


def _http_apis(here: Here, services: Mapping[str, Service]) -> None:
    from modules.http_api import http_apis  # where one is declared alone

    http_apis(here, services)


def _dashboard(here: Here, services: Mapping[str, Service]) -> None:
    from modules.dashboard import dashboard  # where one is declared alone

    dashboard(here, services)


def _copies(here: Here, stores: Mapping[str, Store]) -> list[SanitisedCopy]:
    if not any(sanitised(store) for store in here.blueprint.stores.values()):
        return []
    from modules.sanitised import copies  # where one is declared alone

    return copies(here, stores)


def _sanitised(here: Here, reach: Reach, copies: list[SanitisedCopy], made: Mapping[str, Task]) -> None:
    from modules.sanitised import snapshots

    snapshots(here, reach, copies, made)


def _jobs(here: Here, reach: Reach, stores: Mapping[str, Store]) -> dict[str, Job]:
    if not here.blueprint.jobs:
        return {}
    from modules.jobs import jobs  # its part of the provider takes longer than many a stack

    return jobs(here, reach, stores)


def _logs(here: Here, parts: Mapping[str, Runs]) -> None:
    if any(each.logs.mail is not None or each.logs.destination is not None for each in parts.values()):
        from modules.logs import logs  # where lines go elsewhere alone

        logs(here, parts)


def image_tags(
    here: Here, services: Mapping[str, Service], made: Mapping[str, Task], of_schedules: Mapping[str, Job]
) -> dict[str, str]:
    """By image, the tag that all its services run; unknown until the last of them does. Of one that tasks and jobs
    alone run, that of their definitions."""
    running: dict[str, list[str]] = {image: [] for image in here.instance.images}
    of_services = {image for each in here.blueprint.services.values() for image in each.built}
    for name, each in services.items():
        for image in here.blueprint.services[name].built:
            running[image].append(each.deployed)
    for name, task in made.items():
        for image in here.blueprint.tasks[name].as_service().built:
            if image not in of_services:
                running[image].append(task.ran)
    for name, job in of_schedules.items():
        for image in here.blueprint.jobs[name].as_service().built:
            if image not in of_services:
                running[image].append(job.definition.arn)
    tags = {image: tag.removeprefix("${").removesuffix("}") for image, tag in here.instance.images.items()}
    return {image: deployed(definitions, tags[image]) for image, definitions in running.items()}


def password_numbers(here: Here) -> dict[str, str]:
    """The number that each password of a store carries, by what it is known."""
    known = [each for name, store in here.blueprint.stores.items() for each in store.passwords(name)]
    return {each: store_version(each) for each in known}


def contract(
    here: Here, services: Mapping[str, Service], stores: Mapping[str, Store], tags: Mapping[str, str]
) -> EnvironmentContract:
    """What the environment says of itself."""
    return EnvironmentContract(
        environment=here.instance.name,
        url=here.instance.url,
        cluster_arn=here.shared.cluster_arn,
        services={name: each.contract for name, each in services.items()},
        stores={name: each.aws_name for name, each in stores.items()},
        image_tags=dict(tags),
    )
