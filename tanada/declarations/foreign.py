"""What others call our fields, or what of theirs needs no field here: AWS Copilot, ECS, Terraform, compose.

A word is answered by its meaning; by letters alone `domain` would be "drain" and `mount_points` "entrypoint". Read from
the manifests of 36 systems that could move in, and from the references of Copilot's manifest, ECS's task definition,
`aws_ecs_service`, the modules of terraform-aws-modules, and the compose specification.

They stand in `foreign_words/`: below the names of models what to write here, or why nothing is, and the words that are
answered so, as Terraform writes them (`desired_count`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("foreign_words")


def said() -> Iterator[tuple[str, str, str]]:
    """The name of a model, a word, and what is said of it there."""
    import tomllib  # of all that is checked only a mistake needs it

    for file in sorted(FOLDER.iterdir()):
        for names, sentences in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for sentence, words in sentences.items():
                for name in names.split():
                    yield from ((name, word, sentence) for word in words.split())


@cache
def _answers() -> Mapping[tuple[str, str], str]:
    return {(name, word): sentence for name, word, sentence in said()}


def answer(model: type, word: str) -> str | None:
    """What to say of a field that the model has not; None where nobody calls anything so.

    `desiredCount` is `desired_count`, and what is said of a blueprint holds for environments and reviews.
    """
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).replace("-", "_").lower()
    named = [each.__name__ for each in model.__mro__]
    own = (*named, *(["Service"] if "Container" in named else []))  # a sidecar's words are a service's
    return next((answered for each in own if (answered := _answers().get((each, plain)))), None)
