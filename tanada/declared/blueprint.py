"""The blueprint, and its instances: permanent environments and review environments."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import AfterValidator, Field

from tanada.declared import rule_numbers, rules
from tanada.declared.api_gateway import LINK
from tanada.declared.backup import ASKED as ASKED_BY_BACKUP
from tanada.declared.backup import Backup
from tanada.declared.copies import Data
from tanada.declared.dashboard import Dashboard
from tanada.declared.extensions import Extension
from tanada.declared.fields import Domain, Flag, Name, Whole
from tanada.declared.hosts import behind_api_gateway
from tanada.declared.imports import Imports
from tanada.declared.jobs import Job, shared_needs
from tanada.declared.mail import Mail
from tanada.declared.model import Model, Need
from tanada.declared.patches import Patches
from tanada.declared.people import Person
from tanada.declared.redirects import FixedResponses, Redirects, Static
from tanada.declared.redirects import in_review as statics_in_review
from tanada.declared.restored import Restored
from tanada.declared.sanitised import Sanitised
from tanada.declared.service import Service, in_review
from tanada.declared.sidecar import Sidecar
from tanada.declared.sites import Site
from tanada.declared.sites import in_review as sites_in_review
from tanada.declared.store import Store
from tanada.declared.tags import Tags
from tanada.declared.tasks import RunsOnce, Task

Part = Service | Job | Task | Store | Extension | Site | Mail
"""What has a name in an environment; mail is its account's."""
R = TypeVar("R", Service, Job, Task)


class Defaults(Model):
    """What is the same of all, said once; whatever a part says itself is laid over it."""

    services: Service | None = None
    """Laid under each service: its fields but for `port`, `command`, `renamed_from` and `http.hosts`; `http` only under
    those that say `http`."""
    sidecars: Sidecar | None = None
    """Laid under each sidecar of each service: its fields but for `port` and `command`."""


class Blueprint(Model):
    """What one environment consists of."""

    defaults: Defaults | None = None
    """What is the same of all services, or sidecars, said once."""
    services: dict[Name, Service] = {}
    """ECS services by name."""
    jobs: dict[Name, Job] = {}
    """What a schedule or an event starts and that runs to its end, by name."""
    tasks: dict[Name, Task] = {}
    """What an apply, or somebody, runs to its end, by name."""
    stores: dict[Name, Store] = {}
    """What keeps data, by name."""
    sites: dict[Name, Site] = {}
    """Static files behind CloudFront, by name."""
    people: dict[Name, Person] = {}
    """Roles that people take on to look at what a permanent environment keeps, by name; review environments have
    none."""
    extensions: dict[Name, Extension] = {}
    """What Python of your own (`extensions/environment.py`, `extensions/review.py`) makes and others may reach, by
    name."""
    redirects: Redirects = {}
    """What load balancers send elsewhere, before every service: `/path` on every host of the environment, or
    `host/path`, to a host, a path or a whole address."""
    fixed_responses: FixedResponses = {}
    """What load balancers answer by themselves, before every service, by the same keys: a text, or
    `{status: 403, body: Forbidden}`."""
    dashboard: Dashboard | None = None
    """A CloudWatch dashboard of a permanent environment: its alarms, and what services and stores do; `{}`, as it has
    nothing to say. Three of an account are free, each further one costs 3 USD a month."""
    backup: Backup | None = None
    """Copies of a permanent environment's stores that AWS Backup keeps, in a vault that refuses to lose them: `{daily:
    35d, monthly: 365d}`."""
    patches: Patches = {}
    """Arguments that no field says, by the address of what has them: `{aws_lb_target_group.web_target_group:
    {slow_start: 30}}`."""

    @property
    def statics(self) -> dict[str, Static]:
        """All that load balancers answer by themselves."""
        return {**self.fixed_responses, **self.redirects}

    def running(self) -> dict[str, Service]:
        """All that runs, by name: services, and jobs and tasks as services that nobody reaches."""
        once: dict[str, RunsOnce] = {**self.tasks, **self.jobs}
        return {**self.services, **{name: each.as_service() for name, each in once.items()}}

    def asks(self) -> set[str]:
        """Actions that roles of what runs are given and no resource's entry names."""
        stores = (each.kind for each in self.stores.values())
        running = (*self.services.values(), *self.jobs.values(), *self.tasks.values(), *stores, *self.sites.values())
        asked = {action for each in running for action in each.asks()}
        extended = {action for each in self.extensions.values() for action in each.actions}
        return asked | extended | (ASKED_BY_BACKUP if self.backup is not None else set())

    def parts(self) -> Iterator[tuple[str, str, Part]]:
        """Group, name and part of all that it consists of."""
        for group in groups():
            for name, part in getattr(self, group).items():
                yield group, name, part


def needs(
    parts: Mapping[str, Part], domain: str, statics: Mapping[str, Static], *, backup: bool = False, people: int = 0
) -> Iterator[Need]:
    """What an environment of these parts, of what load balancers answer there, and of so many roles of people uses up
    of what AWS limits."""
    for part in parts.values():
        yield from part.kind.needs()
    yield from shared_needs([part for part in parts.values() if isinstance(part, Job)])
    if any(behind_api_gateway(part for part in parts.values() if isinstance(part, Service))):
        yield Need(LINK, 1)
        yield Need("aws_security_group", 1)  # which it wears
    if any(isinstance(part, Service | Job | Task) and part.logs.mail is not None for part in parts.values()):
        yield Need("aws_iam_role", 1)  # the function's that mails
    if any(isinstance(part, Store) and sanitised(part) is not None for part in parts.values()):
        yield Need("aws_iam_role", 2)  # the function's that makes snapshots, and of who starts it
    if backup:
        yield Need("aws_iam_role", 1)  # that copies
    if people:
        yield Need("aws_iam_role", people)
    yield from rules.needs({name: part for name, part in parts.items() if isinstance(part, Service)}, domain, statics)


def existing_buckets(stores: Iterable[Store]) -> frozenset[str]:
    """The buckets among these that are there already, by the names that AWS knows them by."""
    return frozenset(each.bucket.existing for each in stores if each.bucket is not None and each.bucket.existing)


def seeding(stores: Mapping[str, Store]) -> dict[str, str]:
    """By store that a task fills, the task's name."""
    said = {name: data.seed for name, store in stores.items() if (data := data_of(store)) is not None}
    return {name: task for name, task in said.items() if task is not None}


def data_of(store: Store) -> Data | None:
    """What a store says of the data that it begins with; None of one that can say nothing."""
    return getattr(store.kind, "data", None)


def restored(store: Store) -> Sequence[Restored]:
    """The times that a store was restored to."""
    times: Sequence[Restored] = getattr(store.kind, "restored", ())
    return times


def sanitised(store: Store) -> Sanitised | None:
    """What a store says of snapshots without what is people's."""
    return getattr(store.kind, "sanitised", None)


def run_by_applies(
    services: Mapping[str, Service], tasks: Mapping[str, Task], stores: Mapping[str, Store]
) -> frozenset[str]:
    """What the tasks are called in AWS that an apply runs: before a service changes, to fill a store, or to make
    further databases in one, which is called as the store."""
    named = {*(service.before for service in services.values()), *seeding(stores).values()}
    run = {name: task for name, task in tasks.items() if name in named}
    before = (task.renamed_from[0] if task.renamed_from else name for name, task in run.items())
    return frozenset((*before, *(store.first_name(name) for name, store in stores.items() if store.further)))


@functools.cache
def groups() -> Mapping[str, type[Part]]:
    """The fields of a blueprint that hold parts by name, each with the parts' model."""
    fields: dict[str, Any] = {name: field.annotation for name, field in Blueprint.model_fields.items()}
    held = {name: get_args(kind)[1] for name, kind in fields.items() if get_origin(kind) is dict}
    return {name: kind for name, kind in held.items() if kind in get_args(Part)}


class ImageTags(Model):
    """Where the tags of a first plan come from."""

    from_: Annotated[Name, Field(alias="from")]
    """The environment that runs them."""


FirstPriority = Annotated[int, Whole(rule_numbers.FIRST, rule_numbers.LAST + 1 - rule_numbers.BLOCK)]


class Environment(Blueprint):
    """A permanent instance of the blueprint, merged with what differs."""

    account: Name
    """One of the system's accounts."""
    created: Flag = True
    """`false`: it is checked, shown and synthesized, and planned and applied by its name alone, not with all others;
    nothing that is there is destroyed."""
    domain: Domain | None = None
    """Where it answers; covered by one of the account's zones. Needed but where the account has no load balancer."""
    tags: Tags = {}
    """AWS tags of all that it makes, laid over its account's."""
    imports: Imports = {}
    """What was made by hand and it goes on with, by address what AWS calls it: `{aws_sqs_queue.jobs_queue: https://…}`."""
    removal: Literal["keep", "delete"] = "keep"
    """`keep` refuses to destroy stores; to remove an environment say `delete`, apply, then destroy."""
    image_tags: ImageTags | None = None
    """Where tags come from of images that it has never run: `{from: test}` takes what test runs."""
    priorities: FirstPriority | None = None
    """Where the 500 priorities of its listener rules begin, if not where its name says: for `tanada check` to name."""


Limit = Annotated[int, Whole(1, 100)]


def _in_review(services: dict[str, Service]) -> dict[str, Service]:
    return {name: in_review(service) for name, service in _unmailed(services).items()}


def _unmailed(parts: dict[str, R]) -> dict[str, R]:
    """Nobody is mailed of a review environment."""
    return {
        name: part.model_copy(update={"logs": part.logs.model_copy(update={"mail": None})}) if part.logs.mail else part
        for name, part in parts.items()
    }


def _nobody(_people: dict[str, Person]) -> dict[str, Person]:
    return {}


def _unsanitised(stores: dict[str, Store]) -> dict[str, Store]:
    """Of a review environment no snapshots are made."""
    return {
        name: store.model_copy(update={store.word: store.kind.model_copy(update={"sanitised": None})})
        if sanitised(store)
        else store
        for name, store in stores.items()
    }


class Review(Blueprint):
    """The review environments' declaration: any number of instances, one a Terraform workspace, always deletable."""

    account: Name
    """One of the system's accounts."""
    services: Annotated[dict[Name, Service], AfterValidator(_in_review)] = {}
    """ECS services by name."""
    jobs: Annotated[dict[Name, Job], AfterValidator(_unmailed)] = {}
    """What a schedule or an event starts and that runs to its end, by name."""
    tasks: Annotated[dict[Name, Task], AfterValidator(_unmailed)] = {}
    """What an apply, or somebody, runs to its end, by name."""
    sites: Annotated[dict[Name, Site], AfterValidator(sites_in_review)] = {}
    """Static files behind CloudFront, by name; of sites with full names alone, which belong to one environment each,
    none."""
    stores: Annotated[dict[Name, Store], AfterValidator(_unsanitised)] = {}
    """What keeps data, by name."""
    people: Annotated[dict[Name, Person], AfterValidator(_nobody)] = {}
    """Nobody looks at what a review environment keeps but its services."""
    domain: Domain | None = None
    """Each answers at `<workspace>.<domain>`; needed but where the account has no load balancer."""
    tags: Tags = {}
    """AWS tags of all that they make, laid over their account's; `{environment}` stands for each one's name."""
    redirects: Annotated[Redirects, AfterValidator(statics_in_review)] = {}
    """What load balancers send elsewhere; of hosts with dots, which belong to one environment each, none."""
    fixed_responses: Annotated[FixedResponses, AfterValidator(statics_in_review)] = {}
    """What load balancers answer by themselves; likewise."""
    limit: Limit = 20
    """How many may hold something at a time; counted against AWS's limits by `tanada check`."""
