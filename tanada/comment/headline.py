"""What reports say in one sentence: the headline that anyone understands, and the result in one word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tanada.comment import severity
from tanada.comment.escape import is_plain, text, visible
from tanada.comment.phrases import count
from tanada.plan.report import Report

Result = Literal["nothing", "changes", "dangerous", "failed", "waits"]

_KINDS = {"common": "common layer", "environment": "environment", "review": "review environment"}
_GRAVEST = ("database", "table", "bucket", "file system", "volume", "backup vault")
"""Data first: the rest can be made again."""
_MOST = 4
"""Kinds of loss that a headline names."""
_STATUS_CHARACTERS = 140
"""GitHub's limit of a commit status' description (docs.github.com, REST, commit statuses)."""


class Phrase(NamedTuple):
    """A part of the headline."""

    words: str
    grave: bool = False
    name: str | None = None
    """A label that stands before the words."""


def result(reports: Sequence[Report]) -> Result:
    """The gravest of what the reports say; for labels and commit statuses."""
    severities = {severity.severity(report) for report in reports}
    if severities & {"failed", "not approved"}:
        return "failed"
    if "dangerous" in severities:
        return "dangerous"
    if severities & {"changes", "routine"}:
        return "changes"
    return "waits" if "waits" in severities else "nothing"


def headline(reports: Sequence[Report]) -> str:
    """The headline as plain text of at most 140 characters: `2 environments change, 1 database is replaced`."""
    said = phrases(reports)
    while len(_joined(said, marked=False)) > _STATUS_CHARACTERS and len(said) > 1:
        # What is grave stays longest.
        harmless = [index for index, phrase in enumerate(said) if not phrase.grave and index]
        said = [phrase for index, phrase in enumerate(said) if index != (harmless or [len(said) - 1])[-1]]
    plain = _joined(said, marked=False)
    return plain if len(plain) <= _STATUS_CHARACTERS else f"{plain[: _STATUS_CHARACTERS - 1]}…"


def headline_markdown(reports: Sequence[Report]) -> str:
    """The headline with what is grave in bold; without the asides, unless it would say nothing."""
    return _joined(_main(reports) or phrases(reports), marked=True)


def asides(reports: Sequence[Report]) -> tuple[str, ...]:
    """What the headline in Markdown leaves out: what waits, what drifted."""
    return tuple(phrase.words for phrase in _asides(reports)) if _main(reports) else ()


def _joined(said: Sequence[Phrase], *, marked: bool) -> str:
    parts = []
    for index, phrase in enumerate(said):
        words = phrase.words if index or phrase.name else phrase.words[:1].upper() + phrase.words[1:]
        if phrase.name:
            words = f"{text(phrase.name) if marked else visible(phrase.name)} {words}"
        parts.append(f"**{words}**" if marked and phrase.grave else words)
    return ", ".join(parts)


def phrases(reports: Sequence[Report]) -> list[Phrase]:
    """What the headline says, in order."""
    said = [*(_main(reports) or [Phrase("nothing changes")]), *_asides(reports)]
    return [Phrase("nothing changes.")] if said == [Phrase("nothing changes")] else said


def _main(reports: Sequence[Report]) -> list[Phrase]:
    return [*_changing(reports), *_losses(reports), *_stopped(reports)]


def _changing(reports: Sequence[Report]) -> list[Phrase]:
    said = []
    for kind, word in _KINDS.items():
        applied = [r for r in reports if r.kind == kind and r.status == "applied"]
        if applied:
            said.append(Phrase(f"{_number(len(applied), word)} {'is' if len(applied) == 1 else 'are'} applied"))
        changing = [r for r in reports if r.kind == kind and _planned(r) and not _told_apart(r)]
        if changing:
            verb = "changes" if len(changing) == 1 else "change"
            said.append(Phrase(f"{_number(len(changing), word)} {verb}"))
    routine = [r for r in reports if _planned(r) and severity.severity(r) == "routine"]
    if routine:
        verb = "gets" if len(routine) == 1 else "get"
        said.append(Phrase(f"{count(len(routine), 'environment')} {verb} new images"))
    return said


def _planned(report: Report) -> bool:
    return report.status == "changes" and severity.severity(report) in ("dangerous", "changes", "routine")


def _told_apart(report: Report) -> bool:
    return severity.severity(report) == "routine" or severity.whole(report)


def _number(number: int, word: str) -> str:
    """`the common layer`, `2 common layers`, `1 environment`."""
    return "the common layer" if (number, word) == (1, "common layer") else count(number, word)


def _losses(reports: Sequence[Report]) -> list[Phrase]:
    """What goes for ever; in bold where it isn't made to be thrown away."""
    said = []
    planned = [report for report in reports if severity.ahead(report)]
    destroyed = [report for report in planned if severity.whole(report)]
    if len(destroyed) == 1:
        said.append(Phrase("is destroyed", not severity.disposable(destroyed[0]), destroyed[0].label))
    elif destroyed:
        kept = [report for report in destroyed if not severity.disposable(report)]
        words = "environments" if all(report.kind == "environment" for report in destroyed) else "stacks"
        said.append(Phrase(f"{len(destroyed):,} {words} are destroyed", bool(kept)))
    lost: Counter[tuple[str, str]] = Counter()
    for report in planned:
        if not severity.disposable(report):
            whole = severity.whole(report)
            dangers = (danger for danger in severity.dangers(report) if danger.change)
            lost.update(kind(danger) for danger in dangers if gravest(danger) or not whole)
    ranked = sorted(lost.items(), key=lambda item: _rank(*item[0]))
    said += [Phrase(losses(number, word, verb), True) for (word, verb), number in ranked[:_MOST]]
    if others := sum(number for _, number in ranked[_MOST:]):
        said.append(Phrase(f"{others:,} more are lost", True))
    thrown = sum(
        len(report.summary.dangerous)
        for report in planned
        if report.summary and severity.disposable(report) and not severity.whole(report)
    )
    if thrown and not lost:
        said.append(Phrase(f"{count(thrown, 'resource')} of review environments {'goes' if thrown == 1 else 'go'}"))
    return said


def kind(danger: severity.Danger) -> tuple[str, str]:
    """What is lost and how: `("database", "replaced")`."""
    assert danger.change is not None
    word = danger.change.danger or "resource of a protected account"
    # A report may come from a job that others control, and a headline has no room for code.
    return word if is_plain(word) else "resource", "replaced" if danger.change.action == "replace" else "destroyed"


def gravest(danger: severity.Danger) -> bool:
    """Whether data are lost."""
    return danger.change is not None and danger.change.danger in _GRAVEST


def _rank(word: str, verb: str) -> tuple[int, bool, str]:
    rank = _GRAVEST.index(word) if word in _GRAVEST else len(_GRAVEST) + word.startswith("resource of")
    return rank, verb != "destroyed", word


def _verb(number: int, verb: str) -> str:
    return f"{'is' if number == 1 else 'are'} {verb}"


def losses(number: int, word: str, verb: str) -> str:
    """`1 database is replaced`, `12 resources of a protected account are destroyed`."""
    return f"{count(number, word)} {_verb(number, verb)}"


def _stopped(reports: Sequence[Report]) -> list[Phrase]:
    said = []
    failed = sum(1 for report in reports if severity.severity(report) == "failed" and report.status != "refused")
    if failed:
        said.append(Phrase(f"{failed:,} {'stack fails' if failed == 1 else 'stacks fail'}", True))
    if refused := sum(1 for report in reports if report.status == "refused"):
        said.append(Phrase(f"{count(refused, 'stack')} {'is' if refused == 1 else 'are'} refused", True))
    if other := sum(1 for report in reports if report.status == "not approved"):
        said.append(Phrase(f"{count(other, 'stack')} {'is' if other == 1 else 'are'} not approved", True))
    if waiting := sum(1 for report in reports if report.status == "not applied"):
        said.append(Phrase(f"{waiting:,} not applied"))
    if checks := sum(len(report.summary.checks) for report in reports if report.summary):
        said.append(Phrase(f"{count(checks, 'check')} {'does' if checks == 1 else 'do'} not pass"))
    return said


def _asides(reports: Sequence[Report]) -> list[Phrase]:
    said = []
    if waits := sum(1 for report in reports if report.status == "waits for common"):
        verb = "waits" if waits == 1 else "wait"
        said.append(Phrase(f"{count(waits, 'environment')} {verb} for the common layer"))
    if strays := sum(1 for report in reports if report.status == "undeclared"):
        said.append(Phrase(f"{count(strays, 'state')} {'is' if strays == 1 else 'are'} declared no more"))
    if drift := sum(len(report.summary.drift) for report in reports if report.summary):
        said.append(Phrase(f"{count(drift, 'resource')} changed outside Terraform"))
    return said
