"""What an extension is given of a stack (tanada/extensions.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from constructs import Construct

from modules.here import Here
from modules.reach import Reach
from modules.service import Service
from modules.store import Store
from modules.tasks import Task
from tanada.contract.common import CommonContract
from tanada.declarations.inputs import CommonInput
from tanada.declared.extensions import file_of
from tanada.extensions import Common, Environment, Whole
from tanada.names import Names
from tanada.stacks.base import BaseStack

if TYPE_CHECKING:
    from modules.jobs import Job

LAYER = "(extension)"
"""What all of it stands below: a word of its paths, and of no address."""


class Parts:
    """Those of an environment."""

    def __init__(self, stack: BaseStack, here: Here, reach: Reach, stores: Mapping[str, Store]) -> None:
        self.file = file_of(stack.entry.kind)
        self._given: dict[str, Any] = {
            "scope": Construct(here.stack, LAYER),
            "name": here.instance.name,
            "domain": here.instance.domain,
            "permanent": here.instance.permanent,
            "account_id": here.account_id,
            "region": here.region,
            "protected": stack.entry.protected,
            "keep": here.instance.keep,
            "names": here.names,
            "shared": here.shared,
            "groups": dict(reach.group_ids),
            "stores": dict(stores),
            "boundary": here.boundary,
        }

    def environment(self) -> Environment:
        """Before services are made."""
        return Environment(**self._given)

    def whole(self, services: Mapping[str, Service], tasks: Mapping[str, Task], jobs: Mapping[str, Job]) -> Whole:
        """Once all is made."""
        return Whole(**self._given, services=dict(services), tasks=dict(tasks), jobs=dict(jobs))


def common(stack: BaseStack, input: CommonInput, names: Names, shared: CommonContract) -> Common:
    """Those of a common layer."""
    return Common(
        scope=Construct(stack, LAYER),
        account=stack.entry.account,
        account_id=stack.entry.account_id,
        region=stack.entry.region,
        protected=stack.entry.protected,
        keep=input.layer.removal == "keep",
        names=names,
        shared=shared,
    )
