"""One target's terraform: its steps as functions, with a data folder that lives as long as the session."""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from tanada import machine
from tanada.contract.lock import Lock
from tanada.contract.state import State, parse, read
from tanada.errors import StoppedError, TanadaError, TerraformError, TerraformFailedError, WaitsForCommonError
from tanada.files import CONFIGURATION, parsed, private_file, private_folder, write_private
from tanada.plan import Message
from tanada.plan.secrets import Shown, secrets_of_state
from tanada.plan.shown import message as shown_message
from tanada.secrecy import Secrets
from tanada.terraform import function_files, guards, locks, removal, unsaved
from tanada.terraform.context import Context
from tanada.terraform.layout import Target
from tanada.terraform.messages import (
    Line,
    hint,
    killed,
    missing_in_common,
    plain,
    read_line,
    read_text,
    texts,
    waits_for_common,
    without_state,
)
from tanada.terraform.plugins import filling
from tanada.terraform.process import Finished
from tanada.terraform.voice import WAITS

LOCK_TIMEOUT = "10m"
"""How long to wait for another run of the same state: an apply of ECS services takes minutes."""


@dataclass(frozen=True)
class Session:
    context: Context
    target: Target
    folder: Path
    """Where Terraform runs: nothing lies there that it could read but the configuration and the lock file."""
    data: Path
    configuration: str
    """SHA-256 of these two."""
    environment: Mapping[str, str] = field(repr=False)
    on_line: Callable[[str], None]
    said: Path
    """Where what Terraform prints lies while it runs."""
    held: int
    """The open file by which this run holds its folder; each process that works there inherits it."""
    known: list[Secrets] = field(default_factory=lambda: [Secrets()], repr=False)
    """One item: all that is known for secret by now. An apply may repeat what a plan marked."""

    @property
    def secrets(self) -> Secrets:
        """What no text of this session may hold."""
        return self.known[0]

    def _killed(self, finished: Finished, step: str) -> str | None:
        return killed(step, finished.code, stack=self.named, container=self.context.program.container)

    @property
    def named(self) -> str:
        """The target as `tanada terraform` takes it."""
        return self.target.named(offline=self.context.offline)

    def _learn(self, secrets: Secrets) -> None:
        self.known[0] |= secrets

    def terraform(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Finished:
        """One step whose text goes to the log; raises what Terraform says when it fails."""
        finished = self._run(arguments, self._log, variables or {}, said=self.said)
        self._check(finished, arguments[0])
        return finished

    def _log(self, line: str) -> None:
        # Without its end, behind which a second line would begin: texts of several are looked through in more ways.
        text = line.removesuffix("\n")
        self.on_line(self._masked(text) + line[len(text) :])

    def _masked(self, text: str) -> str:
        return self.secrets.remove(text)

    def silent(self, *arguments: str) -> Finished:
        """One step that changes nothing, and whose output may hold secrets: it goes nowhere, into no file either."""
        finished = self._run(arguments, lambda _line: None, {}, said=None)
        self._check(finished, arguments[0])
        return finished

    def arguments(self, *arguments: str) -> list[str]:
        root = self.context.layout.root
        return [self.context.program.path, f"-chdir={self.folder.relative_to(root)}", *arguments]

    def attached(
        self, arguments: Sequence[str], variables: Mapping[str, str], streams: tuple[IO[str], IO[str]] | None = None
    ) -> int:
        """Any command, with our own input and output, or with `streams` for its output; its exit code."""
        return self.context.processes.run_attached(
            self.arguments(*arguments),
            cwd=self.context.layout.root,
            environment=self._environment(variables),
            said=self.said,
            streams=streams,
            inherits=(self.held,),
        )

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {**self.environment, **{f"TF_VAR_{name}": value for name, value in variables.items()}}

    def _run(
        self,
        arguments: Sequence[str],
        on_output: Callable[[str], None],
        variables: Mapping[str, str],
        *,
        said: Path | None,
    ) -> Finished:
        waiting = locks.Waiting(lambda: locks.holder(self), self._waits)

        def hear(line: str) -> None:
            waiting.hear(line)
            on_output(line)

        try:
            finished = self.context.processes.run(
                self.arguments(*arguments),
                cwd=self.context.layout.root,
                environment=self._environment(variables),
                on_output=hear,
                said=said,
                inherits=(self.held,),
            )
        finally:
            waiting.end()
        if finished.errors:
            # As a whole: Terraform breaks the lines of its boxes at 78 columns, and a secret with them.
            self._log(without_state(finished.errors))
        return finished

    def _waits(self, lock: Lock) -> None:
        self._log(f"{WAITS} {self.target.label}: {lock} holds it. {locks.lift_by(self.named, lock.id)}\n")

    def _check(
        self, finished: Finished, step: str, lines: Sequence[Line] = (), plan: Mapping[str, Any] | None = None
    ) -> None:
        """Raise what a step that failed has said: in `lines` where it speaks JSON, else in its boxes; `plan` is what
        there is of one that failed."""
        if finished.code == 0:
            return
        if self.context.processes.stopped:
            raise StoppedError(f"{self.target.label}: interrupted during {step}.")
        words = self._masked(texts(lines) or plain(without_state(finished.errors)))
        text = words or self._killed(finished, step) or self._without_words(finished, step)
        messages = self._messages(lines) if texts(lines) else read_text(text)
        if missing := missing_in_common(lines):
            common, what = self.target.stack.common, ", ".join(missing)
            raise WaitsForCommonError(f"{self.target.label} waits for {common}, which hasn't {what} yet.")
        if waits_for_common(messages):
            raise WaitsForCommonError(f"{self.target.label} waits for {self.target.stack.common}.")
        if kept := guards.prevented(messages):
            where = functools.partial(removal.declared_at, self.context.layout.root, self.target.stack)
            said = guards.in_our_words(kept, self._marked(), self.named, plan or {}, where)
            raise TerraformError(f"{self.target.label}: {self._masked(said)}")
        advice = hint(text, account=self.target.stack.account, stack=self.named)
        if advice:
            text = f"{text}\n\n{advice}"
            messages = (replace(messages[0], detail=f"{messages[0].detail}\n\n{advice}".strip()), *messages[1:])
        raise TerraformFailedError(text, messages)

    def _messages(self, lines: Sequence[Line]) -> tuple[Message, ...]:
        return tuple(shown_message(line.message, self.secrets) for line in lines if line.message)

    def _without_words(self, finished: Finished, step: str) -> str:
        """Its words lie in files while it runs: a full disk, which ended it, takes them as well."""
        full = machine.scarce(self.environment, self.said, self.data)
        cause = f" {full} Free some: providers lie where TF_PLUGIN_CACHE_DIR says." if full else ""
        return f"terraform {step} ended with exit code {finished.code}{', and said nothing' if full else ''}.{cause}"

    # --- steps -------------------------------------------------------------------------------------------------------

    def init(self, *, backend: bool = True) -> None:
        arguments = ["init", "-input=false", "-no-color", *([] if backend else ["-backend=false"])]
        if self.context.offline:
            self.terraform(*arguments)
            return
        lock = self.folder / self.context.layout.lock_file.name
        if lock.is_file():
            arguments.append("-lockfile=readonly")
        with filling(Path(self.environment["TF_PLUGIN_CACHE_DIR"]), lock):
            self.terraform(*arguments)

    def validate(self) -> None:
        self.terraform("validate", "-no-color")

    def workspaces(self) -> tuple[str, ...]:
        """All but `default`."""
        listed = self.silent("workspace", "list").output.splitlines()
        names = (line.removeprefix("*").strip() for line in listed)
        return tuple(sorted(name for name in names if name and name != "default"))

    def holding(self, workspaces: Sequence[str]) -> tuple[str, ...]:
        """Those of some workspaces whose state holds resources: a plan makes one, and a destroyed one may stay behind.

        Terraform reads one state at a time, so ask only where it matters.
        """
        return tuple(name for name in workspaces if self._pulled(name).resources)

    def _pulled(self, workspace: str) -> State:
        """The state of a workspace that isn't selected."""
        session = replace(self, environment={**self.environment, "TF_WORKSPACE": workspace})
        return session.state()

    def select(self, workspace: str) -> None:
        self.terraform("workspace", "select", "-no-color", workspace)

    def select_or_create(self, workspace: str) -> None:
        self.terraform("workspace", "select", "-no-color", "-or-create", workspace)

    def in_an_empty_state(self, workspace: str) -> Session:
        """A session of the same configuration on a state of this run alone, in a workspace that the backend hasn't:
        Terraform would write the backend a state as soon as it is chosen."""
        folder = private_folder(self.data / "empty")
        emitted = self.emitted()
        terraform = {**emitted["terraform"], "backend": {"local": {}}}
        text = json.dumps({**emitted, "terraform": terraform}, ensure_ascii=False)
        write_private(folder / CONFIGURATION, text)
        function_files.write(folder, text)
        lock = self.folder / self.context.layout.lock_file.name
        if lock.is_file():
            write_private(folder / lock.name, lock.read_bytes())
        data = private_folder(folder / "data")
        session = replace(self, folder=folder, data=data, environment={**self.environment, "TF_DATA_DIR": str(data)})
        session.init()
        session.select_or_create(workspace)
        return session

    def delete_workspace(self, workspace: str) -> None:
        """Of the emptied workspace: Terraform deletes neither the current one nor one that holds something."""
        self.select("default")
        self.terraform("workspace", "delete", "-no-color", f"-lock-timeout={LOCK_TIMEOUT}", workspace)

    def state(self) -> State:
        return read(self._state_text())

    def whole_state(self) -> dict[str, Any]:
        """The state as JSON: secrets stand in it, so it never leaves memory."""
        return parse(self._state_text())

    def _state_text(self) -> str:
        output = self.silent("state", "pull").output
        if output.strip():
            self._learn(secrets_of_state(json.loads(output)))
        return output

    @contextlib.contextmanager
    def configured(self, configuration: Mapping[str, Any]) -> Iterator[None]:
        """Another configuration for a while; a plan that was saved meanwhile holds it."""
        file = self.folder / CONFIGURATION
        whole = file.read_bytes()
        write_private(file, json.dumps(configuration, indent=2, ensure_ascii=False))
        try:
            yield
        finally:
            write_private(file, whole)

    def plan(
        self, file: Path, variables: Mapping[str, str], *, destroy: bool = False, targets: Sequence[str] = ()
    ) -> tuple[dict[str, Any], tuple[Message, ...]]:
        """Save a plan; its JSON and its warnings. An errored one is written all the same, read and deleted here."""
        os.close(private_file(file))  # Terraform keeps the mode of a file that is there
        late: list[str] = []

        def hear(line: str) -> None:
            read = read_line(line)
            if read.of_plan:
                late.append(line)  # may repeat what only the plan says is secret
            else:
                self._log(read.in_log)

        arguments = [
            "plan",
            "-json",
            "-input=false",
            *(["-lock=false"] if self.context.reads_only else [f"-lock-timeout={LOCK_TIMEOUT}"]),
            f"-out={file}",
            *(["-destroy"] if destroy else []),
            *(f"-target={target}" for target in targets),
        ]
        try:
            finished = self._run(arguments, hear, variables, said=self.said)
            shown = self.show(file) if finished.code == 0 else self._shown_errored(file)
            lines = [read_line(line, self._masked) for line in late]
            for line in lines:
                self._log(line.in_log)
            self._check(finished, "plan", lines, shown)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        file.chmod(0o600)
        return shown, self._messages(lines)

    def _shown_errored(self, file: Path) -> dict[str, Any]:
        """What is there of a plan that ended with an error; nothing where Terraform came to no plan at all."""
        if not file.is_file() or not file.stat().st_size:
            return {}
        with contextlib.suppress(TanadaError, ValueError):
            return self.show(file)
        return {}

    def emitted(self) -> Mapping[str, Any]:
        """The configuration that Terraform reads here."""
        return parsed((self.folder / CONFIGURATION).read_text(encoding="utf-8"))

    def show(self, file: Path) -> dict[str, Any]:
        """A saved plan as JSON: secrets stand in it unmarked, so it never leaves memory."""
        plan = Shown(json.loads(self.silent("show", "-json", str(file)).output))
        self._learn(plan.said.secrets)
        return plan

    def apply(self, file: Path, *, verb: str = "plan", on_line: Callable[[Line], None] = lambda _line: None) -> None:
        """Carry a plan out. In JSON, for a text is broken into lines, and prints the outputs.

        `verb` is what goes on where it fails; `on_line` hears all that Terraform says.
        """
        lines: list[Line] = []
        changed = 0
        begun = locked = datetime.now(UTC)

        def hear(line: str) -> None:
            nonlocal changed, locked
            read = read_line(line, self._masked)
            if read.message:
                lines.append(read)
            changed += read.changed
            if read.address and locked == begun:
                locked = datetime.now(UTC)
            self._log(read.in_log)
            on_line(read)

        arguments = ("apply", "-json", "-input=false", f"-lock-timeout={LOCK_TIMEOUT}", str(file))
        finished = self._run(arguments, hear, {}, said=self.said)
        try:
            self._check(finished, "apply", lines)
        except StoppedError as error:
            error.begun = locked != begun
            if words := self.unsaved():
                self.context.processes.locked.append(f"{self.target.label}: {words}")
            raise
        except TerraformFailedError as error:
            by_others = self._killed(finished, "apply") is not None
            if words := self.unsaved((begun, locked)):
                said = (Message("error", words), *error.messages)
                raise TerraformFailedError(f"{error}\n\n{words}", said) from None
            advice = " ".join([_reached(changed, verb, killed=by_others), *self._tainted()])
            first, *others = error.messages
            first = replace(first, detail=f"{first.detail}\n\n{advice}".strip())
            failed = TerraformFailedError(f"{error}\n\n{advice}", (first, *others))
            failed.begun = locked != begun
            raise failed from None

    def _tainted(self) -> list[str]:
        """What the next plan would make anew, though nothing of it changed; what is kept it can't."""
        return [
            f"{address} is there, but the provider gave up on it: the next plan makes it anew, or can't where it "
            f"is kept. Once it is well: tanada terraform {self.named} -- untaint '{address}'"
            for address in self._marked()
        ]

    def _marked(self) -> tuple[str, ...]:
        """What the provider gave up on, by the state; the failure that leads here is what is to be said."""
        with contextlib.suppress(TanadaError, ValueError):
            return self.state().tainted
        return ()

    def unsaved(self, locked: tuple[datetime, datetime] | None = None) -> str | None:
        """What has become of a state that Terraform could not save, and what to do; None where it could. `locked` are
        two moments between which it took its lock; where nobody knows them it isn't saved again at once."""
        state = self.folder / unsaved.FILE
        if not state.is_file():
            return None
        try:
            return self._kept_or_pushed(state, locked)
        except OSError as error:  # it stays where it is, and so does that folder
            return (
                f"The state could not be saved, and lies in {state}: it can't be moved ({error.strerror}). Free some; "
                "the next command moves it, and says how it is saved. Nothing else is done before."
            )

    def _kept_or_pushed(self, state: Path, locked: tuple[datetime, datetime] | None) -> str:
        left = self.context.layout.left(self.target)
        if not unsaved.is_whole(state):
            part = unsaved.keep(state, left, self.context.environ)
            return (
                f"The state could not be saved, and only a part of it fitted into {part}: what this made stands in AWS "
                f"alone. Free some, plan again, and take in what is there already: "
                f"`tanada terraform {self.named} -- import ADDRESS ID`."
            )
        if locked is not None and self._pushed(state, locked):
            state.unlink()
            return "The state could not be saved at first, and was with credentials asked for anew. Plan again."
        kept = unsaved.keep(state, left, self.context.environ)
        unsaved.hand_out(kept, self.context.layout, self.target)
        return (
            f"The state could not be saved. It is in {kept} and holds secrets. Nothing else is done with "
            f"{self.target.label} before it is saved: `{unsaved.how_to_save(kept, self.named)}`, which deletes it. Its "
            f"lock may be left, too; the command names it, and `tanada terraform {self.named} -- force-unlock LOCK_ID` "
            "lifts it."
        )

    def _pushed(self, state: Path, locked: tuple[datetime, datetime]) -> bool:
        """Whether a state was saved with new credentials: those that an apply began with may have ended.

        Where Terraform couldn't release its lock either, that lies there still, so nobody else holds it.
        """
        renewed = self.context.renewed
        if renewed is None or self.context.processes.stopped:
            return False
        with contextlib.suppress(TanadaError):
            anew = replace(self, environment={**self.environment, **renewed(self.target.stack)})
            from tanada.aws.states import lock  # loads boto3

            there = lock(self.target.stack, self.target.workspace)
            # Who took it says too little: a container has a name of its own.
            ours = there if there and there.made_between(*locked) else None
            anew.terraform("state", "push", "-no-color", *(["-lock=false"] if ours else []), str(state))
            if ours:
                anew.terraform("force-unlock", "-no-color", "-force", ours.id)
            return True
        return False


def _reached(changed: int, verb: str, *, killed: bool) -> str:
    """How far an apply came that failed; one that was killed may not have saved all of it."""
    changes = {0: "No change was", 1: "1 change was"}.get(changed, f"{changed} changes were")
    if killed:
        return f"{changes} finished before that. {verb.capitalize()} again."
    saved = "" if not changed else f" and {'stands' if changed == 1 else 'stand'} in the state"
    return f"{changes} finished before that{saved}. Mend the cause, then {verb} again."
