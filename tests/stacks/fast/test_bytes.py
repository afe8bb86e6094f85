"""Fast or stock: the same files, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.stacks.fast.programs import ROOT, environment, files, run

APPS = {"default": 6, "hard": 3, "small": 1}
"""How many stacks each has."""
CAPABILITIES = {file.parent.name: file.parent for file in sorted(ROOT.glob("tests/capabilities/*/system.yaml"))}


def types(written: dict[str, bytes], system: str) -> frozenset[str]:
    """The types of resources of a system, with each block and argument that they say."""
    found: set[str] = set()
    for name, content in written.items():
        if name.startswith(f"{system}/") and name.endswith("cdk.tf.json"):
            for type_, named in json.loads(content).get("resource", {}).items():
                found |= {f"{type_}.{argument}" for each in named.values() for argument in each}
    return frozenset(found)


def with_all(written: dict[str, bytes]) -> list[str]:
    """Systems that say all that any says of any type, each of them something that those before don't."""
    left, chosen = set[str]().union(*(types(written, each) for each in CAPABILITIES)) - types(written, "default"), []
    while left:
        best = max(CAPABILITIES, key=lambda each: len(left & types(written, each)))
        left -= types(written, best)
        chosen.append(best)
    return chosen


@pytest.fixture(scope="module")
def both(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What `everything.py` writes: fast all systems, stock as many as it takes to say everything once."""
    folder = tmp_path_factory.mktemp("both")

    def write(way: str, switch: str, systems: dict[str, Path]) -> dict[str, bytes]:
        env = environment(folder / f"tmp-{way}", XDG_CACHE_HOME=str(filled), TANADA_FAST_LOAD=switch)
        done = run("everything.py", folder / way, *(f"{name}={each}" for name, each in systems.items()), env=env)
        assert (done.returncode, done.stderr) == (0, "")
        return files(folder / way)

    fast = write("fast", "1", {"default": ROOT, **CAPABILITIES})
    assert list((folder / "tmp-fast").iterdir()) == []
    chosen = with_all(fast)
    stock = write("stock", "0", {"default": ROOT, **{name: CAPABILITIES[name] for name in chosen}})
    return {name: each for name, each in fast.items() if name.split("/")[0] in {*APPS, *chosen}}, stock


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
    assert fast == stock
