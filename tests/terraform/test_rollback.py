"""What `tanada rollback` goes back to, and what it refuses before any Terraform runs; one that is carried out is
`test_apply.py`'s, after a deployment that failed."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tanada.contract.ran import History, Ran
from tanada.contract.state import State
from tanada.errors import TerraformError
from tanada.terraform import ran
from tanada.terraform.layout import Layout, Target
from tanada.terraform.rollback import chosen
from tests.terraform.team import Team
from tests.terraform.test_decisions import stack

HISTORY = History(
    worked={
        "web": (Ran("c", "2026-11-27T19:02:11+00:00"), Ran("b", "2026-11-26T08:00:00+00:00"), Ran("a", "")),
        "job": (Ran("c", "2026-11-20T00:00:00+00:00"), Ran("a", "2026-11-19T00:00:00+00:00")),
        "new": (Ran("c", "2026-11-27T19:02:11+00:00"),),
    }
)


def test_one_services_images_go_back_or_those_of_the_last_apply() -> None:
    assert chosen("environment-test", HISTORY, ["web", "job"], {}) == {"web": "b", "job": "a"}
    assert chosen("environment-test", HISTORY, None, {}) == {"web": "b"}, "new ran nothing before"
    assert chosen("environment-test", HISTORY, ["web"], {"web": "a"}) == {"web": "a"}
    failed = History(HISTORY.worked, {"job": Ran("d", "2026-11-28T00:00:00+00:00")})
    assert chosen("environment-test", failed, None, {}) == {"job": "c"}


@pytest.mark.parametrize(
    ("wanted", "given", "sentence"),
    [
        (["new"], {}, "no tag of new is known that worked before the one that runs; say which is to run: tanada plan"),
        (["web", "new"], {}, "no tag of new is known"),
        (
            ["web"],
            {"web": "z"},
            "--image web=z: nothing says that it ever worked in environment-test; known are c (2026-11-27 19:02:11 UTC)"
            ", b (2026-11-26 08:00:00 UTC), a (earlier); to try it: tanada plan.",
        ),
        (None, {"other": "z"}, "--image other=z: nothing says that it ever worked in environment-test; to try it"),
    ],
)
def test_what_never_worked_is_nothing_to_go_back_to(
    wanted: list[str] | None, given: dict[str, str], sentence: str
) -> None:
    with pytest.raises(TerraformError, match=re.escape(sentence)):
        chosen("environment-test", HISTORY, wanted, given)
    with pytest.raises(TerraformError, match="no tag of any image is known"):
        chosen("environment-test", History(), None, {})


def test_a_record_that_says_nothing_is_said_and_not_written_over(team: Team) -> None:
    context = SimpleNamespace(offline=True, layout=Layout(team.root))
    target = Target(stack())
    file = team.root / ".tanada/offline/environment-test" / f"terraform.tfstate.{ran.NAME}"
    file.parent.mkdir(parents=True)
    file.write_text('{"worked": {"web": [{"tag": "a')
    state = State("1", 1, {"web": "b"}, 1)
    known = ran.known(context, target, state)  # type: ignore[arg-type]
    [said] = ran.messages(target, known, {}, ["web"])
    assert said.summary == "Which tags of environment-test worked is not known"
    assert f"The tags that the state names are taken. {file} isn't what Tanada writes there: damaged" in said.detail
    notes: list[str] = []
    planned = SimpleNamespace(image_tags={"web": "c"}, state=state)
    session = SimpleNamespace(target=target, context=context)
    with ran.noted(session, planned, notes.append):  # type: ignore[arg-type]
        pass
    assert [note.partition(":")[2].partition(",")[0] for note in notes] == [
        " which tags worked could not be written down"
    ]
    assert file.read_text() == '{"worked": {"web": [{"tag": "a'
    file.unlink()
    file.mkdir()
    assert ran.known(context, target, state).unsure == f"{file} can't be read: Is a directory."  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["review"], "A review environment shows what its branch is, and goes nowhere back"),
        (["common-main"], "common-main runs no services: tanada rollback takes an environment."),
        (["test", "wep"], 'test has no service "wep"; expected one of bot, web'),
        (["test", "bot"], "bot is deployed by others (deploy: external): go back with what deploys it."),
        (["test", "web", "--image", "job=1"], '--image job=…: no stack uses the image "job"'),
        (["test", "web"], "There is no terminal to ask for confirmation: add --yes."),
        (["www", "web", "--yes"], "--protected production"),
    ],
)
def test_it_is_refused_before_anything_runs(team: Team, words: list[str], sentence: str) -> None:
    system = team.root / "system.yaml"
    system.write_text(system.read_text() + "    bot: {image: web, deploy: external}\n")
    ran = team.run("rollback", *words)
    assert ran.code == 2
    assert sentence in " ".join(ran.errors.split())
    assert "Synthesizing" not in ran.text
