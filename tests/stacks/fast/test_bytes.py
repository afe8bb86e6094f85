"""Fast or stock: the same files, to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stacks.fast.programs import ROOT, environment, files, run

APPS = {"default": 6, "hard": 3, "small": 1}
"""How many stacks each has."""
CAPABILITIES = {file.parent.name: file.parent for file in sorted(ROOT.glob("tests/capabilities/*/system.yaml"))}


Stack = tuple[str, str]
"""A system, and the name of one of its stacks."""


def place(stack: Stack) -> str:
    return f"{stack[0]}/cdktf.out/stacks/{stack[1]}/"


def ways(value: object, at: str) -> Iterator[str]:
    """The ways to all that stands in a resource, and whether it refers to something or says it."""
    yield at
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ways(each, f"{at}.{name}" if not at.endswith(".tags") else at)
    elif isinstance(value, list):
        for each in value:
            yield from ways(each, at)
    else:
        yield f"{at}: {type(value).__name__}{' with a reference' * ('${' in str(value))}"


def said(written: dict[str, bytes]) -> dict[Stack, frozenset[str]]:
    """Of each stack all that it says of any type of resource."""
    found: dict[Stack, frozenset[str]] = {}
    for name, content in written.items():
        if name.endswith("/cdk.tf.json") and "/cdktf.out/" in name:
            system, *_, stack, _ = name.split("/")
            resources = json.loads(content).get("resource", {}).items()
            found[system, stack] = frozenset(
                way for type_, named in resources for each in named.values() for way in ways(each, type_)
            )
    return found


def with_all(written: dict[str, bytes]) -> list[Stack]:
    """Stacks that say all that any says of any type, each of them something that those before don't."""
    each_says, chosen = said(written), list[Stack]()
    known = frozenset[str]().union(*(says for (system, _), says in each_says.items() if system == "default"))
    while left := {stack: new for stack, says in each_says.items() if (new := says - known)}:
        chosen.append(max(left, key=lambda stack: len(left[stack]) / len(written[f"{place(stack)}cdk.tf.json"])))
        known |= each_says[chosen[-1]]
    return chosen


@pytest.fixture(scope="module")
def both(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What `everything.py` writes: fast all systems, stock as many stacks as it takes to say everything once."""
    folder = tmp_path_factory.mktemp("both")

    def write(way: str, switch: str, *systems: str) -> dict[str, bytes]:
        env = environment(folder / f"tmp-{way}", XDG_CACHE_HOME=str(filled), TANADA_FAST_LOAD=switch)
        done = run("everything.py", folder / way, f"default={ROOT}", *systems, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        return files(folder / way)

    fast = write("fast", "1", *(f"{name}={each}" for name, each in CAPABILITIES.items()))
    assert list((folder / "tmp-fast").iterdir()) == []
    chosen = with_all(fast)
    names = {system: ",".join(stack for of, stack in chosen if of == system) for system, _ in chosen}
    stock = write("stock", "0", *(f"{name}={CAPABILITIES[name]}={stacks}" for name, stacks in names.items()))
    places = (*(f"{app}/" for app in APPS), *map(place, chosen))
    fast, stock = ({name: each for name, each in way.items() if name.startswith(places)} for way in (fast, stock))
    return fast, stock


@pytest.mark.slow
@pytest.mark.parametrize("app", APPS)
def test_both_ways_write_the_same(both: tuple[dict[str, bytes], dict[str, bytes]], app: str) -> None:
    fast, stock = ({name: each for name, each in way.items() if name.startswith(f"{app}/")} for way in both)
    assert sum(name.endswith("cdk.tf.json") for name in fast) == APPS[app]
    assert fast == stock


@pytest.mark.slow
def test_both_ways_write_the_same_of_whatever_capabilities_say(
    both: tuple[dict[str, bytes], dict[str, bytes]],
) -> None:
    fast, stock = both
    assert len({name.split("/")[0] for name in fast}) > len(APPS) + 5
    assert {name.split("/")[0] for name in stock} == {name.split("/")[0] for name in fast}
    assert fast == stock
