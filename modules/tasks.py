"""Tasks that run to their end: all that they need, and what services wait for that name one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from cdktf import ITerraformDependable, TerraformResource, TerraformResourceLifecycle
from constructs import Construct

from modules.here import Here
from modules.reach import Reach
from modules.runs import Runs
from modules.service import Service
from modules.store import Store
from tanada.contract.tasks import DONE, SEEDED
from tanada.declarations import placeholders
from tanada.declared.blueprint import restored, seeding
from tanada.declared.expanded import expanded
from tanada.declared.service import Service as Settings


def tasks(here: Here, reach: Reach, stores: Mapping[str, Store]) -> dict[str, Task]:
    """The environment's tasks, by name."""
    scope, words = Construct(here.stack, "(tasks)"), reach.words
    apart = {name: reach.words_of(name) for name in reach.instead}
    named = {service.before for service in here.blueprint.services.values()}
    return {
        name: Task(
            scope,
            name,
            expanded(task.as_service(), partial(placeholders.expand, values=apart.get(name, words))),
            here,
            reach,
            [each for other in task.reached if other in stores for each in stores[other].beside],
            named=name in named,
        )
        for name, task in here.blueprint.tasks.items()
    }


def seeds(here: Here, made: Mapping[str, Task], stores: Mapping[str, Store]) -> dict[str, TerraformResource]:
    """By store that a task fills, the note that it did: written once, and anew with the store alone.

    Apart from the store's own resources, which the task waits for.
    """
    scope, notes = Construct(here.stack, "(seeds)"), {}
    for name, task in seeding(here.blueprint.stores).items():
        store = here.blueprint.stores[name]
        waiting = [each for each, service in here.blueprint.services.items() if name in service.reached]
        note = TerraformResource(
            Construct(scope, name),
            SEEDED,
            terraform_resource_type="terraform_data",
            # Of another definition of the task, or another service, nothing follows; nor of a server that was restored.
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["input", *(["triggers_replace"] if restored(store) else [])]
            ),
        )
        note.add_override("input", made[task].how(made[task].definitions(), waiting or [name]))
        note.add_override("triggers_replace", [stores[name].made])  # type: ignore[attr-defined]  # has `data`
        notes[name] = note
    return notes


class Task(Runs):
    """One task, which no service keeps running."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: Settings,
        here: Here,
        reach: Reach,
        stores: Sequence[ITerraformDependable],
        *,
        named: bool,
    ) -> None:
        """The settings' texts are expanded already; `stores` is what stands beside those that it reaches, `named` says
        whether a service waits for it."""
        self._stores = stores
        super().__init__(scope, id, settings, here, reach)
        self.done = TerraformResource(self, DONE, terraform_resource_type="terraform_data") if named else None

    @property
    def ran(self) -> str:
        """The revision that ran to its end; where no apply runs it, the one that there is."""
        if self.done is None:
            return self.definition.arn
        return str(self.done.get_string_attribute(f"output.definitions.{self._called}"))

    @property
    def security_groups(self) -> list[str]:
        """What it wears."""
        return [self._reach.group_ids[self._id], *self._settings.security_groups]

    def _needed(self) -> list[ITerraformDependable]:
        """All of it: whoever applies its definition alone, as the first step of an apply does, can run it."""
        needed = [*self.policies, *self._reach.rules[self._id], *self._reach.let_in.get(self._id, ()), *self._stores]
        return list(dict.fromkeys(needed))

    def before(self, services: Sequence[Service]) -> None:
        """Note for which services it runs: Terraform changes the note where one of their definitions changes, after
        the run (`tanada/terraform/steps.py`), and these services wait for the note."""
        if self.done is None:
            return
        self.done.add_override("input", self.how(self.definitions(*services), [each.word for each in services]))

    def definitions(self, *services: Service) -> dict[str, str]:
        """Its own and theirs, by what they are called in AWS: another name is nothing new to run for."""
        return {self._here.called(each.word): each.definition.arn for each in (self, *services)}

    def how(self, definitions: Mapping[str, str], services: Sequence[str]) -> dict[str, object]:
        """All that is needed to run it, for these services, and for which definitions it then ran."""
        here = self._here
        return {
            "cluster": here.shared.cluster_arn,
            "container": self._called,
            "definitions": dict(definitions),
            "log_group": self._log.name,
            "public": not here.nat,
            "security_groups": self.security_groups,
            "services": list(services),
            "subnets": here.shared.task_subnet_ids,
            "task": self._id,
        }
