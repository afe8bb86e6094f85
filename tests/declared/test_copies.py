"""What a database begins with, and which tasks an apply runs for it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tanada.declared.blueprint import run_by_applies, seeding
from tanada.declared.service import Service
from tanada.declared.store import Store
from tanada.declared.tasks import Task


def store(**data: Any) -> Store:
    return Store.model_validate({"database": {"engine": "postgres", "version": "17", **data}})


def test_it_begins_empty_where_nothing_or_that_is_said() -> None:
    left, said = (each.database for each in (store(), store(data="empty")))
    assert left == said
    assert left is not None
    assert (left.data.bare(), left.data.copied) == ("empty", False)


@pytest.mark.parametrize(
    ("data", "copied"), [({"seed": "load"}, False), ({"snapshot": "s"}, True), ({"clone": "a"}, True)]
)
def test_a_copy_has_what_its_source_has(data: dict[str, str], copied: bool) -> None:
    database = store(data=data).database
    assert database is not None
    assert (database.data.bare(), database.data.copied) == (None, copied)
    with pytest.raises(ValidationError, match="are said at once"):
        store(data={**data, "clone": "b", "seed": "c"})


@pytest.mark.parametrize(
    "name", ["main-1", "rds:main-2026-11-20-03-00", "arn:aws:rds:eu-west-1:333333333333:snapshot:a-b"]
)
def test_a_snapshot_is_called_as_rds_calls_it(name: str) -> None:
    assert store(data={"snapshot": name})
    with pytest.raises(ValidationError):
        store(data={"snapshot": f"{name}--"})


def test_applies_run_what_fills_a_store_and_what_a_service_waits_for_and_nothing_else() -> None:
    tasks = {name: Task.model_validate({"image": "web", **more}) for name, more in TASKS.items()}
    services = {"web": Service.model_validate({"image": "web", "before": "migrate"})}
    stores = {"db": store(data={"seed": "load"}), "other": store(), "files": Store.model_validate({"bucket": {}})}
    assert seeding(stores) == {"db": "load"}
    assert run_by_applies(services, tasks, stores) == {"migrate", "fill"}


TASKS: dict[str, dict[str, Any]] = {"migrate": {}, "load": {"renamed_from": "fill"}, "report": {}}
