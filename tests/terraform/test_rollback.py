"""What `tanada rollback` goes back to, and what it refuses before any Terraform runs; one that is carried out is
`test_apply.py`'s, after a deployment that failed."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tanada.contract.ran import History, Ran
from tanada.contract.state import State
from tanada.errors import TerraformError, TerraformFailedError
from tanada.plan import ResourceChange, Summary
from tanada.terraform import ran, rollback, target_plan
from tanada.terraform.context import Context
from tanada.terraform.layout import Layout, Target
from tanada.terraform.opening import Place, open_session
from tanada.terraform.process import Processes
from tanada.terraform.program import Program
from tanada.terraform.request import Request
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


@pytest.mark.parametrize("empty", [True, False])
def test_what_it_goes_back_to_is_looked_for_in_the_registry(empty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a tag that ran once, and is noted as the one that runs where another one failed, nothing else would be."""
    planned: list[Request] = []
    carried: list[Request] = []
    session: Any = SimpleNamespace()
    summary = Summary("1.11.4", () if empty else (ResourceChange("a.b", "a", "create"),), 0)

    @contextlib.contextmanager
    def plans(_folders: object, request: Request, _on_step: object) -> Iterator[tuple[Any, Any]]:
        planned.append(request)
        yield session, SimpleNamespace(warnings=(), summary=summary)

    def anything(*_: object, **__: object) -> Any:
        return contextlib.nullcontext()

    known = ran.Known(State("1", 2, {"web": "b"}, 1), HISTORY)
    for name in ("check_protected", "check_can_ask", "check", "prepared", "open_folders"):
        monkeypatch.setattr(rollback, name, anything)
    monkeypatch.setattr(rollback, "commit", lambda _: SimpleNamespace(id="1"))
    monkeypatch.setattr(rollback, "_images", lambda *_: ["web"])
    monkeypatch.setattr(rollback, "render", lambda _: "")
    monkeypatch.setattr(ran, "state_of", lambda *_: known)
    monkeypatch.setattr(target_plan, "planned", plans)
    monkeypatch.setattr(rollback, "request_of", lambda _, target, tags, _start: Request(target, ("web",), tags))
    monkeypatch.setattr(rollback, "carry_out_steps", lambda _run, _session, request, *_, **__: carried.append(request))
    voice = SimpleNamespace(steps=anything, say=anything, note=anything)
    run: Any = SimpleNamespace(voice=voice, system=None)
    rollback.rollback(run, Target(stack()), "web", {"web": "a"}, cast(Any, SimpleNamespace(protected=(), yes=True)))
    [request] = planned
    assert (request.given, request.back) == ({"web": "a"}, frozenset({"web"}))
    assert carried == ([] if empty else [request]), "each further step looks for it, too"
    looked_for = target_plan._looked_for(request, {"web": "a", "job": "c"}, State("1", 2, {"web": "a", "job": "c"}, 1))
    assert looked_for == {"web": "a"}


def begun(team: Team, ended: BaseException) -> History:
    """What is noted of a second try, whose tag the state knows from its first moment on, when it ends so."""
    context: Any = SimpleNamespace(offline=True, layout=Layout(team.root))
    (team.root / ".tanada/offline/environment-test").mkdir(parents=True, exist_ok=True)
    state = State("1", 1, {"web": "a"}, 1)
    planned: Any = SimpleNamespace(image_tags={"web": "b"}, state=state, shown={}, given={})
    session: Any = SimpleNamespace(
        target=Target(stack()), context=context, state=lambda: State("1", 2, {"web": "b"}, 1)
    )
    with pytest.raises(type(ended)), ran.noted(session, planned, lambda _text: None):
        raise ended
    return ran.read(context, session.target)


def test_a_second_try_that_is_killed_is_noted_before(team: Team) -> None:
    history = begun(team, SystemExit())
    assert history.failed["web"].open
    assert history.tags({"web": "b"}) == {"web": "a"}
    known = ran.Known(State("1", 2, {"web": "a"}, 1), history)
    [said] = ran.messages(Target(stack()), known, {}, ["web"])
    assert re.fullmatch(
        r"environment-test: web: the apply of b did not come to its end \(.* UTC\), a is known to work", said.summary
    )
    assert not begun(team, TerraformFailedError("no")).failed["web"].open


def test_what_runs_after_all_is_noted_by_an_apply_that_changes_nothing(team: Team) -> None:
    history = begun(team, SystemExit())
    session: Any = SimpleNamespace(
        target=Target(stack()), context=SimpleNamespace(offline=True, layout=Layout(team.root))
    )
    for given in ({}, {"web": "other"}):
        ran.confirmed(session, SimpleNamespace(given=given), pytest.fail)  # type: ignore[arg-type]
        assert ran.read(session.context, session.target) == history
    ran.confirmed(session, SimpleNamespace(given={"web": "b"}), pytest.fail)  # type: ignore[arg-type]
    after = ran.read(session.context, session.target)
    assert after.failed == {}
    assert [each.tag for each in after.worked["web"]] == ["b", "a"]


def test_an_apply_that_began_nothing_says_nothing_of_its_tags(team: Team) -> None:
    """Of two that carry out one plan the second finds it stale, and what the first one deployed runs."""
    late = TerraformFailedError("Saved plan is stale")
    late.begun = False
    assert begun(team, late).failed == {}


@pytest.mark.parametrize(("said", "begins"), [("", False), ("apply_start", True)])
def test_whether_an_apply_began_is_told_by_its_lines(said: str, begins: bool, tmp_path: Path) -> None:
    terraform = tmp_path / "terraform"
    line = {"@message": "a.b: Creating...", "type": said, "hook": {"resource": {"addr": "a.b"}, "action": "create"}}
    stale = {"severity": "error", "summary": "Saved plan is stale", "detail": ""}
    lines = [*([json.dumps(line)] if said else []), json.dumps({"@message": "Error", "diagnostic": stale})]
    printing = "".join(f"echo '{each}'\n" for each in lines)
    terraform.write_text(f'#!/bin/sh\ntest "$2" = apply || exit 1\n{printing}exit 1\n')
    terraform.chmod(0o755)
    program = Program(str(terraform), container=False, version="1", name="x")
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": os.environ["PATH"]}
    context = Context(Layout(tmp_path), program, Processes(), environ)
    with (
        open_session(context, Target(stack()), Place("{}")) as session,
        pytest.raises(TerraformFailedError, match="Saved plan is stale") as failed,
    ):
        session.apply(tmp_path / "plan")
    assert failed.value.begun is begins


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
    planned = SimpleNamespace(image_tags={"web": "c"}, state=state, shown={})
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
