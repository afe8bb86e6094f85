"""What is lost, in words: a headline's, and the lines that nobody may overlook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tanada.comment.escape import code, is_plain, text
from tanada.comment.page import Loss
from tanada.comment.phrases import cause, listed, names
from tanada.comment.severity import Danger, Standing, ahead, disposable
from tanada.comment.shorten import Omissions
from tanada.plan.report import KINDS, Report
from tanada.resources import is_kept
from tanada.text import count

_FIRST = ("database", "table", "bucket", "file system", "volume", "backup vault")
"""Data come first in a headline, in this order; then whatever else `removal: keep` holds, and what is not known."""


def kind(danger: Danger) -> tuple[str, str]:
    """What is lost and how: `("database", "replaced")`."""
    assert danger.change is not None
    word = danger.change.danger or "resource of a protected account"
    # A report may come from a job that others control, and a headline has no room for code.
    return word if is_plain(word) else "resource", "replaced" if danger.change.action == "replace" else "destroyed"


def gravest(danger: Danger) -> bool:
    """Whether what is lost can't be made again as it was, as far as anybody knows."""
    return danger.change is not None and is_kept(danger.change.type)


def rank(word: str, verb: str) -> tuple[int, bool, str]:
    """The place of a kind of loss among others, the gravest first."""
    place = _FIRST.index(word) if word in _FIRST else len(_FIRST) + word.startswith("resource of a protected")
    return place, verb != "destroyed", word


def in_words(number: int, word: str, verb: str) -> str:
    """`1 database is replaced`, `12 resources of a protected account are destroyed`."""
    return f"{count(number, word)} {'is' if number == 1 else 'are'} {verb}"


def losses(standing: Standing, omissions: Omissions, *, thrown: bool) -> tuple[Loss, ...]:
    """What stacks lose that all others have to keep, or (`thrown`) that are made to be thrown away."""
    losing = [report for report in standing.ranked if ahead(report) and disposable(report) == thrown]
    dangers = [danger for report in losing for danger in standing.dangers(report)]
    if len(dangers) > omissions.lines:
        return _condensed(dangers, omissions.names)
    alike: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for report in losing:
        lines = tuple(_lines(standing.dangers(report), omissions.each))
        lock = f" · 🔒 protected account {text(report.account)}" if report.protected else ""
        if lines:
            alike.setdefault((lines, lock), []).append(report.label)
    return tuple(
        Loss(listed(labels, omissions.names, lambda label: f"**{text(label)}**") + lock, lines)
        for (lines, lock), labels in alike.items()
    )


def _lines(dangers: Sequence[Danger], most: int) -> Iterable[str]:
    """Of a stack that goes as a whole only what is worst is told one by one."""
    whole = any(danger.change is None for danger in dangers)
    single = [danger for danger in dangers if not whole or danger.change is None or gravest(danger)]
    rest = [danger for danger in dangers if danger not in single and danger.change and danger.change.danger]
    counted = [danger for danger in single[most:] if danger.change] + rest
    yield from (_line(danger) for danger in single[:most])
    if counted:
        kinds = Counter(kind(danger)[0] for danger in counted)
        lead = "with it" if whole else "and"
        yield f"{lead} {', '.join(count(number, word) for word, number in kinds.most_common())}"


def _line(danger: Danger) -> str:
    report, change = danger.report, danger.change
    if change is None:
        return _whole(report)
    word, verb = kind(danger)
    loss = f"**{word} is {verb}**" if change.danger else f"**is {verb}**"
    line = f"{loss}: {code(change.address)}" if change.danger else f"{code(change.address)} {loss}"
    if why := cause(change):
        line += f" – {why}"
    if report.kind == "common" and report.dependents:
        line += f"; used by {names(report.dependents, 10)}"
    return line


def _whole(report: Report) -> str:
    assert report.summary is not None
    return f"**the whole {KINDS[report.kind]} is destroyed**: {count(report.summary.counts.destroy, 'resource')}"


def _condensed(dangers: Sequence[Danger], most: int) -> tuple[Loss, ...]:
    """Numbers by what is lost, the stacks behind them."""
    by_kind: dict[tuple[str, str], list[str]] = {}
    for danger in dangers:
        key = kind(danger) if danger.change else ("environment", "destroyed")
        by_kind.setdefault(key, []).append(danger.report.label)
    return tuple(
        Loss("", (f"**{in_words(len(labels), *key)}**: {names(list(dict.fromkeys(labels)), most)}",))
        for key, labels in by_kind.items()
    )
