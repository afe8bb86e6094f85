"""The titled blocks of a section, in Markdown in which every value is inert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from tanada.comment.escape import code, fence, text
from tanada.comment.phrases import LONGEST, cause_alone
from tanada.comment.shorten import Detail
from tanada.plan.model import Action, Deploy, Difference, Drift, FailedCheck, OutputChange, ResourceChange, Summary
from tanada.plan.render import hidden, in_steps
from tanada.plan.report import Message
from tanada.plan.tags import folded, folded_drift
from tanada.text import count, cut_counted

_ERROR_LINES = 20


@dataclass(frozen=True)
class Block:
    """A titled part of a section."""

    name: str
    """`errors`, `steps`, `checks`, `replaced`, `destroyed`, `forgotten`, `updated`, `created`, `others`, `deploys`,
    `outputs`, `deferred`, `configuration`, `drift`, `warnings`: for templates that leave one out."""
    title: str
    body: str


def errors(messages: Sequence[Message], detail: Detail) -> Iterator[Block]:
    """A block for each error."""
    for message in messages:
        if message.severity == "error":
            yield Block("errors", "", fence(_error(message, detail)))


def changes(summary: Summary, detail: Detail) -> Iterator[Block]:
    """What a plan does: a block for each kind of change that there is."""
    if summary.steps:
        yield _steps(summary, detail)
    if summary.checks:
        yield _checks(summary.checks)
    shown = [change for change in summary.changes if not change.routine]
    for actions, block in _BLOCKS:
        if chosen := [change for change in shown if change.action in actions]:
            yield block(chosen, detail)
    if summary.deploys:
        yield _deploys(summary.deploys)
    if outputs := summary.other_outputs:
        yield _outputs(outputs, detail)
    if summary.deferred:
        yield _deferred(summary.deferred, detail)


def drift(items: Sequence[Drift], detail: Detail) -> Block:
    """What changed outside Terraform."""
    if detail >= Detail.COUNTED:
        return Block("drift", "", _types(item.address for item in items))
    retagged, others = folded_drift(items)
    tags = [[f"  {cut_counted(str(each), LONGEST) if detail >= Detail.LINES else each}"] for each in retagged]
    return Block("drift", "", fence(_apart([*tags, *(_drift_lines(item, detail) for item in others)]), "diff"))


def configuration(lines: Sequence[str], detail: Detail) -> Block:
    """How the emitted configuration differs from the base commit's."""
    title = "**Emitted configuration**, compared with the base commit's"
    if detail >= Detail.COUNTED:
        signs = Counter(line[:1] for line in lines)
        words = (("added", "+"), ("changed", "~"), ("removed", "-"))
        return Block(
            "configuration", title, ", ".join(f"{signs[sign]:,} {word}" for word, sign in words if signs[sign])
        )
    # A diff colours no `~`.
    shown = [f"! {line[1:].lstrip()}" if line[:1] == "~" else line for line in lines]
    return Block("configuration", title, fence([line if line[:1] in "+-!" else f"  {line}" for line in shown], "diff"))


def _error(message: Message, detail: Detail) -> list[str]:
    lines = [*bars(message.summary)]
    if message.address:
        lines.append(f"│   with {message.address}")
    if message.detail:
        lines += ["│", *bars(message.detail)]
    if detail >= Detail.SIDE and len(lines) > _ERROR_LINES:
        lines = [*lines[:_ERROR_LINES], f"│ … ({len(lines) - _ERROR_LINES} more lines)"]
    return [cut_counted(line, LONGEST) for line in lines] if detail >= Detail.LINES else lines


def bars(text: str) -> list[str]:
    """A text's lines as Terraform prints them."""
    return [f"│ {line}".rstrip() for line in text.splitlines()] or ["│"]


def _steps(summary: Summary, detail: Detail) -> Block:
    """How it is carried out; approved as one."""
    title = f"**In {len(summary.steps)} steps**, approved as one" if len(summary.steps) > 1 else "**At the end**"
    lines = (cut_counted(line, LONGEST) if detail >= Detail.LINES else line for line in in_steps(summary))
    return Block("steps", title, fence(list(lines)))


def _checks(checks: Sequence[FailedCheck]) -> Block:
    lines = []
    for check in checks:
        lines.append(f"! {check.address}: {'does not hold' if check.status == 'fail' else 'could not be checked'}")
        lines += [f"    {line}" for problem in check.problems for line in bars(problem)]
    return Block("checks", f"**{count(len(checks), 'check')} not passed**", fence(lines, "diff"))


def _lost(name: str, changes: Sequence[ResourceChange], detail: Detail) -> Block:
    """Destroyed or replaced: the dangerous first, and the attributes that force it."""
    changes = sorted(changes, key=lambda change: (change.danger is None, change.address))
    kept = [change for change in changes if change.danger or detail < Detail.COUNTED]
    lines = [_lost_lines(change, detail) for change in kept]
    body = fence(_apart(lines) if name == "replaced" else chain.from_iterable(lines), "diff")
    if len(kept) < len(changes):
        rest = "Others: " + _types(change.address for change in changes if change not in kept)
        body = f"{body}\n\n{rest}" if kept else rest
    return Block(name, f"**{len(changes):,} {name}**", body)


def _lost_lines(change: ResourceChange, detail: Detail) -> list[str]:
    sign = "!" if change.action == "replace" else "-"
    why = cause_alone(change)
    if change.replace_paths and not any(each.forces_replacement for each in change.differences):
        why = f"{why}: {', '.join(change.replace_paths)}"
    remark = "; ".join(filter(None, (change.danger, why)))
    shown = [each for each in change.differences if each.forces_replacement or detail < Detail.UPDATED]
    return [
        f"{sign} {change.address}{_note(change)}" + (f"  # {remark}" if remark else ""),
        *(line for each in shown for line in _difference(each, detail)),
    ]


def _forgotten(changes: Sequence[ResourceChange], detail: Detail) -> Block:
    lines = [f"  × {change.address}{_note(change)}" for change in changes]
    title = f"**{len(changes):,} forgotten** by Terraform, and left in AWS"
    return Block("forgotten", title, _listed([change.address for change in changes], lines, detail))


def _updated(changes: Sequence[ResourceChange], detail: Detail) -> Block:
    title = f"**{len(changes):,} updated** in place"
    if detail >= Detail.COUNTED:
        return Block("updated", title, _types(change.address for change in changes))
    retagged, changes = folded(changes)
    tags = [[f"  {cut_counted(str(each), LONGEST) if detail >= Detail.LINES else each}"] for each in retagged]
    heads = [f"  {change.address}{_note(change)}" for change in changes]
    if detail >= Detail.UPDATED:
        return Block("updated", title, fence([*chain.from_iterable(tags), *heads], "diff"))
    lines = [
        [head, *(line for each in change.differences for line in _difference(each, detail))]
        for head, change in zip(heads, changes, strict=True)
    ]
    return Block("updated", title, fence(_apart([*tags, *lines]), "diff"))


def _created(changes: Sequence[ResourceChange], detail: Detail) -> Block:
    lines = [f"+ {change.address}{_note(change)}" for change in changes]
    body = fence(lines, "diff") if detail < Detail.CREATED else _types(change.address for change in changes)
    return Block("created", f"**{len(changes):,} created**", body)


def _others(changes: Sequence[ResourceChange], detail: Detail) -> Block:
    signs = {"import": "←", "move": "→"}
    lines = [f"  {signs[change.action]} {change.address}{_note(change)}" for change in changes]
    title = f"**{len(changes):,} imported or moved**"
    return Block("others", title, _listed([change.address for change in changes], lines, detail))


def _deploys(deploys: Sequence[Deploy]) -> Block:
    images = [f"{text(name)} {code(old)} → {code(new)}" for deploy in deploys for name, old, new in deploy.images]
    return Block("deploys", f"🚢 New images: {', '.join(images)}", "")


def _outputs(outputs: Sequence[OutputChange], detail: Detail) -> Block:
    lines: list[str] = []
    sign = {"create": "+", "destroy": "-"}
    for output in outputs:
        if output.difference is None or detail >= Detail.SIDE:
            lines.append(f"{sign.get(output.action, ' ')} {output.name}")
        else:
            lines += [f"{line[:1]} {line[4:]}" for line in _difference(output.difference, detail)]
    return Block("outputs", f"**{count(len(outputs), 'output')} changed**", fence(lines, "diff"))


def _deferred(addresses: Sequence[str], detail: Detail) -> Block:
    lines = [f"  … {address}" for address in addresses]
    return Block("deferred", f"**{len(addresses):,} deferred** to a later plan", _listed(addresses, lines, detail))


def _drift_lines(drift: Drift, detail: Detail) -> list[str]:
    if drift.gone:
        return [f"- {drift.address}  # gone"]
    differences = drift.differences if detail < Detail.SIDE else ()
    return [f"  {drift.address}", *(line for each in differences for line in _difference(each, detail))]


def _difference(difference: Difference, detail: Detail) -> list[str]:
    """The lines of a diff: `-   cpu: 256`, `+   cpu: 512`."""
    remarks = {"forces the replacement": difference.forces_replacement, "patched": difference.patched}
    said = "; ".join(words for words, holds in remarks.items() if holds)
    forced = f"  # {said}" if said else ""

    def shown(value: str) -> str:
        return cut_counted(value, LONGEST) if detail >= Detail.LINES else value

    why = [f"    # {hidden(difference.hidden)}"] if difference.hidden else []
    if difference.lines:
        lines = [f"    {difference.path}:{forced}"]
        for line in difference.lines:
            sign = line[:1] if line[:1] in ("+", "-") else " "
            if sign != " " or detail < Detail.LINES:
                lines.append(f"{sign}     {shown(line[1:].strip(chr(10)))}".rstrip())
        return [*lines, *why]
    gone = [f"-   {difference.path}: {shown(difference.before)}"] if difference.before is not None else []
    come = [f"+   {difference.path}: {shown(difference.after)}"] if difference.after is not None else []
    changed = [*gone, *come] or [f"    {difference.path}"]
    return [*changed[:-1], changed[-1] + forced, *why]


def _apart(blocks: Iterable[Sequence[str]]) -> list[str]:
    """Blocks of lines with a blank line around those that have more than one."""
    lines: list[str] = []
    tall = False
    for block in blocks:
        if lines and (tall or len(block) > 1):
            lines.append("")
        tall = len(block) > 1
        lines += block
    return lines


def _note(change: ResourceChange) -> str:
    notes = []
    if change.previous_address:
        notes.append(f"was {change.previous_address}")
    if change.imported:
        notes.append(f"imported {change.imported_id}".rstrip())
    if change.deposed and change.action != "destroy":
        notes.append(f"object {change.deposed}")
    if change.action == "forget" and (reason := cause_alone(change)):
        notes.append(reason)
    return f" ({'; '.join(notes)})" if notes else ""


def _listed(addresses: Sequence[str], lines: list[str], detail: Detail) -> str:
    return _types(addresses) if detail >= Detail.COUNTED else fence(lines)


def _types(addresses: Iterable[str]) -> str:
    """`aws_subnet` × 3, `aws_vpc`."""
    counted = Counter(address.rpartition("module.")[2].split("[")[0].split(".")[-2:][0] for address in addresses)
    return ", ".join(code(kind) + (f" × {number:,}" if number > 1 else "") for kind, number in sorted(counted.items()))


_BLOCKS: tuple[tuple[tuple[Action, ...], Callable[[Sequence[ResourceChange], Detail], Block]], ...] = (
    (("destroy",), partial(_lost, "destroyed")),
    (("replace",), partial(_lost, "replaced")),
    (("forget",), _forgotten),
    (("update",), _updated),
    (("create",), _created),
    (("import", "move"), _others),
)
"""In their order."""
