"""Checks of `secrets`: names as both stores take them, that find one secret, and that fit into a role's policy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tanada.declarations.checks.containers import containers
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.placeholders import Placeholder, known, mistakes, parts, secret
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.container import Container
from tanada.declared.secrets import (
    GENERATED,
    ROOM,
    Generated,
    credentials_of,
    faults,
    grouped,
    is_generated,
    place,
    references,
    written_out,
)
from tanada.names import LONGEST_WORKSPACE
from tanada.regions import partition
from tanada.text import quoted


def check_secrets(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, lambda scope: _scope(system, scope))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    words = {**words_of(system, scope)}
    for word in known(scope.parts):
        if word.endswith(".name"):  # a table's or a queue's, of letters, digits, _ and - alone
            words[word] = f"{words['environment']}_{word.removesuffix('.name')}_{words['system']}"
    for word in secret(scope.parts):
        part = word.rpartition(".")[0].replace(".", "/")
        words[word] = credentials_of(words["system"], words["environment"], part)
    of = partition(words["region"]), words["region"], words["account"]
    known_all = set(scope.homes) <= set(scope.parts)  # of one that isn't well nobody knows what is made for it
    made = {written(text, words) for text in _made(scope)} if known_all else None
    for name, service in scope.running.items():
        places: list[str] = []
        named = service.named(name)
        for loc, container in containers(name, named, scope.homes[name]):
            yield from _once(scope, loc, container)
            taken = [((*loc, "secrets", variable), text) for variable, text in references(container.secrets).items()]
            if container is named:  # the options of its router, too
                of_router = service.logs.references.items()
                taken += [((*loc, "logs", "firelens", "secrets", option), text) for option, text in of_router]
            for at, text in taken:
                if (address := _address(scope, text)) is not None:
                    sentence = f"{{{address}}} is an address, with : and //, and no name of a secret holds one"
                    yield mistake(scope.tree, at, f"{sentence}; take it out")
                    continue
                if any(mistakes(text, words)):
                    continue  # said by the check of texts
                filled = written(text, words)
                found = [*_of_workspaces(scope, text), *faults(filled, *of), *_of_nobody(filled, words, made)]
                yield from (mistake(scope.tree, at, sentence) for sentence in found[:1])
                places += [] if found else [place(filled, *of).resource]
        size = sum(map(written_out, grouped(places)))
        if size > ROOM:
            sentence = f"reading {len(places)} secrets takes {size:,} characters of a policy that has {ROOM:,} left"
            sentence = f"{sentence}; put them into folders such as /kakei/{{environment}}/, which one permission covers"
            also = [(*loc, "secrets") for loc, _ in containers(name, service, scope.homes[name])]
            yield mistake(scope.tree, (scope.homes[name], name, "secrets"), sentence, because=also)


def _made(scope: Scope) -> Iterator[str]:
    """The references of all values that are made here."""
    for name, service in scope.running.items():
        whole = service.named(name)
        for each, own in ((service, whole), *zip(service.sidecars.values(), whole.sidecars.values(), strict=True)):
            made = [variable for variable, secret in each.secrets.items() if isinstance(secret, Generated)]
            yield from (text for variable, text in references(own.secrets).items() if variable in made)


def _of_nobody(filled: str, words: Mapping[str, str], made: Collection[str] | None) -> Iterator[str]:
    """What lies among the values that Tanada makes, and is none of them."""
    if made is not None and is_generated(filled, words["system"], words["environment"]) and filled not in made:
        folder = f"/{words['system']}/{words['environment']}/{GENERATED}"
        yield (
            f"{quoted(filled)} lies in {folder}, where Tanada alone makes values, and nothing here says "
            "{generate: 64} of it; keep it elsewhere"
        )


def _once(scope: Scope, loc: Loc, container: Container) -> Iterator[Mistake]:
    for variable in container.secrets:
        if variable in container.variables:
            # ECS API reference, Secret: "must be unique and not shared with any … environment variables".
            sentence = f"{variable} is in variables too, and ECS takes each name once; take one of them out"
            also = (*loc, "variables", variable)
            yield mistake(scope.tree, (*loc, "secrets", variable), sentence, at_key=True, because=[also])


def words_of(system: Scopes, scope: Scope) -> Mapping[str, str]:
    """What placeholders stand for here; in the bare blueprint something like it."""
    account = system.accounts.get(scope.account) if scope.account is not None else None
    top = system.top.find(["system"])
    environment = {"environment": scope.name, "review": f"review-{'w' * LONGEST_WORKSPACE}"}.get(scope.kind, "example")
    domain = scope.domain or "example.jp"
    return {
        "environment": environment,
        "domain": domain,
        "url": f"https://{domain}",
        "region": account.region if account else "ap-northeast-1",
        "account": account.id if account else "1" * 12,
        "system": str(top.value) if top is not None and isinstance(top.value, str) else "system",
    }


def _address(scope: Scope, text: str) -> str | None:
    """An address, or an ARN, of a part that stands in a secret's name; what a store keeps in its secret is none."""
    for piece in parts(text):
        if isinstance(piece, Placeholder) and (part := scope.parts.get(piece.word.partition(".")[0])) is not None:
            word = piece.word.partition(".")[2]
            named = word == "name" and str(getattr(part.kind, "existing", None)).startswith("arn:")
            if named or (word in ("url", "public_url", "arn") and word not in part.kind.secret_words()):
                return piece.word
    return None


def written(text: str, words: Mapping[str, str]) -> str:
    """The text as it is where each placeholder stands for this."""
    return "".join(words[piece.word] if isinstance(piece, Placeholder) else str(piece) for piece in parts(text))


def _of_workspaces(scope: Scope, text: str) -> Iterator[str]:
    """In review a name's last six characters may be a workspace's, which nobody knows here."""
    name = text.partition(":")[0]
    if scope.kind == "review" and name.endswith("{environment}") and not text.startswith("/"):
        yield (
            f"the name {quoted(name)} ends like an ARN of Secrets Manager's where a workspace has six characters; put "
            "{environment} before the last slash, as in kakei/{environment}/key"
        )
