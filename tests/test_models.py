"""What is known of models beforehand is what pydantic works out: the same values, the same words, the same fields."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.models import HOLDER

ROOT = Path(__file__).parents[1]
TOLD = f"""
import importlib, itertools, json, pathlib, sys
from tanada import models
if sys.argv[1] == "known":
    models.install()
importlib.import_module({HOLDER!r})
from pydantic import ValidationError
from pydantic_core import PydanticUndefined
from pydantic._internal import _generate_schema
from scripts.models import of_tanada

VALUES = [None, "", "a", "1", "web", "7d", "30s", "64MiB", "true", "example.jp", -1, 80, 0.5, True, [], ["a"], {{}}]
VALUES += [{{"a": "b"}}, {{"a": {{}}}}, {{"min": "1", "max": "2"}}, "arn:aws:iam::111111111111:role/a"]

def told(cls, data):
    try:
        made = cls.model_validate(data)
    except ValidationError as error:
        return [(each["type"], each["loc"], each["msg"]) for each in error.errors()]
    except Exception as error:  # an abstract class; what a validator raises of values that none before it refused
        return [type(error).__name__, str(error)]
    try:
        return [repr(made), made.model_dump_json(), sorted(made.model_fields_set), hash(made) == hash(made)]
    except TypeError:  # of what has dictionaries nothing is to be hashed
        return [repr(made), made.model_dump_json(), sorted(made.model_fields_set)]

asked = []
made = _generate_schema.GenerateSchema.generate_schema
_generate_schema.GenerateSchema.generate_schema = lambda self, it: asked.append(it) or made(self, it)
classes = sorted(of_tanada(), key=lambda cls: f"{{cls.__module__}}.{{cls.__qualname__}}")
# Before any field is read.
said = [(cls.__qualname__, [name for name in cls.__pydantic_fields__ if hasattr(cls, name)]) for cls in classes]
for cls in classes:
    said.append((cls.__qualname__, told(cls, {{}}), told(cls, "a"), told(cls, None)))
    for name in cls.model_fields:
        said += [(name, each, told(cls, {{name: each}})) for each in VALUES]
worked_out = len(asked)
for cls in classes:
    fields = [(name, repr(field), repr(field.annotation)) for name, field in cls.model_fields.items()]
    said.append((cls.__qualname__, fields, sorted(cls.__class_vars__), str(cls.__signature__)))
    said.append([name for name in cls.model_fields if hasattr(cls, name)])
said.append(classes[-1].model_json_schema())
from tanada.declared.system import SystemFile
said.append(SystemFile.model_json_schema())
print(bool(models._known), worked_out)
pathlib.Path(sys.argv[2]).write_text(json.dumps(said, default=repr, indent=1))
"""
HASHES = {**os.environ, "PYTHONHASHSEED": "0"}


def run(program: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, env=HASHES
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_values_errors_and_fields_are_those_that_pydantic_makes(tmp_path: Path) -> None:
    known, stock = tmp_path / "known", tmp_path / "stock"
    assert run(TOLD, "known", known) == "True 0"
    assert run(TOLD, "stock", stock).startswith("False ")
    assert len(known.read_text().splitlines()) > 50_000
    told, expected = without_places(known), without_places(stock)
    assert told == expected, [pair for pair in zip(told, expected, strict=False) if pair[0] != pair[1]][:3]


def without_places(file: Path) -> list[str]:
    """Where functions lie in memory is in what they are shown as."""
    return re.sub(r" at 0x[0-9a-f]+", "", file.read_text()).splitlines()


def test_the_schema_of_every_model_can_be_said_in_words() -> None:
    """A function that no name leads to would make its class, and all that hold it, slow to import."""
    assert run(WORDS).startswith("[] of ")


WORDS = f"""
import importlib
importlib.import_module({HOLDER!r})
from scripts.models import UnnamedError, Writer, of_tanada
writer, unnamed, classes = Writer(), [], list(of_tanada())
for cls in classes:
    try:
        writer.schema(cls)
    except UnnamedError as error:
        unnamed.append((cls, error))
print(unnamed, "of", len(classes))
assert len(classes) > 90
"""


ASIDE = """
import pathlib, sys
from tanada import models
models.FILE, models.ROOT = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
models.install()
from tanada.declared.mail import Mail
print(bool(models._known), Mail.model_validate({"domain": "example.jp"}).domain)
"""


def test_nothing_of_other_sources_or_of_a_damaged_file_is_used(tmp_path: Path) -> None:
    file, sources = tmp_path / "models", tmp_path / "tanada"
    shutil.copytree(ROOT / "tanada", sources, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    content = (ROOT / "tanada/stacks/fast/shipped/models").read_bytes()
    file.write_bytes(content)
    assert run(ASIDE, file, sources) == "True example.jp"
    for other in (content[:-1], content[:-9] + b"?" + content[-8:], bytes(64) + content[64:], b""):
        file.write_bytes(other)
        assert run(ASIDE, file, sources) == "False example.jp"
    file.write_bytes(content)
    edited = sources / "declared" / "mail.py"
    text = edited.read_text()
    edited.write_text(text.replace("Mail", "Male"))  # of the same length
    assert len(edited.read_text()) == len(text)
    assert run(ASIDE, file, sources) == "False example.jp"
    edited.unlink()
    assert run(ASIDE, file, sources) == "False example.jp"


AT_ONCE = """
import sys, threading
from tanada import models
models.install()
from tanada.declared.blueprint import Environment, Review
sys.setswitchinterval(1e-6)
seen, start = [], threading.Barrier(8)
def look():
    start.wait()
    for model in (Review, Environment):
        fields = model.model_fields
        seen.append(("services" in fields, fields["services"].is_required(), len(fields)))
threads = [threading.Thread(target=look) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
print(bool(models._known), len(set(seen)), len(seen))
"""


def test_many_threads_may_ask_for_fields_at_once() -> None:
    assert run(AT_ONCE) == "True 2 16"


@pytest.mark.parametrize("asked", ["values", "items", "get", "copy", "merged"])
def test_whoever_asks_for_fields_in_any_way_gets_them(asked: str) -> None:
    program = f"""
from tanada import models
models.install()
from tanada.declared.mail import Mail
fields = Mail.__pydantic_fields__
assert type(fields).__name__ == "_Fields", type(fields)
asked = {{
    "values": lambda: list(fields.values()),
    "items": lambda: [each for _, each in fields.items()],
    "get": lambda: [fields.get(name) for name in list(fields)],
    "copy": lambda: list(dict(fields).values()),
    "merged": lambda: list({{**fields}}.values()),
}}[{asked!r}]()
print(len(asked), {{type(each).__name__ for each in asked}})
"""
    count = int(run("from tanada.declared.mail import Mail; print(len(Mail.model_fields))"))
    assert run(program) == f"{count} {{'FieldInfo'}}"
