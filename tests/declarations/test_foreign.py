"""Words of others are answered by what they mean, and only words that we have are offered."""

from __future__ import annotations

import re

from tanada.declarations.foreign import answer, said
from tanada.declarations.model_info import written_fields
from tanada.declared.blueprint import Blueprint, Environment, Review
from tanada.declared.common import CommonLayer
from tanada.declared.jobs import Job
from tanada.declared.model import Model
from tanada.declared.service import Service
from tanada.declared.sidecar import Sidecar
from tanada.declared.store import Store
from tanada.declared.system import SystemFile
from tanada.declared.tasks import Task
from tanada.declared.topic import Topic


def models(model: type[Model]) -> dict[str, type[Model]]:
    """All that are declared, by their names."""
    found = {model.__name__: model}
    for below in model.__subclasses__():
        found |= models(below)
    return found


MODELS = models(Model)
WORDS = [*said()]


def test_there_are_many_and_none_is_a_field_by_now() -> None:
    assert len(WORDS) > 200
    assert {name for name, _, _ in WORDS} <= set(MODELS)
    assert [(name, word) for name, word, _ in WORDS if word in written_fields(MODELS[name])] == []
    assert len({(name, word) for name, word, _ in WORDS}) == len(WORDS), "no word is answered twice"
    assert all(re.fullmatch(r"[a-z0-9_]+", word) for _, word, _ in WORDS), "as they are looked up"


def test_what_they_say_to_write_is_there() -> None:
    for name, word, sentence in WORDS:
        if sentence.startswith("write "):
            first = re.findall(r"[a-z_]+", sentence)[1]
            others: dict[str, type[Model]] = {"of the service": Service, "of the store": Store, "of the topic": Topic}
            where = next((model for words, model in others.items() if words in sentence), MODELS[name])
            assert first in written_fields(where), (name, word, sentence)


def test_what_a_service_has_and_a_task_has_not_is_answered() -> None:
    assert [
        field for field in written_fields(Service) if field not in written_fields(Task) and not answer(Task, field)
    ] == []


def test_a_file_of_variables_is_answered_by_what_to_write_instead() -> None:
    for model in (Service, Sidecar, Job, Task):
        answered = answer(model, "env_file")
        assert answered is not None
        assert answered.startswith("write variables, a line of the file each, and secrets for what nobody may read")
        assert answer(model, "environmentFiles") == answered


def test_however_it_is_spelt() -> None:
    assert answer(Service, "desiredCount") == answer(Service, "desired-count") == answer(Service, "DESIRED_COUNT")
    assert answer(Environment, "jobs") == answer(Review, "jobs") == answer(Blueprint, "jobs")
    assert answer(CommonLayer, "desired_count") is None
    assert answer(SystemFile, "prot") is None
