"""Each entry is whole, and says nothing that the provider's schema doesn't know."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tanada.resources
from tanada.plan.prices import PRICES
from tanada.resources import Replaces, entries
from tanada.resources.cost import NoPrice
from tanada.resources.entry import NotRead, Resource, replaceable
from tanada.resources.uses import USES
from tests.resources.schemas import missing, shipped

FOLDER = Path(tanada.resources.__file__).parent
AWS = [entry for entry in entries().values() if entry.type.startswith("aws_")]
REQUIRED: dict[str, Any] = {"lost": "table", "kept": True, "replaces": NotRead(), "cost": NoPrice()}


def replaced(entry: Resource) -> tuple[str, ...]:
    return entry.replaces.all if isinstance(entry.replaces, Replaces) else ()


@pytest.mark.parametrize("name", REQUIRED)
def test_a_fact_that_is_left_out_is_an_error_and_not_a_no(name: str) -> None:
    Resource(type="aws_x", **REQUIRED)
    with pytest.raises(TypeError, match=name):
        Resource(type="aws_x", **{key: value for key, value in REQUIRED.items() if key != name})
    with pytest.raises(TypeError):
        replaceable("aws_x", NotRead())  # type: ignore[call-arg]


def test_what_is_kept_has_a_word_for_what_would_be_lost() -> None:
    with pytest.raises(ValueError, match="aws_x is kept"):
        Resource(type="aws_x", lost=None, kept=True, replaces=NotRead(), cost=NoPrice())


def test_no_type_has_two_entries() -> None:
    types = re.findall(r'(?:Resource\(\s*type=|replaceable\(\s*)"(\w+)"', _sources())
    assert sorted(types) == sorted(entries())


def test_tasks_are_given_what_to_do_with_types_that_are_known() -> None:
    assert USES.keys() <= entries().keys()
    assert list(USES) == sorted(USES)


def _sources() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.py")))


def test_every_path_of_an_entry_exists() -> None:
    lost = [
        f"{entry.type}.{path}"
        for entry in AWS
        for path in missing(
            shipped()[entry.type],
            [
                *replaced(entry),
                *entry.defaults,
                *entry.computed,
                *entry.computed_in_blocks,
                *entry.recomputed,
                *(entry.fills or ()),
                *(name for names in entry.recomputed.values() for name in names),
                *entry.sensitive,
                *entry.min_items,
                *entry.max_items,
            ],
        )
    ]
    assert lost == []


def test_answers_are_for_computed_attributes_alone() -> None:
    wrong = [
        f"{entry.type}.{name}"
        for entry in AWS
        for name in entry.computed
        if not shipped()[entry.type].attributes[name].computed
    ]
    assert wrong == []


def test_only_settable_attributes_replace() -> None:
    wrong = [
        f"{entry.type}.{path}"
        for entry in AWS
        for path in replaced(entry)
        if path in shipped()[entry.type].attributes and not shipped()[entry.type].attributes[path].settable
    ]
    assert wrong == []


def test_what_replaces_a_type_names_the_text_that_says_so() -> None:
    sources = {entry.type: entry.replaces.source for entry in AWS if isinstance(entry.replaces, Replaces)}
    assert len(sources) > 40
    pattern = re.compile(r"internal/service/\w+/\w+\.go at [0-9a-f]{8}")
    assert [type_ for type_, source in sources.items() if not pattern.fullmatch(source)] == []


def test_items_of_fixed_prices_stand_in_the_price_list() -> None:
    items = {item for prices in PRICES.values() for item in prices}
    fixed = re.findall(r'always\("([^"]+)"', _sources())
    assert set(fixed) <= items
    assert len(fixed) >= 4


def test_files_import_nothing_of_other_rooms() -> None:
    imports = set(re.findall(r"^from tanada(\.\w+)?[.\w]* import", _sources(), re.M))
    assert imports == {"", ".resources"}
    assert re.findall(r"^from tanada import (\w+)", _sources(), re.M) == ["regions", "regions"]
