"""What is kept, from the declaration to the refusal: on what a release applied, with the real terraform, offline."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.offline_system import OfflineSystem
from tests.releases.releases import Release, releases

pytestmark = [pytest.mark.terraform, pytest.mark.slow]


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """What a release applied, with the common layer of today, for which environments wait."""
    release = releases()[-1]
    system = release.here(tmp_path_factory.mktemp("applied"))
    system.must("plan", "common-main", "--offline")
    system.must("apply", "common-main", "--offline", "--yes")
    return replace(release, states=system.states())


@pytest.fixture
def system(applied: Release, tmp_path: Path) -> OfflineSystem:
    return applied.here(tmp_path)


def edit(system: OfflineSystem, old: str, new: str, file: str = "system.yaml") -> None:
    path = system.root / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_the_networks_range_is_refused_at_plan_in_one_sentence(system: OfflineSystem) -> None:
    edit(system, "cidr: 10.0.0.0/16", "cidr: 10.8.0.0/16")
    plan = system.plan("common-main")["common-main"]
    assert plan["status"] == "refused"
    assert "network.cidr can't change once applied" in plan["message"]
    assert "lifecycle" not in plan["message"]


def test_a_store_goes_in_two_steps_and_can_be_restored_until_then(system: OfflineSystem) -> None:
    edit(system, "reach: [backend, sessions]", "reach: [backend]")
    edit(system, '        SESSION_TABLE: "{sessions.name}"\n', "")
    system.must("plan", "environment-test", "--offline")
    system.must("apply", "environment-test", "--offline", "--yes")

    address = "aws_dynamodb_table.sessions_table"
    store = "  stores:\n    sessions: {table: {partition_key: id}}\n"
    edit(system, store, "")
    system.must("plan", "environment-test", "--offline")
    for named in ((), ("--destroy", address)):
        refused = system.run("apply", "environment-test", "--offline", "--yes", *named)
        assert refused.returncode == 2
        assert f"AWS protects {address} from deletion" in refused.stderr
        assert "write removal: delete beside it in stores" in refused.stderr

    edit(
        system,
        "      health_check: /healthz\n",
        f"      health_check: /healthz\n{store.replace('}}', '}, removal: delete}')}",
    )
    plan = system.plan("environment-test")["environment-test"]["summary"]
    assert [each["name"] for each in plan["outputs"]] == ["let_go"]
    [change] = [change for change in plan["changes"] if change["action"] == "update" and change["address"] == address]
    assert [each["path"] for each in change["differences"]] == ["deletion_protection_enabled"]
    [caution] = plan["cautions"]  # its restore points stay
    assert caution["words"] == f"what protects from loss goes: {address} (deletion protection)"
    system.must("apply", "environment-test", "--offline", "--yes")

    edit(system, store.replace("}}", "}, removal: delete}"), "")
    system.must("plan", "environment-test", "--offline")
    unnamed = system.run("apply", "environment-test", "--offline", "--yes")
    assert f"If that is meant, add --destroy '{address}'" in unnamed.stderr
    system.must("apply", "environment-test", "--offline", "--yes", "--destroy", address)


def test_an_environment_that_is_called_otherwise_meets_the_one_that_it_was(system: OfflineSystem) -> None:
    (system.root / "environments" / "test2.yaml").rename(system.root / "environments" / "stage.yaml")
    said = " ".join(system.must("plan", "--image", "web=1", "--image", "backend=1", "--offline").split())
    assert "environment-stage wants test2.example.jp, which environment-test2 has, though declared no more" in said
    assert "give its file back its name" in said
    assert "take that down first: tanada destroy environment-test2 --offline (what is kept is let go before" in said
    assert "/terraform.tfstate. To take it down: tanada destroy environment-test2 --offline" in said
    assert said.count("though declared no more") == 1
    # Of what is gone the configuration is empty, so to apply it is to destroy it.
    emptied = system.run("terraform", "environment-test2", "--offline", "--no-synth", "--", "apply", "-auto-approve")
    assert emptied.returncode == 2
    assert "environment-test2 is declared no more, and nothing that was applied of it says removal: delete" in " ".join(
        emptied.stderr.split()
    )
    refused = system.run("apply", "environment-stage", "--offline", "--yes")
    assert "environment-stage wants test2.example.jp" in refused.stderr
    assert refused.returncode != 0


def test_destroying_waits_for_the_word_to_be_applied(system: OfflineSystem) -> None:
    file = system.root / "environments" / "test2.yaml"
    file.write_text(f"{file.read_text()}removal: delete\n")
    refused = system.run("destroy", "environment-test2", "--offline", "--yes")
    assert refused.returncode == 2
    line = len(file.read_text().splitlines())
    assert f"removal: delete is written in environments/test2.yaml:{line}, but what was last applied" in refused.stderr
    whole = system.run("terraform", "environment-test2", "--offline", "--no-synth", "--", "destroy", "-auto-approve")
    assert whole.returncode == 2
    assert "but what was last applied is kept" in whole.stderr
    system.must("plan", "environment-test2", "--offline", "--no-synth")
    system.must("apply", "environment-test2", "--offline", "--no-synth", "--yes")

    file.unlink()  # what was let go may be taken down without it
    state = system.root / ".tanada" / "offline" / "environment-test2" / "terraform.tfstate"
    held = len(json.loads(state.read_text())["resources"])
    assert held > 20
    listed = system.must("terraform", "environment-test2", "--offline", "--", "state", "list")
    assert "aws_dynamodb_table.sessions_table" in listed
    said = system.must("destroy", "environment-test2", "--offline", "--yes", "--no-synth")
    assert "environment-test2: " in said
    assert json.loads(state.read_text())["resources"] == []
    again = system.run("destroy", "environment-test2", "--offline", "--yes")
    assert "There is no stack" in again.stderr
