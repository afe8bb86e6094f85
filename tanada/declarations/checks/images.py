"""Checks of images from elsewhere: what opens their registry is a whole secret."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.checks.containers import containers
from tanada.declarations.checks.secrets import words_of, written
from tanada.declarations.mistakes import Mistake
from tanada.declarations.placeholders import mistakes
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.image import Elsewhere, repository
from tanada.declared.secrets import faults, place
from tanada.regions import partition
from tanada.text import quoted


def check_images(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, lambda scope: _scope(system, scope))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    words = words_of(system, scope)
    of = partition(words["region"]), words["region"], words["account"]
    for way, container in (
        each for name, service in scope.running.items() for each in containers(name, service, scope.homes[name])
    ):
        image = container.image
        if not isinstance(image, Elsewhere) or image.credentials is None or any(mistakes(image.credentials, words)):
            continue
        loc = (*way, "image", "credentials")
        text = written(image.credentials, words)
        if repository(image.from_) is not None:
            sentence = "ECR's registries ask the role that starts tasks, not for a password; take it out"
            yield mistake(scope.tree, loc, sentence, at_key=True)
        elif found := next(faults(text, *of), None):
            yield mistake(scope.tree, loc, found)
        elif place(text, *of).store != "secretsmanager" or place(text, *of).value_from.endswith("::"):
            # ECS API reference, RepositoryCredentials: a secret as JSON with both keys.
            # Right behind its field it would be hidden, as a password is that somebody writes there.
            what = f"the path {quoted(text)}" if text.startswith("/") else quoted(text)
            sentence = (
                f"{what} is no whole secret in Secrets Manager; ECS takes one that is JSON, with username and "
                "password in it"
            )
            yield mistake(scope.tree, loc, sentence)
