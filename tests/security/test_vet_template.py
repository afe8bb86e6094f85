"""The lexer of templates: it sees every call that Terraform would make, and refuses where it isn't sure."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
from pathlib import Path

import pytest

from tanada.terraform.template import UnreadableError, calls


def called(text: str) -> set[str] | None:
    """What a text calls; None where it is refused."""
    try:
        return set(calls(text))
    except UnreadableError:
        return None


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("", set()),
        ("file(x)", set()),
        ("$${file(x)}", set()),
        ("%%{if file(x)}", set()),
        ("$$${file(x)}", set()),
        ("$ {file(x)} ${local.a}", set()),
        ("${file(x)}", {"file"}),
        ("%${file(x)}", {"file"}),
        ("$%{if file(x)}y%{endif}", {"file"}),
        ("${~ file (x) ~}", {"file"}),
        ("${file\n\t(x)}", {"file"}),
        ("a${b}c${file(x)}", {"file"}),
        ("${[for x in y : { a = file(x) }]}", {"file"}),
        ('${"}"}${file(x)}', {"file"}),
        ('${"a ${file("x")} b"}', {"file"}),
        ('${"%{ if file("x") }%{ endif }"}', {"file"}),
        ('${"\\"} ${file(x)} \\""}', {"file"}),
        ("${a[file(x)]}", {"file"}),
        ("${try(a.b, file(x))}", {"try", "file"}),
        ("${{a = {b = 1}}}${file(x)}", {"file"}),
        ("${local.a.file(x)}", {"file"}),
        ('${lookup(var.image_tags, "web", "") != ""}', {"lookup"}),
        ('${can(regex("^[a-z]$", terraform.workspace)) && true}', {"can", "regex"}),
    ],
)
def test_every_word_before_a_bracket_in_an_expression_is_a_call(text: str, functions: set[str]) -> None:
    assert called(text) == functions


@pytest.mark.parametrize(
    "text",
    [
        "${file/* a comment */(x)}",
        "${file # a comment\n(x)}",
        "${file // a comment\n(x)}",
        "${<<EOT\n${file(x)}\nEOT\n}",
        "${<<-EOT\n}\nEOT\n}",
        "${provider::aws::arn_parse(x)}",
        "${core::file(x)}",
        "${\uff46ile(x)}",
        "${fi\u200ble(x)}",
        "${file\u00a0(x)}",
        "${file\x0b(x)}",
        '${"\\u0024{file(x)}"}',
        '${"\\${file(x)}"}',
        '${"$${file(x)}"}',
        '${"$$${file(x)}"}',
        '${"a\nb"}',
        "${'a'}",
        "${`a`}",
        "${",
        "${a",
        '${"a}',
        "%{ if x ",
        "${a;b}",
        "${" + '"${' * 30 + "x" + '}"' * 30 + "}",
    ],
)
def test_what_could_be_read_otherwise_is_refused(text: str) -> None:
    assert called(text) is None


def test_what_it_takes_for_no_expression_is_none_to_terraform(tmp_path: Path) -> None:
    """Every text of up to six of the signs that matter: evaluated, it calls nothing and refers to nothing."""
    texts = ["".join(each) for length in range(1, 7) for each in itertools.product("$%{\\", repeat=length)]
    plain = [text for each in texts if called(text := f'{each}file("/nowhere")}}') == set()]
    assert len(plain) > 1000
    (tmp_path / "main.tf.json").write_text(
        json.dumps({"output": {f"o{index}": {"value": text} for index, text in enumerate(plain)}})
    )
    for arguments in (["init"], ["apply", "-auto-approve"]):
        ended = subprocess.run(
            ["terraform", *arguments, "-input=false", "-no-color"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[:2000]
    said = json.loads(subprocess.check_output(["terraform", "output", "-json"], cwd=tmp_path))
    for index, text in enumerate(plain):
        assert said[f"o{index}"]["value"] == text.replace("$${", "${").replace("%%{", "%{")


PIECES = (
    "${",
    "%{",
    "$${",
    "%%{",
    "$",
    "%",
    "{",
    "}",
    '"',
    '\\"',
    "\\\\",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "~",
    "/*",
    "*/",
    "//",
    "#",
    "<<A\n",
    "A\n",
    "\n",
    " ",
    ".",
    ",",
    ":",
    "?",
    "=",
    "=>",
    "if ",
    "endif",
    "for x in y",
    "x",
    "1",
    "\u00a0",
    "f",
)


CALL = "abspath(1, 2, 3)"
"""A function that takes one argument: `validate` names each call of it as a mistake."""


def mistaken(outputs: dict[str, str], folder: Path) -> dict[str, str]:
    """Terraform's mistake in each output, by the line where it stands."""
    lines = [f'"{name}": {{"value": {json.dumps(text)}}}' for name, text in outputs.items()]
    (folder / "main.tf.json").write_text('{"output": {\n' + ",\n".join(lines) + "\n}}")
    said = subprocess.run(["terraform", "validate", "-json"], cwd=folder, capture_output=True, text=True, check=False)
    names = list(outputs)
    return {
        names[each["range"]["start"]["line"] - 2]: f"{each['summary']} {each['detail']}"
        for each in json.loads(said.stdout)["diagnostics"]
    }


def test_no_text_hides_a_call_that_terraform_makes(tmp_path: Path) -> None:
    """Thousands of texts of all that the language has, made by chance; those that can't be parsed go first."""
    chance = random.Random(11)
    outputs = {}
    for index in range(6000):
        pieces = chance.choices((*PIECES, "${", "${", "}", "}"), k=chance.randrange(1, 7))
        pieces.insert(chance.randrange(len(pieces) + 1), CALL)
        text = "".join(pieces)
        if (found := called(text)) is not None and "abspath" not in found:
            outputs[f"o{index}"] = text
    assert len(outputs) > 500
    outputs["control"] = f"${{{CALL}}}"
    for _ in range(20):
        mistakes = mistaken(outputs, tmp_path)
        if mistakes.keys() <= {"control"} or any("abspath" in each for each in mistakes.values()):
            break
        outputs = {name: text for name, text in outputs.items() if name not in mistakes}
    assert {name for name, each in mistakes.items() if "abspath" in each} == {"control"}
    assert len(outputs) > 500
