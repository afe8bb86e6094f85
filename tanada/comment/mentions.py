"""Lines that name stacks: above the table those that failed or wait for an approval, below it the quiet ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tanada.comment.escape import code, link, text
from tanada.comment.phrases import LONGEST, approval, linked, listed, names
from tanada.comment.severity import Standing, ahead, unplanned
from tanada.comment.shorten import Omissions
from tanada.plan.report import Report
from tanada.text import count, cut_counted


def failures(standing: Standing, omissions: Omissions) -> tuple[str, ...]:
    """What failed, those together that failed alike."""
    failed = [report for report in standing.ranked if standing.severity(report) == "failed"]
    alike: dict[tuple[str, str], list[Report]] = {}
    for report in failed:
        error = next((message.summary for message in report.messages if message.severity == "error"), None)
        alike.setdefault((report.status, f": {code(cut_counted(error, LONGEST))}" if error else ""), []).append(report)
    if len(alike) > omissions.lines:
        return (names([report.label for report in failed], omissions.names),)
    return tuple(
        f"{_linked(reports, omissions, bold=True)} {_outcome(status, len(reports))}{error}"
        for (status, error), reports in alike.items()
    )


def cautions(standing: Standing, omissions: Omissions) -> tuple[str, ...]:
    """What is to be known of what is still to be decided, with the stacks that it is so of; losses come first."""
    alike: dict[tuple[bool, str], list[str]] = {}
    for report in standing.ranked:
        for caution in report.summary.cautions if report.summary and ahead(report) else ():
            alike.setdefault((not caution.grave, caution.words), []).append(report.label)
    lines = [
        f"{listed(labels, omissions.names, lambda label: f'**{text(label)}**')}: {text(words)}"
        for (_, words), labels in sorted(alike.items(), key=lambda item: item[0][0])
    ]
    more = lines[omissions.lines :]
    return (*lines[: omissions.lines], *((f"{len(more):,} more: tanada plan says them",) if more else ()))


def _outcome(status: str, number: int) -> str:
    was = "was" if number == 1 else "were"
    return {"failed": "failed", "refused": f"{was} refused", "interrupted": f"{was} interrupted"}.get(
        status, "could not be planned"
    )


def to_approve(standing: Standing, omissions: Omissions) -> tuple[str, ...]:
    """What was not applied because it is not what was approved."""
    waiting = [report for report in standing.reports if report.status == "not approved"]
    if len(waiting) > omissions.lines:
        return (names([report.label for report in waiting], omissions.names),)
    return tuple(f"{linked(report, omissions, bold=True)}: {approval(report)}" for report in waiting)


def below(standing: Standing, omissions: Omissions) -> Iterator[str]:
    """The lines below the table, each about stacks that need no look of their own."""
    routine = [report for report in standing.of("routine") if report.status == "changes"]
    still = standing.of("nothing")
    yield from _deploys(routine, omissions)
    resting = [report for report in (*routine, *still) if standing.underneath(report)]
    if resting:
        yield (
            "⚠️ **Planned against the common layer as it is now**, and may change more once it is applied: "
            f"{_linked(resting, omissions)}"
        )
    for common in standing.moving:
        if stacks := unplanned(common, standing.reports):
            yield f"⚠️ Resting on {text(common.label)} too, but **not planned here**: {names(stacks, omissions.names)}"
    if waiting := standing.of("waits"):
        yield f"⏳ Waiting for the common layer: {_linked(waiting, omissions)}{_sentence(waiting)}"
    if strays := standing.of("undeclared"):
        yield f"❔ With a state, but no declaration any more: {_linked(strays, omissions)}{_sentence(strays)}"
    yield from _unchanged([report for report in still if report not in resting], len(standing.reports), omissions)


def _deploys(routine: Sequence[Report], omissions: Omissions) -> Iterator[str]:
    """`web, backend: new images a1b2 → c3d4 in test, test2`."""
    most = omissions.names
    alike: dict[tuple[tuple[str, str, str], ...], list[Report]] = {}
    for report in routine:
        assert report.summary is not None
        images = sorted({image for deploy in report.summary.deploys for image in deploy.images})
        alike.setdefault(tuple(images), []).append(report)
    groups = sorted(alike.items(), key=lambda item: -len(item[1]))
    for same, reports in groups[:most]:
        places = listed(reports, most, lambda report: _place(report, omissions))
        yield f"🚢 {_new_images(same, most)} in {places}"
    if len(groups) > most:
        yield f"🚢 other new images in {count(sum(len(each) for _, each in groups[most:]), 'stack')}"


def _new_images(images: Sequence[tuple[str, str, str]], most: int) -> str:
    by_tag: dict[tuple[str, str], list[str]] = {}
    for container, before, after in images:
        by_tag.setdefault((before, after), []).append(container)
    return "; ".join(
        f"{names(containers, most)}: new {'image' if len(containers) == 1 else 'images'} {code(before)} → {code(after)}"
        for (before, after), containers in by_tag.items()
    )


def _unchanged(reports: Sequence[Report], of: int, omissions: Omissions) -> Iterator[str]:
    quiet = omissions if omissions.quiet_links else replace(omissions, links=False)
    if reports and len(reports) < of:
        yield f"🟢 No changes: {_linked(reports, quiet)}"
    elif reports:
        yield f"{count(len(reports), 'stack')} planned: {_linked(reports, quiet)}"


def _linked(reports: Sequence[Report], omissions: Omissions, *, bold: bool = False) -> str:
    return listed(reports, omissions.names, lambda report: linked(report, omissions, bold=bold))


def _place(report: Report, omissions: Omissions) -> str:
    return link(report.environment or report.label, report.log_url if omissions.links else None)


def _sentence(reports: Sequence[Report]) -> str:
    """The sentence that several reports have in common, where they have one."""
    sentences = {report.messages[0].summary for report in reports if report.messages}
    return f" – {text(sentences.pop())}" if len(sentences) == 1 else ""
