"""Fast or stock: the same files, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.fast.programs import ROOT, environment, files, run

CAPABILITIES = {file.parent.name: file.parent for file in sorted(ROOT.glob("tests/capabilities/*/system.yaml"))}


@pytest.fixture(scope="module")
def both(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What `everything.py` writes, fast and stock."""
    folder = tmp_path_factory.mktemp("both")
    written = []
    for way, switch in (("fast", "1"), ("stock", "0")):
        env = environment(folder / f"tmp-{way}", XDG_CACHE_HOME=str(filled), TANADA_FAST_LOAD=switch)
        systems = {"default": ROOT, **CAPABILITIES}
        done = run("everything.py", folder / way, *(f"{name}={each}" for name, each in systems.items()), env=env)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        written.append(files(folder / way))
    assert list((folder / "tmp-fast").iterdir()) == []
    return written[0], written[1]


@pytest.mark.slow
@pytest.mark.parametrize(("app", "stacks"), [("default", 6), ("hard", 3), ("small", 1)])
def test_both_ways_write_the_same(both: tuple[dict[str, bytes], dict[str, bytes]], app: str, stacks: int) -> None:
    fast, stock = written_by(both, app)
    assert sum(name.endswith("cdk.tf.json") for name in fast) == stacks
    assert fast == stock


@pytest.mark.slow
@pytest.mark.parametrize("capability", CAPABILITIES)
def test_both_ways_write_the_same_of_every_capability(
    both: tuple[dict[str, bytes], dict[str, bytes]], capability: str
) -> None:
    fast, stock = written_by(both, capability)
    assert any(name.endswith("cdk.tf.json") for name in fast)
    assert fast == stock


def written_by(both: tuple[dict[str, bytes], dict[str, bytes]], app: str) -> list[dict[str, bytes]]:
    return [{name: each for name, each in way.items() if name.startswith(f"{app}/")} for way in both]
