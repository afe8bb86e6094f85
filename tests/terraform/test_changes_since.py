"""Which stacks differ since a commit: a team's repository in git, its main.py a stand-in that writes settings.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada.errors import TerraformError
from tanada.terraform.changes_since import Changed, maker_change, what_changed
from tanada.terraform.process import Processes
from tests.terraform.repository import ENVIRON, commit, git, repository
from tests.terraform.team import ENVIRONMENTS, MAIN, REVIEW, SYSTEM

STACKS = ["common-main", "common-production", "environment-test", "environment-www", "review"]


class Team:
    """A system below `infra/` of a repository, with one commit on `main`."""

    def __init__(self, folder: Path) -> None:
        self.repository = repository(folder)
        self.root = folder / "infra"
        for name, text in {
            "system.yaml": SYSTEM,
            "workspaces/review.yaml": REVIEW,
            **{f"environments/{name}.yaml": text for name, text in ENVIRONMENTS.items()},
            "main.py": MAIN,
            ".gitignore": ".tanada/\ncdktf.out/\n",
        }.items():
            self.write(name, text)
        self.stacks: dict[str, Any] = {name: {"resource": {"terraform_data": {"web": {"input": 1}}}} for name in STACKS}
        self.base = self.commit()

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def settle(self, **more: Any) -> None:
        self.write("settings.json", json.dumps({"stacks": self.stacks, **more}))

    def commit(self, **more: Any) -> str:
        self.settle(**more)
        return commit(self.repository)

    def changed(self, ref: str = "main", **environ: str) -> Changed:
        return what_changed(self.root, {**ENVIRON, **environ}, Processes(), ref)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path / "shop")


def test_nothing_differs_where_nothing_changed(team: Team) -> None:
    assert team.changed() == Changed(team.base)


def test_what_is_not_committed_counts(team: Team) -> None:
    team.stacks["environment-test"]["resource"]["terraform_data"]["web"]["input"] = 2
    team.settle()
    changed = team.changed()
    assert changed.stacks == ("environment-test",)
    assert changed.configuration == {"environment-test": ("~ terraform_data.web: input",)}
    assert changed.reason is None


def test_compared_is_where_head_parted_not_where_main_is_now(team: Team) -> None:
    git(team.repository, "switch", "--quiet", "--create", "feature")
    team.stacks["review"]["output"] = {"url": {"value": "x"}}
    team.commit()
    git(team.repository, "switch", "--quiet", "main")
    del team.stacks["review"]["output"]
    team.stacks["common-main"]["output"] = {"contract": {"value": 2}}
    team.commit()
    git(team.repository, "switch", "--quiet", "feature")
    changed = team.changed()
    assert (changed.base, changed.stacks) == (team.base, ("review",))
    assert changed.configuration["review"] == ("+ output.url",)


def test_stacks_that_came_and_went(team: Team) -> None:
    team.write("environments/new.yaml", "account: main\ndomain: new.example.jp\n")
    (team.root / "environments" / "test.yaml").unlink()
    team.stacks["environment-new"] = team.stacks.pop("environment-test")
    team.settle()
    changed = team.changed()
    assert (changed.stacks, changed.gone) == (("environment-new",), ("environment-test",))
    assert changed.configuration["environment-new"] == ("+ terraform_data.web",)
    assert changed.declaration["environment-test"][0].old_line


def test_the_line_that_did_it_is_told(team: Team) -> None:
    team.replace("system.yaml", "images: [web]", "images: [web, tool]   # the nightly report")
    (change,) = team.changed().declaration["common-main"]
    assert (change.file, change.line, change.comment) == ("system.yaml", 13, "the nightly report")
    assert (change.before, change.after) == ("[web]", "[web, tool]")


def test_notes_alone_are_no_difference(team: Team) -> None:
    team.stacks["review"]["//"] = {"metadata": "x"}
    team.settle()
    assert team.changed().stacks == ()


def every_stack(changed: Changed, running: str | None = None) -> str:
    """The reason why all stacks count, but for the file that changed and decides what runs."""
    assert list(changed.stacks) == STACKS
    assert changed.configuration == {}
    assert changed.reason is not None
    if running is None:
        return changed.reason
    said = f" What decides what runs changed (infra/{running}), so every stack counts as changed."
    assert changed.reason.endswith(said)
    return changed.reason.removesuffix(said)


def test_a_base_that_does_not_synthesize_makes_every_stack_count(team: Team) -> None:
    team.write("main.py", 'import sys\nsys.stderr.write("system.yaml:3:1: no good\\nand more\\n")\nsys.exit(2)\n')
    broken = team.commit()
    team.write("main.py", MAIN)
    team.replace("system.yaml", "port: 3000", "port: 3001")
    team.settle()
    changed = team.changed()
    assert every_stack(changed, "main.py") == (
        f"{broken[:12]} doesn't synthesize, so every stack counts as changed: system.yaml:3:1: no good"
    )
    assert changed.declaration["environment-test"][0].after == "3001"


def test_a_file_that_names_what_is_in_one_that_did_not_change_is_compared(team: Team) -> None:
    """A site's publishers are another environment's, which needn't be read where nothing names it."""
    said = team.root.joinpath("environments/www.yaml").read_text()
    team.write("environments/www.yaml", said + "sites: {press: {hosts: [press], publishers: [test.web]}}\n")
    team.stacks["environment-www"] = {"resource": {}}
    team.settle()
    changed = team.changed()
    assert changed.stacks == ("environment-www",)
    assert any("publishers" in str(each) for each in changed.declaration["environment-www"]), changed.declaration


def test_of_a_base_that_fails_otherwise_the_last_line_is_said(team: Team) -> None:
    team.replace("main.py", "import json", "import nothing_like_it, json")
    broken = team.commit()
    team.write("main.py", MAIN)
    assert every_stack(team.changed(), "main.py") == (
        f"{broken[:12]} doesn't synthesize, so every stack counts as changed: "
        "ModuleNotFoundError: No module named 'nothing_like_it'"
    )


@pytest.mark.parametrize("file", ["main.py", "system.yaml"])
def test_a_base_from_before_tanada_makes_every_stack_count(team: Team, file: str) -> None:
    text = (team.root / file).read_text()
    (team.root / file).unlink()
    before = team.commit()
    team.write(file, text)
    running = "main.py" if file == "main.py" else None
    assert every_stack(team.changed(), running) == f"{before[:12]} has no {file}, so every stack counts as changed."


def test_another_tanada_makes_every_stack_count(team: Team) -> None:
    team.write("requirements.txt", "tanada==0.1.0 \\\n    --hash=sha256:00\n")
    team.commit()
    team.write("requirements.txt", "tanada==0.2.0 \\\n    --hash=sha256:11\n")
    assert (
        every_stack(team.changed(), "requirements.txt") == "Tanada changes from 0.1.0 to 0.2.0: every stack may change."
    )


def test_what_is_declared_wrong_now_is_an_error_as_ever(team: Team) -> None:
    team.settle(refuse="system.yaml:3:1: no good")
    with pytest.raises(TerraformError, match="no good"):
        team.changed()


def test_a_stack_that_main_forgot_is_said(team: Team) -> None:
    del team.stacks["review"]
    team.settle()
    with pytest.raises(TerraformError, match=r"main.py wrote no cdktf.out/stacks/review/cdk.tf.json, though review"):
        team.changed()


def test_an_output_folder_of_the_users_is_left_alone(team: Team, tmp_path: Path) -> None:
    team.write(
        "main.py",
        MAIN.replace('"cdktf.out/stacks"', 'os.environ.get("CDKTF_OUTDIR", "cdktf.out"), "stacks"').replace(
            "import json", "import os, json"
        ),
    )
    team.commit()
    assert team.changed(CDKTF_OUTDIR=str(tmp_path / "out")).stacks == ()
    assert not (tmp_path / "out").exists()


@pytest.fixture
def own(team: Team) -> Team:
    """A repository that holds Tanada's own code beside main.py, as Tanada's does."""
    for package in ("tanada", "modules"):
        team.write(f"{package}/__init__.py", "INPUT = 1\n")
    team.write(
        "main.py",
        MAIN.replace("import json", "import modules, json").replace(
            "json.dumps(configuration, ", "json.dumps({**configuration, 'locals': {'own': modules.INPUT}}, "
        ),
    )
    team.commit()
    return team


def test_in_tanadas_own_repository_each_side_is_made_by_its_own_code(own: Team) -> None:
    own.write("modules/__init__.py", "INPUT = 2\n")
    changed = own.changed()
    assert list(changed.stacks) == STACKS
    assert set(changed.configuration.values()) == {("~ local.own",)}
    assert changed.reason == "Tanada itself changed (modules/), and with it every stack."


def test_own_code_that_changes_no_stack_changes_none(own: Team) -> None:
    own.write("tanada/__init__.py", "INPUT = 3\n")
    assert own.changed().stacks == ()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (("", ""), ("tanada==0.2\n", ""), None),
        (("tanada==0.1\n", ""), ("", ""), None),
        (("tanada==0.1\n", ""), ("tanada==0.1 \\\n  --hash=x", ""), None),
        (("boto3==1\n", ""), ("boto3==2\n", ""), None),
        (("tanada==0.1\n", ""), ("Tanada[x] == 0.2 ; python_version > '3'\n", ""), "Tanada changes from 0.1 to 0.2"),
        (("tanada @ a.whl\n", ""), ("tanada @ b.whl\n", ""), "Tanada changes from a.whl to b.whl"),
        (("cdktf==0.21.0\n", ""), ("cdktf==0.22.0\n", ""), "cdktf changes from 0.21.0 to 0.22.0"),
        (
            ("cdktf-cdktf-provider-aws==21.1\n", ""),
            ("cdktf_cdktf.provider-aws==21.2\n", ""),
            "cdktf-cdktf-provider-aws changes from 21.1 to 21.2",
        ),
        (("", 'tanada: "0.1"  # x\n'), ("", "tanada: '0.2'\n"), "Tanada changes from 0.1 to 0.2"),
        (("", 'tanada: "0.1"\n'), ("", "tanada: 0.1\n"), None),
    ],
)
def test_what_makes_the_json_is_compared_where_both_pin_it(
    before: tuple[str, str], after: tuple[str, str], sentence: str | None
) -> None:
    assert maker_change(before, after) == (sentence and f"{sentence}: every stack may change.")
