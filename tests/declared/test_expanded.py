"""Texts with placeholders are found by their type, wherever they stand."""

from __future__ import annotations

from typing import Annotated, get_type_hints

from tanada.declared.expanded import args, expanded, kinds, marked, texts
from tanada.declared.fields import Expanded, Name, Text
from tanada.declared.model import Model
from tanada.declared.service import Service
from tanada.declared.system import System


class Inner(Model):
    message: Expanded
    plain: str = "{not one}"


class Outer(Model):
    parts: dict[Name, Inner] = {}
    words: tuple[Expanded, ...] | None = None
    short: Annotated[Expanded, Text(r"^.*$", "a text")] | None = None
    nested: Inner | None = None
    numbers: dict[Name, int] = {}


OUTER = Outer(parts={"a": Inner(message="1")}, words=("2", "3"), short="4", nested=Inner(message="5"), numbers={"n": 6})


def test_every_marked_text_has_its_way() -> None:
    assert dict(texts(OUTER)) == {
        ("parts", "a", "message"): "1",
        ("words", 0): "2",
        ("words", 1): "3",
        ("short",): "4",
        ("nested", "message"): "5",
    }


def test_nothing_but_marked_texts_changes() -> None:
    changed = expanded(OUTER, lambda text: f"<{text}>")
    assert [text for _, text in texts(changed)] == ["<1>", "<2>", "<3>", "<4>", "<5>"]
    assert (changed.numbers, changed.parts["a"].plain) == (OUTER.numbers, "{not one}")
    assert OUTER.words == ("2", "3")


def test_what_does_not_change_is_the_same_and_says_no_more_than_before() -> None:
    assert expanded(OUTER, lambda text: text) is OUTER
    service = Service(image="web", variables={"A": "1"}, command=("{url}",))
    changed = expanded(service, lambda text: text.replace("{url}", "x"))
    assert (changed.variables is service.variables, changed.command) == (True, ("x",))
    assert changed.model_fields_set == service.model_fields_set


def test_what_a_service_does_not_say_stays_unsaid() -> None:
    service = expanded(Service(image="web", variables={"A": "{url}"}), lambda _: "x")
    assert (service.command, service.variables, service.image) == (None, {"A": "x"}, "web")


def test_each_model_says_what_its_fields_are_as_its_text_does() -> None:
    seen = {model: kinds(model) for model in subclasses(Model)}
    assert System in seen
    for model, found in seen.items():
        written = get_type_hints(model, include_extras=True)
        for name, kind in found.items():
            assert (marked(kind), args(kind)) == (marked(written[name]), args(written[name])), (model, name)


def subclasses(model: type[Model]) -> set[type[Model]]:
    return {each for below in model.__subclasses__() for each in (below, *subclasses(below))}
