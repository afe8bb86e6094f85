"""From a folder to a system: finding the files, merging their layers, gathering all mistakes of all files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tanada.declarations import common_settings, extending
from tanada.declarations.alike import alike
from tanada.declarations.checks import CHECKS
from tanada.declarations.defaults import behind_the_only_one, in_time_zone, lay_below, with_addresses
from tanada.declarations.folder import REVIEW_FILE, environment_name, file_names, read_file
from tanada.declarations.merge import merge, settled
from tanada.declarations.mistakes import Mistake, Position
from tanada.declarations.root import SYSTEM_FILE
from tanada.declarations.scopes import Known, Scopes, broken_by, in_some
from tanada.declarations.tree import BROKEN, OVERRIDE, Node, empty, override_at, with_source
from tanada.declarations.validation import validate
from tanada.declared.blueprint import Environment, Review, groups
from tanada.declared.system import System, SystemFile
from tanada.errors import DeclarationError
from tanada.text import nearest


@dataclass(frozen=True)
class Declarations:
    """A checked system beside the trees that it was made of, for whoever asks where a value comes from."""

    system: System
    accounts: Node
    """The `accounts` of system.yaml, each with its merged common layer."""
    environments: Mapping[str, Node]
    review: Node | None
    name: Node
    """The `system` of system.yaml."""
    texts: Mapping[str, str]
    """What the files say, by their names; trees hold no comments."""
    files: Mapping[str, Node]
    """The trees of the files, before any was laid over another."""
    scopes: Scopes
    """What the checks looked at."""


def load(root: Path) -> System:
    """The system that a folder declares; raises DeclarationError with every mistake in it."""
    return compose(root).system


def compose(
    root: Path, known: Mapping[str, Known] | None = None, without: Collection[str] = frozenset()
) -> Declarations:
    """The system that a folder declares, with its trees; raises DeclarationError with every mistake in it.

    The files of what is `known` (by their names) are not read; they count where environments are looked at together,
    and are left out of the system. A mistake that concerns one of them is a DoubtError. Files of environments that it
    shall do `without` are as if they were not there.
    """
    mistakes: list[Mistake] = []
    names = [file for file in file_names(root, mistakes) if file not in without]
    known = {file: known[file] for file in names if file in known} if known else {}
    read = {
        file: found for file in names if file not in known and (found := read_file(root, file, mistakes)) is not None
    }
    files, texts = {file: tree for file, (tree, _) in read.items()}, {file: text for file, (_, text) in read.items()}
    if SYSTEM_FILE not in files:
        raise DeclarationError.of(mistakes)

    top = _with_merged_accounts(files[SYSTEM_FILE])
    blueprint = _without_emptied(_blueprint(top))
    mistakes += _of_defaults(blueprint, [tree for file, tree in files.items() if file != SYSTEM_FILE])
    top = _with_blueprint(top)
    own, wrong = alike(common_settings.layered(blueprint).blueprint)
    own = in_time_zone(own, top.mapping.get("time_zone"))
    mistakes += wrong
    instances = {}
    for file, tree in files.items():
        if file != SYSTEM_FILE:
            instances[file], wrong = _instance(top, blueprint, tree)
            title = "review" if file == REVIEW_FILE else f"environment {environment_name(file)}"
            mistakes += _inherited(_new(wrong, mistakes), title, instances[file])
    review_tree = instances.pop(REVIEW_FILE, None)
    trees = {environment_name(file): tree for file, tree in instances.items()}

    blueprint = own
    system_file, wrong = validate(SystemFile, top)
    mistakes += _new(wrong, mistakes)
    environments: dict[str, Environment] = {}
    for name, tree in trees.items():
        environment, wrong = validate(Environment, tree, over=True)
        mistakes += _inherited(_new(wrong, mistakes), f"environment {name}", tree)
        if environment is not None:
            environments[name] = environment
    review_model: Review | None = None
    if review_tree is not None:
        review_model, wrong = validate(Review, review_tree, over=True)
        mistakes += _inherited(_new(wrong, mistakes), "review", review_tree)

    scopes = Scopes.of(top, blueprint, trees, review_tree, known)
    of_forms = tuple(mistakes)
    checked = (mistake for check in CHECKS for mistake in check(scopes))
    mistakes += _breaking_once(_new(checked, of_forms))
    mistakes += extending.wrong(root, scopes)
    mistakes = [*common_settings.once(mistakes)]
    if mistakes or system_file is None:
        raise DeclarationError.of(mistakes)
    system = System(
        name=system_file.system,
        accounts=system_file.accounts,
        blueprint=system_file.blueprint,
        environments=environments,
        review=review_model,
    )
    return Declarations(
        system, top.mapping["accounts"], trees, review_tree, top.mapping["system"], texts, files, scopes
    )


def _of_defaults(blueprint: Node, files: Iterable[Node]) -> list[Mistake]:
    """What is wrong with defaults by themselves; raises DeclarationError where they are too many to be laid out."""
    found = [*common_settings.wrong(blueprint)]
    for file in (None, *files):
        found += common_settings.wrong(file) if file is not None else ()
        if (flood := common_settings.too_many(blueprint, file)) is not None:
            raise DeclarationError.of([*found, flood])
    return found


def _with_blueprint(top: Node) -> Node:
    """With the blueprint's defaults laid under its parts, and what is like something else as it is then."""
    if (blueprint := top.mapping.get("blueprint")) is None:
        return top
    laid = in_time_zone(alike(common_settings.layered(blueprint).blueprint)[0], top.mapping.get("time_zone"))
    return replace(top, value={**top.mapping, "blueprint": laid})


def _inherited(wrong: Iterable[Mistake], title: str, tree: Node) -> Iterator[Mistake]:
    """What the blueprint says is well by itself, so that it is wrong with what this file says: there, where it is
    known which of its words that is."""
    for mistake in wrong:
        if mistake.place.file != SYSTEM_FILE:
            yield mistake
            continue
        override = next(filter(None, (override_at(tree, loc) for loc in mistake.rests_on)), None)
        yield broken_by(override, mistake) if override is not None else in_some(mistake, [title])


def _new(wrong: Iterable[Mistake], known: Iterable[Mistake]) -> list[Mistake]:
    """Without what was said of the same value already: a mistake in the blueprint is one, not one an environment."""
    places = {(mistake.place, mistake.path) for mistake in known}
    return [mistake for mistake in wrong if (mistake.place, mistake.path) not in places]


def _breaking_once(mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """What one override breaks is one mistake, and more of the kind are counted."""
    breaking: dict[tuple[Position, str], dict[Mistake, None]] = {}
    for mistake in mistakes:
        if mistake.breaks:
            breaking.setdefault((mistake.place, mistake.path), {})[mistake] = None
        else:
            yield mistake
    for first, *more in breaking.values():
        yield replace(first, sentence=f"{first.sentence} (and {len(more)} more)") if more else first


def _with_merged_accounts(top: Node) -> Node:
    """system.yaml's tree with each account's common layer laid over the one that all share."""
    values = dict(top.mapping)
    missing = empty(SYSTEM_FILE)
    if any(nearest(word, ["common"]) for word in set(values) - set(SystemFile.model_fields)):
        missing = replace(missing, value=BROKEN)  # misspelt, which is said of the field itself
    common = with_source(values.get("common", missing), "common")
    accounts = values.get("accounts")
    if "blueprint" in values:
        values["blueprint"] = with_source(values["blueprint"], "blueprint")
    values["common"] = common
    if accounts is not None and isinstance(accounts.value, Mapping):
        shared = common if isinstance(common.value, Mapping) else replace(common, value=BROKEN)
        tags = values.get("tags")
        merged = {name: _with_tags(_with_common(account, shared), tags) for name, account in accounts.value.items()}
        values["accounts"] = replace(accounts, value=merged)
    if "common" not in top.mapping:
        del values["common"]
    return settled(replace(top, value=values))


def _blueprint(top: Node) -> Node:
    """The blueprint; where there is none, which is a mistake by itself, one in which nothing is well."""
    said = top.mapping.get("blueprint", _broken(empty(SYSTEM_FILE)))
    return said if isinstance(said.value, Mapping) else replace(said, value=dict.fromkeys(groups(), _broken(said)))


def _without_emptied(blueprint: Node) -> Node:
    """With the parts that are there by name alone, or are none, as what they are, mistakes: nothing is to be said of
    them again."""
    values = dict(blueprint.mapping)
    for group in groups():
        if (node := values.get(group)) is not None and isinstance(node.value, Mapping):
            emptied = {name: _broken(removal.by) for name, removal in node.removed.items()}
            others = {
                name: each if isinstance(each.value, Mapping) else _broken(each) for name, each in node.value.items()
            }
            values[group] = replace(node, value={**others, **emptied})
        elif node is not None:
            values[group] = _broken(node)
    return replace(blueprint, value=values)


def _broken(node: Node) -> Node:
    return replace(node, value=BROKEN)


def _with_common(account: Node, common: Node) -> Node:
    return _with_images(_merged(account, common))


def _with_tags(account: Node, system: Node | None) -> Node:
    """With its tags laid over the system's, and its common layer's over these."""
    if not isinstance(account.value, Mapping):
        return account
    account = _over(account, system)
    common = account.mapping.get("common")
    if common is None or not isinstance(common.value, Mapping):
        return account
    common = _over(common, account.mapping.get("tags"))
    return replace(account, value={**account.mapping, "common": common})


def _over(node: Node, tags: Node | None) -> Node:
    """With its `tags` laid over others."""
    return node if tags is None or tags.value is None else merge(replace(node, value={"tags": tags}), node)


def _with_images(account: Node) -> Node:
    """With the images that are there by name alone as what they are, mistakes."""
    common = account.mapping.get("common")
    images = common.mapping.get("images") if common is not None else None
    if common is None or images is None or not isinstance(images.value, Mapping):
        return account
    emptied = {name: replace(each.by, value=BROKEN) for name, each in images.removed.items() if not each.effective}
    images = replace(images, value={**images.value, **emptied})
    common = replace(common, value={**common.mapping, "images": images})
    return replace(account, value={**account.mapping, "common": common})


def _merged(account: Node, common: Node) -> Node:
    if not isinstance(account.value, Mapping):
        return account
    own = account.mapping.get("common")
    upper = (
        account if own is None else replace(account, value={**account.mapping, "common": with_source(own, OVERRIDE)})
    )
    return merge(replace(account, value={"common": common}), upper)


def _instance(top: Node, blueprint: Node, file: Node) -> tuple[Node, list[Mistake]]:
    """The blueprint with what a file says laid over it, and the tags and defaults of its account laid below; what is
    like something else is so here, too."""
    account = file.find(["account"])
    name = account.value if account is not None and isinstance(account.value, str) else ""
    tags = top.find(["accounts", name, "tags"])
    if tags is not None and isinstance(blueprint.value, Mapping):
        blueprint = replace(blueprint, value={**blueprint.mapping, "tags": tags})
    layers = common_settings.layered(blueprint, file)
    assert layers.file is not None
    blueprint, file = layers.blueprint, layers.file
    merged, mistakes = alike(merge(replace(blueprint, at=file.at, key=file.key, path=(), source=file.source), file))
    merged = in_time_zone(merged, top.mapping.get("time_zone"))
    protected = top.find(["accounts", name, "protected"])
    if (balancers := top.find(["accounts", name, "common", "load_balancers"])) is not None:
        merged = behind_the_only_one(merged, tuple(balancers.mapping))
    merged = with_addresses(merged, top.find(["accounts", name, "common", "addresses"]))
    return (lay_below(merged) if protected is not None and protected.value == "true" else merged), mistakes
