"""The record beside a saved plan: what it was made from, so that apply can say exactly what differs since."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanada.errors import TerraformError
from tanada.files import private_folder, replace_files, write_private
from tanada.plan import Known, Part, Summary
from tanada.terraform import seal
from tanada.terraform.layout import Layout, Target
from tanada.text import listed, nearest_first

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PLAN = "plan.tfplan"
SEALED = "plan.tfplan.sealed"
ASKED = "asked.json"
"""The tags that `--image` gave, kept until they are applied, or others are given, whatever becomes of the plan."""
RECORD = "record.json"


@dataclass(frozen=True)
class Origin:
    """What has to be the same at apply as it was at plan."""

    stack: str
    workspace: str | None
    offline: bool
    terraform_version: str
    terraform: str
    """The image, or the local binary."""
    commit: str | None
    """None outside a git repository."""
    configuration: str
    """SHA-256 of all that Terraform reads: cdk.tf.json, and the lock file where there is one."""
    lineage: str | None
    """None where there was no state yet."""
    serial: int | None
    plan: str
    """SHA-256 of the plan file, as Terraform wrote it."""


@dataclass(frozen=True)
class Record:
    """What stands beside a saved plan."""

    origin: Origin
    dirty: bool
    """Files differed from the commit."""
    image_tags: Mapping[str, str]
    given: Mapping[str, str]
    """Those of them that `--image` named; the others are the ones last applied."""
    created_at: str
    summary: Mapping[str, Any]
    begun: bool = False
    """A plan in steps whose first was begun: from then on it is planned anew, and held to the parts of `summary`."""
    store_versions: Mapping[str, int] = field(default_factory=dict)
    """The number of each store's password."""
    waits: bool = False
    """Its common layer isn't there: no plan lies beside it, and it is planned anew once that is applied. `summary` is
    what was foreseen, or empty."""


_WORDS = {
    "stack": "the stack",
    "workspace": "the workspace",
    "offline": "--offline",
    "terraform_version": "Terraform's version",
    "terraform": "what runs Terraform",
    "commit": "the commit",
    "configuration": "the configuration (cdk.tf.json or the lock file)",
    "lineage": "the state's lineage",
    "serial": "the state's serial",
    "plan": f"the plan file ({PLAN})",
}


def differences(planned: Origin, now: Origin) -> list[str]:
    """`the commit was 1a2b3c4d5e6f and is 6f5e4d3c2b1a`, one sentence for each difference."""
    return [
        f"{_WORDS[name]} was {_short(before)} and is {_short(after)}"
        for name in (each.name for each in fields(Origin))
        if (before := getattr(planned, name)) != (after := getattr(now, name))
    ]


def _short(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "on" if value else "off"
        case str() if len(value) in {40, 64}:
            return value[:12]
        case _:
            return str(value)


def check_fresh(label: str, record: Record, now: Origin) -> None:
    """Refuse a plan that was made from something else; of one that was begun the state and the file are others."""
    planned = record.origin
    if record.begun:
        lineage = planned.lineage or now.lineage
        planned = replace(planned, lineage=lineage, serial=now.serial, plan=now.plan)
    if changed := differences(planned, now):
        again = plan_command(now, record.given)
        raise TerraformError(f"The plan of {label} is stale: {'; '.join(changed)}. Plan again: {again}")


def check_workspace(label: str, record: Record, existing: Sequence[str]) -> None:
    """Refuse a plan whose workspace was deleted since."""
    if record.origin.workspace not in existing:
        again = plan_command(record.origin, record.given)
        raise TerraformError(f"The plan of {label} is stale: its workspace is gone. Plan again: {again}")


def plan_command(origin: Origin, given: Mapping[str, str]) -> str:
    """How to plan it again, with the tags that it was given."""
    return command(origin.stack, origin.workspace, origin.offline, given)


def command(stack: str, workspace: str | None, offline: bool, given: Mapping[str, str] | None = None) -> str:
    """How a target is planned, with the tags that it is to get."""
    words = ["tanada plan", stack, *(["--workspace", workspace] if workspace else [])]
    words += [f"--image {name}={tag}" for name, tag in sorted((given or {}).items())]
    return " ".join([*words, *(["--offline"] if offline else [])])


def digest(file: Path) -> str:
    """SHA-256, as hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run at a time for a target's files; none holds them for longer than it takes to read or write them."""
    handle = os.open(private_folder(folder), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def save(folder: Path, record: Record, plan: Path | None, key: Fernet | None) -> None:
    """Keep a plan, of which there is none where it waits, with its record, both or neither; with a key the plan is
    sealed, and lies nowhere as it is."""
    content = plan.read_bytes() if plan else b""
    _write(folder, record, key, {folder / PLAN: content} if plan else {}, content)
    if plan and key is not None:
        plan.unlink()


def summary_data(summary: Summary) -> dict[str, Any]:
    """A summary with its counts, as JSON gives it back."""
    data: dict[str, Any] = json.loads(json.dumps({**vars(summary), "counts": summary.counts}, default=vars))
    return data  # by `asdict` it takes five times as long


def summary(record: Record) -> Summary | None:
    """What a record says of its plan; None where an older Tanada wrote it."""
    from pydantic import TypeAdapter, ValidationError  # no other verb but apply reads one

    try:
        read: Summary = TypeAdapter(Summary).validate_python(record.summary)
    except ValidationError:
        return None
    return read


def begin(folder: Path, record: Record, key: Fernet | None) -> None:
    """Note that the first step of a plan in steps begins: the plan file is good no more, what was approved is.

    It stays until the last step is done, so that whatever ends a run in between, the next one goes on from there.
    """
    _write(folder, replace(record, begun=True), key, {}, b"")


def _write(folder: Path, record: Record, key: Fernet | None, open_: Mapping[Path, bytes], plan: bytes) -> None:
    """A record with its plan, sealed or open, in the place of what lies there."""
    data = json.dumps(vars(record), sort_keys=True, default=vars).encode() + b"\n"
    beside = open_ if key is None else {folder / SEALED: seal.seal(key, data, plan)}
    gone = [each for name in (PLAN, SEALED) if (each := folder / name) not in beside]
    with _alone(folder):
        replace_files({**beside, folder / RECORD: data}, gone, mode=0o600)


def parts(summary: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts of a record's summary."""
    return tuple(
        Part(**{**part, "known": tuple(Known(**each) for each in part["known"])}) for part in summary.get("parts") or ()
    )


def steps(summary: Mapping[str, Any]) -> int:
    """In how many steps a record's plan is carried out."""
    return len(summary.get("steps") or ())


def read(folder: Path, target: Target, *, offline: bool) -> Record:
    """The record of the target's saved plan."""
    record = find(folder)
    if record is not None and record.begun:
        return record
    if record is not None and record.waits:
        raise TerraformError(
            f"{target.label} waits for {target.stack.common}: apply that first, then plan again: "
            f"{plan_command(replace(record.origin, offline=offline), record.given)}"
        )
    if not ((folder / RECORD).is_file() and ((folder / PLAN).is_file() or (folder / SEALED).is_file())):
        raise TerraformError(
            f"There is no saved plan of {target.label}: run "
            f"{command(target.stack.name, target.workspace, offline, asked(folder, offline=offline).tags)} "
            f"first.{_those_saved(folder, target)}"
        )
    if record is None:
        raise TerraformError(
            f"{folder / RECORD} can't be read: plan again with {command(target.stack.name, target.workspace, offline)}."
        )
    return record


def _those_saved(folder: Path, target: Target) -> str:
    """Of which others a plan is saved, as a sentence."""
    plans = folder.parents[1] if target.workspace else folder.parent
    saved = ["-".join(file.parent.relative_to(plans).parts) for file in plans.rglob(RECORD)]
    return f" Saved are those of {listed(nearest_first(target.label, saved), len(saved))}." if saved else ""


def find(folder: Path) -> Record | None:
    """The record of a saved plan; None where there is none that can be read."""
    try:
        data = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        parts(data["summary"])
        record = Record(**{**data, "origin": Origin(**data["origin"])})
        return record if _are(str, record.image_tags, record.given) and _are(int, record.store_versions) else None
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _are(kind: type, *mappings: object) -> bool:
    """Whether these are mappings of such values: what is damaged is no record."""
    return all(isinstance(each, dict) and all(isinstance(value, kind) for value in each.values()) for each in mappings)


def open_plan(folder: Path, record: Record, into: Path, key: Fernet | None) -> Path:
    """The saved plan as a private file in the folder `into`, which is the caller's to delete: what is checked, shown
    and applied is one file, whoever plans anew meanwhile."""
    try:
        with _alone(folder):
            plan = unsealed(folder, record, key)
            write_private(into / PLAN, (folder / PLAN).read_bytes() if plan is None else plan)
    except FileNotFoundError:
        raise TerraformError(
            f"The plan in {folder} is gone: another run applied it, or plans anew. Look at what it did, then plan "
            f"again: {plan_command(record.origin, record.given)}"
        ) from None
    return into / PLAN


def unsealed(folder: Path, record: Record, key: Fernet | None) -> bytes | None:
    """The plan out of its seal; None where there is neither seal nor key. Refuses a record that is not the one which
    was sealed with it: without this anybody could write what `apply --all` takes for approved."""
    again = f"Plan again: {plan_command(record.origin, record.given)}"
    if not (folder / SEALED).is_file():
        if key is not None:
            raise TerraformError(f"{folder / PLAN} isn't sealed, though {seal.VARIABLE} is set. {again}")
        return None
    if key is None:
        raise TerraformError(f"{folder / SEALED} is sealed: set {seal.VARIABLE} to the key that it was sealed with.")
    try:
        sealed, plan = seal.unseal(key, (folder / SEALED).read_bytes())
    except ValueError:
        raise TerraformError(
            f"{folder / SEALED} doesn't open: {seal.VARIABLE} is another key than it was sealed with, or the file "
            f"is damaged. {again}"
        ) from None
    if sealed != (folder / RECORD).read_bytes():
        raise TerraformError(f"{folder / RECORD} isn't the record that was sealed with the plan. {again}")
    return plan


def discard(folder: Path, used: Record | None = None) -> None:
    """Delete a plan that was used, with the tags that it was given; not one that has taken the `used` one's place
    meanwhile: it may be stale, and says which tags it was given."""
    if not folder.is_dir():
        return
    with _alone(folder):
        if used is not None and (now := find(folder)) is not None and now.origin != used.origin:
            return
        _discard(folder, PLAN, SEALED, RECORD, ASKED)


def discard_plan(folder: Path) -> None:
    """Delete a plan that was never good, or is of another commit; the tags that it was given stay."""
    if folder.is_dir():
        with _alone(folder):
            _discard(folder, PLAN, SEALED, RECORD)


def _discard(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Asked:
    """The tags that `--image` gave to a plan that nobody has applied."""

    tags: Mapping[str, str] = field(default_factory=dict)
    serial: int | None = None
    """The state's then; with another one somebody has applied since. None where nobody knows."""
    offline: bool = False


def ask(folder: Path, asked: Asked) -> None:
    """Keep what `--image` gave."""
    if asked.tags:
        write_private(folder / ASKED, json.dumps(asdict(asked), sort_keys=True))


def forget_asked(folder: Path) -> None:
    """What it gave counts no more."""
    (folder / ASKED).unlink(missing_ok=True)


def asked(folder: Path, *, offline: bool) -> Asked:
    """What it gave last; nothing where that was offline and this is not, or the other way about."""
    try:
        held = Asked(**json.loads((folder / ASKED).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Asked()
    return held if held.offline == offline and _are(str, held.tags) else Asked()


def discard_others(layout: Layout, kept: Collection[Target], commit: str | None) -> list[str]:
    """Delete the saved plans of other targets that were made at another commit; their labels.

    A plan left over from a stack that has since left the pull request would be applied with it.
    """
    folders = {layout.plans(target) for target in kept}
    discarded = []
    for folder in _saved(layout):
        if folder in folders:
            continue
        record = find(folder)
        if record is None or record.origin.commit != commit:
            discard_plan(folder)
            discarded.append("-".join(folder.relative_to(layout.own / "plans").parts))
    return discarded


def _saved(layout: Layout) -> Iterator[Path]:
    yield from sorted({file.parent for name in (PLAN, SEALED, RECORD) for file in (layout.own / "plans").rglob(name)})
