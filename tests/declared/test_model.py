"""What every kind of part must say: whatever is forgotten is a TypeError, not "no"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tanada import declared
from tanada.declared.blueprint import groups
from tanada.declared.model import Kind, Model, Need
from tanada.declared.store import Store
from tanada.declared.table import Table


@pytest.mark.parametrize("forgotten", ["PROTECTED", "WORDS"])
def test_a_kind_without_its_defaults_or_words_can_not_be_written(forgotten: str) -> None:
    facts: dict[str, object] = {"PROTECTED": (), "WORDS": {}}
    del facts[forgotten]
    with pytest.raises(TypeError, match=f"Queue doesn't say its {forgotten}"):
        type("Queue", (Kind,), {"__module__": __name__, **facts})


@pytest.mark.parametrize("forgotten", ["needs", "closed"])
def test_a_kind_that_forgets_one_of_its_answers_can_not_be_made(forgotten: str) -> None:
    class Whole(Kind):
        PROTECTED = ()
        WORDS = {"name": "what it is called"}

        def needs(self) -> Sequence[Need]:
            return ()

        def closed(self) -> str | None:
            return None

    answers = {name: getattr(Whole, name) for name in ("needs", "closed") if name != forgotten}
    partial = type("Partial", (Kind,), {"PROTECTED": (), "WORDS": {}, "__module__": __name__, **answers})
    with pytest.raises(TypeError, match=f"abstract method '?{forgotten}"):
        partial()
    assert Whole().words() == ("name",)


def test_every_named_part_may_have_been_called_otherwise() -> None:
    assert list(groups()) == ["services", "jobs", "tasks", "stores", "sites", "extensions"]
    # Extensions' addresses are a team's own; what a site has is its bucket, which `removal: keep` holds.
    for model in (each for name, each in groups().items() if name not in ("sites", "extensions")):
        assert list(model.model_fields)[-1] == "renamed_from"
        assert model.model_fields["renamed_from"].default == ()


def test_every_kind_of_store_is_a_kind() -> None:
    store = Store.model_validate({"table": {"partition_key": "id"}})
    assert isinstance(store.kind, Kind)
    assert store.word == "table"


def test_a_store_is_of_one_kind_alone() -> None:
    class Either(Store):
        other: Table | None = None

    assert Either.known_kinds() == (*Store.known_kinds(), "other")
    assert Either.model_validate({"other": {"partition_key": "id"}}).word == "other"
    with pytest.raises(ValidationError, match=r"is table and other at once; expected one: table or .* or other"):
        Either.model_validate({"table": {"partition_key": "id"}, "other": {"partition_key": "id"}})


def test_a_bare_earlier_name_is_a_list_of_one() -> None:
    assert Store.model_validate({"table": {"partition_key": "id"}, "renamed_from": "old"}).renamed_from == ("old",)


def _models(of: type[Model] = Model) -> Iterator[type[Model]]:
    for each in of.__subclasses__():
        if each.__module__.startswith("tanada.declared."):
            yield each
        yield from _models(each)


def test_a_default_is_read_back_as_it_is_written() -> None:
    """Synth hands what is declared to other processes as JSON, with its defaults: one that is refused ends there."""
    for module in iter_modules(declared.__path__):
        import_module(f"tanada.declared.{module.name}")
    refused = []
    for model in set(_models()):
        for name, field in model.model_fields.items():
            if field.is_required():
                continue
            kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            adapter = TypeAdapter(kind)
            try:
                adapter.validate_json(adapter.dump_json(field.get_default(call_default_factory=True)))
            except ValidationError as error:
                refused.append(f"{model.__name__}.{name}: {error.errors()[0]['msg']}")
    assert refused == []
