"""Every text of a declaration is a literal in what is emitted: no field, key or text in a text is an expression."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from tanada.declarations.inputs import EnvironmentInput, inputs, serialized
from tanada.declarations.loader import load
from tanada.declared.expanded import args, marked
from tanada.declared.fields import Expanded, Name
from tanada.declared.literals import _value, literals
from tanada.declared.model import Model
from tanada.declared.sites import OF_CLOUDFRONT
from tanada.declared.system import System
from tanada.errors import DeclarationError
from tanada.literal import literal, means_itself, references
from tanada.stacks.app import make
from tanada.terraform.template import calls

ROOT = Path(__file__).parents[2]
SYSTEMS = [ROOT, *(each.parent for each in sorted(ROOT.glob("tests/capabilities/*/system.yaml")))]
EXPRESSION = '${path.root}%{if true}y") + file("z'
"""An expression, and what would end a text of ours in an expression of ours."""
WORDS_OF_ECS = {"CMD", "CMD-SHELL"}
"""How the command of a health check begins: no other text may stand there."""
NOT_EMITTED = {"Ci.tests"}
"""Commands for workflows alone."""
PATCHES = ".patches"
"""Their texts stand where the schema has texts; one with an expression is in tests/capabilities/service/emitted."""


def kinds(model: type[BaseModel], seen: set[type]) -> Iterator[tuple[str, Any]]:
    """Every kind of text in a model and below it, with the name of its field; keys of mappings too."""
    if model in seen:
        return
    seen.add(model)
    for name, hint in typing.get_type_hints(model, include_extras=True).items():
        if name in model.model_fields:
            yield from _kinds(f"{model.__name__}.{name}", hint, seen)


def _kinds(field: str, kind: Any, seen: set[type]) -> Iterator[tuple[str, Any]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from kinds(kind, seen)
    elif (
        kind is str
        or (typing.get_origin(kind) is Annotated and typing.get_args(kind)[0] is str)
        or typing.get_origin(kind) is typing.Literal
    ):
        yield field, kind
    else:
        for each in typing.get_args(kind):
            yield from _kinds(field, each, seen)


def takes(kind: Any, text: str) -> bool:
    try:
        create_model("One", __config__=ConfigDict(validate_by_name=True), value=(kind, ...))(value=text)
    except ValidationError:
        return False
    return True


FIELDS = [*kinds(System, set())]
FREE = {field for field, kind in FIELDS if takes(kind, EXPRESSION)}


class Marks:
    """Puts an expression of its own into every text that takes one."""

    def __init__(self) -> None:
        self.fields: list[str] = []

    def of(self, value: Any, kind: Any, field: str) -> Any:
        if field.endswith(PATCHES):
            return value
        if isinstance(value, BaseModel):
            hints = typing.get_type_hints(type(value), include_extras=True)
            new = {
                name: self.of(getattr(value, name), hints[name], f"{_declared(type(value))}.{name}")
                for name in type(value).model_fields
            }
            return value.model_copy(update=new)
        if isinstance(value, dict):
            name, of = args(kind)
            if typing.get_origin(of) is typing.Literal:  # the text is the key, such as an attribute's name
                return {self.of(key, name, field): each for key, each in value.items()}
            return {key: each if key in OF_CLOUDFRONT else self.of(each, of, field) for key, each in value.items()}
        if isinstance(value, tuple):
            of = [each for _, each in _kinds(field, kind, set())]
            return tuple(self.of(each, of[0] if of else None, field) for each in value)
        if isinstance(value, str) and field in FREE and value not in WORDS_OF_ECS:
            number = len(self.fields)
            self.fields.append(field)
            text = f"x{number}{EXPRESSION}"
            return text.replace("{", "{{").replace("}", "}}") if _expanded(field) else text
        return value


def _declared(model: type) -> str:
    """A model's name in the declaration: an environment's own fields stand in its stack's input, too."""
    return "Environment" if model is EnvironmentInput else model.__name__


def _expanded(field: str) -> bool:
    return any(marked(kind) for name, kind in FIELDS if name == field)


def texts(value: Any) -> Iterator[str]:
    """Every text, keys too, and those in JSON in texts."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value
        if value.startswith(("{", "[")) and not value.startswith("{ $"):  # but for patterns of lines
            # EventBridge puts a text in quotes where its template has a name in brackets, so that is no JSON yet.
            yield from texts(json.loads(re.sub(r"(?<=:)<(\w+)>", r'"\1"', value)))


def test_the_walk_finds_what_takes_an_expression_and_what_refuses_it() -> None:
    assert {
        "Service.command",
        "Service.entrypoint",
        "Service.variables",
        "Table.partition_key",
        "Table.sort_key",
    } <= FREE
    refusing = {field for field, _ in FIELDS} - FREE
    assert {
        "System.name",
        "System.accounts",
        "Account.role",
        "Environment.domain",
        "Service.user",
        "Zone.name",
    } <= refusing


@pytest.mark.slow
def test_an_expression_in_any_text_is_a_literal_wherever_it_turns_up(tmp_path: Path) -> None:
    seen: set[str] = set()
    for number, folder in enumerate(SYSTEMS):
        marks = Marks()
        marked_inputs = {name: marks.of(each, type(each), "") for name, each in inputs(load(folder)).items()}
        out = tmp_path / str(number)
        out.mkdir()
        make({name: serialized(each) for name, each in marked_inputs.items()}, out)
        emitted = [
            text for file in out.glob("stacks/*/cdk.tf.json") for text in texts(json.loads(file.read_text("utf-8")))
        ]
        assert emitted
        for text in emitted:
            assert text.count("path.root") == text.count("$${path.root}"), text
            assert "file" not in set(calls(text)), text
            assert text.count("if true") == text.count("%%{if true}y"), text
        whole = "\n".join(emitted)
        for index, field in enumerate(marks.fields):
            found = f"x{index}{literal(EXPRESSION)}" in whole
            assert found or field in NOT_EMITTED, field
        seen |= set(marks.fields)
    patched = {field for field in FREE if field.endswith(PATCHES)}
    assert seen - NOT_EMITTED == FREE - NOT_EMITTED - patched, "a capability's system has each of its fields"


def test_a_literal_means_itself_to_terraform(tmp_path: Path) -> None:
    """Every text of up to five of the characters that its templates know."""
    all_texts = ["".join(each) for length in range(1, 6) for each in itertools.product("$%{", repeat=length)]
    outputs = {f"o{index}": {"value": literal(f"{text}x}}")} for index, text in enumerate(all_texts)}
    (tmp_path / "main.tf.json").write_text(json.dumps({"output": outputs}))
    for arguments in (["init"], ["apply", "-auto-approve"]):
        subprocess.run(["terraform", *arguments, "-input=false"], cwd=tmp_path, check=True, capture_output=True)
    said = json.loads(subprocess.check_output(["terraform", "output", "-json"], cwd=tmp_path))
    assert [said[f"o{index}"]["value"] for index in range(len(all_texts))] == [f"{text}x}}" for text in all_texts]


class Inner(Model):
    free: str
    placeholders: Expanded = ""


class Outer(Model):
    by_name: dict[str, Inner]
    words: tuple[str, ...] | None = None
    either: Inner | None = None
    more: dict[Name, tuple[Expanded, ...]]


def test_what_later_models_may_hold_is_found_by_its_type() -> None:
    outer = Outer(
        by_name={"${k}": Inner(free="${a}", placeholders="${p}")},
        words=("%{w}", "plain"),
        either=Inner(free="${b}"),
        more={"m": ("${p}",)},
    )
    assert literals(outer).model_dump() == {
        "by_name": {"$${k}": {"free": "$${a}", "placeholders": "${p}"}},
        "words": ("%%{w}", "plain"),
        "either": {"free": "$${b}", "placeholders": ""},
        "more": {"m": ("${p}",)},
    }
    with pytest.raises(DeclarationError, match="reference"):
        literals(Outer(by_name={}, more={}, words=("#{TfToken[TOKEN.0]}",)))


MARKED = ("{TfToken[", "String Map Token Value", "Any Map Token Value")


def test_no_model_that_holds_anything_to_change_or_refuse_is_taken_as_it_is() -> None:
    """One look at a whole model says the same as a look at each of its texts."""
    all_texts = ["".join(each) for length in range(1, 5) for each in itertools.product('$%{"\\u3042', repeat=length)]
    for text in (*all_texts, *NUMBERS, *MARKED, *(f"a{each}b" for each in MARKED)):
        for model in (
            Inner(free=text),
            Outer(by_name={text: Inner(free="")}, more={}),
            Outer(by_name={}, more={}, words=("", text)),
        ):
            if literal(text) != text or references(text):
                assert not means_itself(model.model_dump_json()), text
    assert means_itself(Inner(free="kakei-1", placeholders="{backend.url}").model_dump_json())


@pytest.mark.parametrize("root", SYSTEMS, ids=lambda each: each.name)
def test_the_inputs_of_ours_are_taken_as_they_are_or_changed(root: Path) -> None:
    for each in inputs(load(root)).values():
        if literals(each) is each:
            assert _value(type(each), each) == each


def declared(tmp_path: Path, text: str, name: str = "test") -> System:
    shutil.copytree(ROOT / "tests/declarations/good", tmp_path, dirs_exist_ok=True)
    (tmp_path / "environments/test.yaml").rename(tmp_path / f"environments/{name}.yaml")
    file = tmp_path / f"environments/{name}.yaml"
    file.write_text(file.read_text() + f"services: {{web: {{variables: {{A: {json.dumps(text)}}}}}}}\n")
    return load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "${{TfToken[TOKEN.0]}}",
        "a #{{TfToken[TOKEN.0]}}",
        "&{{TfToken[x]}}",
        "-1.8881545897087626e+289",
        "a-188.81545897087626E287b",
        "-8.109562212591379e+298",
        "http://web-82.e297.example.jp",
        f"-82{'0' * 298}e-1",
        "String Map Token Value",
    ],
)
def test_no_text_becomes_a_reference_of_cdktf(text: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"test\.yaml:\d+:\d+: .*: CDKTF, which makes the JSON"):
        declared(tmp_path, text)


NUMBERS = (
    *("-8.109562212591379e+298", "web-811e296", "web-82.e297.kakei.internal", "-10.8e298", "5-82.e297", "x-82-e297"),
    *(
        "-82|e297",
        "--82.e297",
        "+-82.e297",
        "-8.2.3e298",
        "-.82e299",
        "-82.e297.",
        "web-189.e287",
        "-8.2e298e5",
        "-8e298",
    ),
    *(f"-82{'0' * 298}e-1", f"-82{'0' * 297}e-1", "-8.37e298", "-8.372e298", "-82\u0660e297"),
)


def test_a_number_is_a_reference_where_cdktf_says_so() -> None:
    """By cdktf's own code, but for numbers that stand in lists of numbers alone."""
    program = """
        const {extractTokenDouble, TokenString} = require("cdktf/lib/tokens/private/encoding");
        const found = JSON.parse(process.argv[1]).map((text) => {
          let hidden = 0;
          TokenString.forNumbers(text).split((id) => {
            hidden += extractTokenDouble(parseFloat(id), false) === undefined ? 0 : 1;
          });
          return hidden;
        });
        console.log(JSON.stringify(found));
    """
    command = ["node", "-e", program, json.dumps(NUMBERS)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [references(text) for text in NUMBERS] == json.loads(said)


def test_a_service_and_an_environment_that_only_look_like_a_number_are_well(tmp_path: Path) -> None:
    declared(tmp_path, "x", name="e287")
    file = tmp_path / "system.yaml"
    text = file.read_text().replace("backend:\n", "backend-189:\n").replace("[backend,", "[backend-189,")
    file.write_text(text.replace("{backend.url}", "{backend-189.url}"))
    out = tmp_path / "out"
    out.mkdir()
    make({"environment-e287": serialized(inputs(load(tmp_path))["environment-e287"])}, out)
    assert "http://backend-189.e287.kakei.internal:8080" in (out / "stacks/environment-e287/cdk.tf.json").read_text()


def test_nor_does_one_that_only_a_placeholder_completes(tmp_path: Path) -> None:
    system = declared(tmp_path, "${{TfT{environment}[TOKEN.0]}}", name="oken")
    stack = inputs(system)["environment-oken"]
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(DeclarationError, match="CDKTF, which makes the JSON, would read a reference"):
        make({"environment-oken": serialized(stack)}, out)
