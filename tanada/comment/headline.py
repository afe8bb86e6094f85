"""What reports say in one sentence: the headline that anyone understands, and the result in one word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tanada.comment import losses
from tanada.comment.escape import is_plain, text
from tanada.comment.severity import ahead, dangers, disposable, severity, whole
from tanada.forge.base import Result
from tanada.plan.report import KINDS, Report
from tanada.text import count, cut, visible

_MOST = 4
"""Kinds of loss that a headline names."""
_CAUTIONS = 2
_MAKER_CHARACTERS = 100
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
    severities = {severity(report) for report in reports}
    if severities & {"failed", "not approved"}:
        return "failed"
    if "dangerous" in severities:
        return "dangerous"
    if severities & {"changes", "routine"} or _makers(reports):
        return "changes"
    return "waits" if "waits" in severities else "nothing"


def headline(reports: Sequence[Report]) -> str:
    """The headline as plain text of at most 140 characters: `2 environments change, 1 database is replaced`."""
    phrases = [*_makers(reports), *_phrases(reports)]
    while len(_joined(phrases, marked=False)) > _STATUS_CHARACTERS and len(phrases) > 1:
        # What is grave stays longest.
        harmless = [index for index, phrase in enumerate(phrases) if not phrase.grave and index]
        del phrases[(harmless or [len(phrases) - 1])[-1]]
    return cut(_joined(phrases, marked=False), _STATUS_CHARACTERS)


def headline_markdown(reports: Sequence[Report]) -> str:
    """The headline with what is grave in bold; without the asides, unless it would say nothing."""
    return _joined([*_makers(reports), *(_main(reports) or _phrases(reports))], marked=True)


def maker(reports: Sequence[Report]) -> str:
    """How Tanada itself changes, in Markdown; empty where it doesn't."""
    return _joined(_makers(reports), marked=True)


def asides(reports: Sequence[Report]) -> tuple[str, ...]:
    """What the headline in Markdown leaves out: what waits, what drifted."""
    return tuple(phrase.words for phrase in _asides(reports)) if _main(reports) else ()


def _joined(phrases: Sequence[Phrase], *, marked: bool) -> str:
    parts = []
    for index, phrase in enumerate(phrases):
        words = phrase.words if index or phrase.name else phrase.words[:1].upper() + phrase.words[1:]
        if phrase.name:
            words = f"{text(phrase.name) if marked else visible(phrase.name)} {words}".rstrip()
        parts.append(f"**{words}**" if marked and phrase.grave else words)
    return ", ".join(parts)


def _makers(reports: Sequence[Report]) -> list[Phrase]:
    """Before all else, for what else is said is said by it: how Tanada itself, or what it runs with, changes."""
    first = next((report.maker for report in reports if report.maker), None)
    return [Phrase("", True, cut(first[:1].upper() + first[1:], _MAKER_CHARACTERS))] if first else []


def _phrases(reports: Sequence[Report]) -> list[Phrase]:
    """All that the headline says, in order."""
    phrases = [*_main(reports), *_asides(reports)]
    if not _main(reports):
        nothing = "nothing else changes" if _makers(reports) else "nothing changes"
        phrases.insert(0, Phrase(nothing if phrases else f"{nothing}."))
    return phrases


def _main(reports: Sequence[Report]) -> list[Phrase]:
    return [
        *_changing(reports),
        *_imported(reports),
        *_destroyed(reports),
        *_losses(reports),
        *_cautions(reports),
        *_stopped(reports),
    ]


def _changing(reports: Sequence[Report]) -> Iterator[Phrase]:
    planned = [report for report in reports if _planned(report)]
    routine = [report for report in planned if severity(report) == "routine"]
    for kind, word in KINDS.items():
        if applied := sum(1 for report in reports if report.kind == kind and report.status == "applied"):
            yield Phrase(f"{_counted(applied, word)} {_verb(applied, 'is', 'are')} applied")
        # Those that only get new images, or go as a whole, have phrases of their own.
        changing = sum(1 for r in planned if r.kind == kind and severity(r) != "routine" and not whole(r))
        if changing:
            yield Phrase(f"{_counted(changing, word)} {_verb(changing, 'changes', 'change')}")
    if routine:
        yield Phrase(f"{count(len(routine), 'environment')} {_verb(len(routine), 'gets', 'get')} new images")


def _imported(reports: Sequence[Report]) -> Iterator[Phrase]:
    """What was made by hand and is gone on with, and how much of it doesn't stay as it is."""
    summaries = [report.summary for report in reports if ahead(report) and report.summary]
    taken = [change for summary in summaries for change in summary.changes if change.imported]
    if taken:
        yield Phrase(f"{len(taken):,} imported, {sum(change.action != 'import' for change in taken):,} changed")


def _planned(report: Report) -> bool:
    return report.status == "changes" and severity(report) in ("dangerous", "changes", "routine")


def _counted(number: int, word: str) -> str:
    """`the common layer`, `2 common layers`, `1 environment`."""
    return "the common layer" if (number, word) == (1, KINDS["common"]) else count(number, word)


def _verb(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


def _destroyed(reports: Sequence[Report]) -> Iterator[Phrase]:
    """What goes as a whole; in bold where it isn't made to be thrown away."""
    destroyed = [report for report in reports if ahead(report) and whole(report)]
    grave = not all(map(disposable, destroyed))
    if len(destroyed) == 1:
        yield Phrase("is destroyed", grave, destroyed[0].label)
    elif destroyed:
        words = "environments" if all(report.kind == "environment" for report in destroyed) else "stacks"
        yield Phrase(f"{len(destroyed):,} {words} are destroyed", grave)


def _losses(reports: Sequence[Report]) -> Iterator[Phrase]:
    """What goes for ever, in bold; of review environments only where nothing else goes."""
    planned = [report for report in reports if ahead(report)]
    lost = Counter(kind for report in planned if not disposable(report) for kind in _kinds_lost(report))
    ranked = sorted(lost.items(), key=lambda item: losses.rank(*item[0]))
    yield from (Phrase(losses.in_words(number, word, verb), True) for (word, verb), number in ranked[:_MOST])
    if others := sum(number for _, number in ranked[_MOST:]):
        yield Phrase(f"{others:,} more are lost", True)
    throwing = [report.summary for report in planned if disposable(report) and not whole(report) and report.summary]
    thrown = sum(len(summary.dangerous) for summary in throwing)
    if thrown and not lost:
        yield Phrase(f"{count(thrown, 'resource')} of review environments {_verb(thrown, 'goes', 'go')}")


def _cautions(reports: Sequence[Report]) -> Iterator[Phrase]:
    """What somebody has to be told, or goes without an answer for a while; of review environments nothing."""
    told = [report.summary for report in reports if ahead(report) and report.kind != "review" and report.summary]
    words = dict.fromkeys(each.headline for summary in told for each in summary.cautions if each.headline)
    # A report may come from a job that others control.
    yield from (Phrase(each, True) for each in [each for each in words if is_plain(each)][:_CAUTIONS])


def _kinds_lost(report: Report) -> Iterator[tuple[str, str]]:
    """Of a stack that goes as a whole only data."""
    for danger in dangers(report):
        if danger.change and (losses.gravest(danger) or not whole(report)):
            yield losses.kind(danger)


def _stopped(reports: Sequence[Report]) -> Iterator[Phrase]:
    statuses = Counter(report.status for report in reports)
    if failed := sum(1 for report in reports if severity(report) == "failed" and report.status != "refused"):
        yield Phrase(f"{count(failed, 'stack')} {_verb(failed, 'fails', 'fail')}", True)
    if refused := statuses["refused"]:
        yield Phrase(f"{count(refused, 'stack')} {_verb(refused, 'is', 'are')} refused", True)
    if other := statuses["not approved"]:
        yield Phrase(f"{count(other, 'stack')} {_verb(other, 'is', 'are')} not approved", True)
    if waiting := statuses["not applied"]:
        yield Phrase(f"{waiting:,} not applied")
    if checks := sum(len(report.summary.checks) for report in reports if report.summary):
        yield Phrase(f"{count(checks, 'check')} {_verb(checks, 'does', 'do')} not pass")


def _asides(reports: Sequence[Report]) -> Iterator[Phrase]:
    statuses = Counter(report.status for report in reports)
    if waits := statuses["waits for common"]:
        yield Phrase(f"{count(waits, 'environment')} {_verb(waits, 'waits', 'wait')} for the common layer")
    if strays := statuses["undeclared"]:
        yield Phrase(f"{count(strays, 'state')} {_verb(strays, 'is', 'are')} declared no more")
    if drift := sum(len(report.summary.drift) for report in reports if report.summary):
        yield Phrase(f"{count(drift, 'resource')} changed outside Terraform")
