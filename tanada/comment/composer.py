"""Composes the page of a comment from reports: what stands where, and what is left out until it fits."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace

from tanada.comment import headline, sections
from tanada.comment.costs import cost_change, money, total
from tanada.comment.escape import code, link, text
from tanada.comment.losses import losses
from tanada.comment.mentions import below, cautions, failures, to_approve
from tanada.comment.page import Page, RunInfo
from tanada.comment.phrases import LONGEST, approval, listed, names
from tanada.comment.reasons import Reasons
from tanada.comment.sections import Section, Symbol, heading
from tanada.comment.severity import Severity, Standing
from tanada.comment.shorten import LEFT_OUT, NOTHING, Detail, Omissions
from tanada.comment.table import rows
from tanada.plan.report import KINDS, Report
from tanada.text import cut_counted

_Builder = Callable[[Detail], Section | None]
_UNSEEN: tuple[Severity, ...] = ("routine", "nothing", "waits", "undeclared")
"""What needs no section, unless a check of it fails."""


class Composer:
    """Composes pages of the same reports, leaving out more or less; keeps what doesn't change between them."""

    def __init__(self, reports: Sequence[Report], run: RunInfo) -> None:
        self.run = run
        self.standing = Standing(reports)
        reports = self.standing.reports
        failed = [headline.maker(reports), f"**{text(run.headline or '')}**"]
        self._headline = ", ".join(filter(None, failed)) if run.headline else headline.headline_markdown(reports)
        self._asides = headline.asides(reports)
        self._reasons = Reasons(reports)
        self._alike = self._groups()
        self._builders = [*map(self._of_stacks, self._alike), *self._of_all()]
        self._built: dict[tuple[int, Detail], Section | None] = {}

    @property
    def sections(self) -> int:
        """How many there are at most."""
        return len(self._builders)

    @property
    def grave(self) -> int:
        """How many of the sections, the first ones, are dangerous or failed."""
        return sum(1 for alike in self._alike if self.standing.grave(alike[0]))

    def page(self, omissions: Omissions) -> Page:
        """The page with so much left out."""
        standing, run = self.standing, self.run
        built = (self._section(index, omissions.of(index)) for index in range(self.sections))
        shown = [section for section in built if section is not None]
        costs = [report.summary.cost for report in standing.reports if report.summary and report.summary.cost]
        return Page(
            title=text(run.title),
            system=text(run.system),
            headline=self._headline,
            asides=self._asides,
            symbol=self._symbol(),
            shortened=None if omissions == NOTHING else self._shortened(omissions),
            notices=tuple(self._notices()),
            dangers=losses(standing, omissions, thrown=False),
            thrown=losses(standing, omissions, thrown=True),
            cautions=cautions(standing, omissions),
            failures=failures(standing, omissions),
            to_approve=to_approve(standing, omissions),
            reasons=self._reasons.lines(omissions),
            rows=rows(standing, omissions),
            costs=any(map(cost_change, costs)),
            cost=total(costs),
            lines=tuple(below(standing, omissions)),
            open=tuple(section for section in shown if section.open),
            terraces=_by_terrace([section for section in shown if not section.open and section.kind in KINDS]),
            drift=tuple(section for section in shown if section.kind == "drift"),
            ending=tuple(map(text, run.ending)),
            warnings=next((section for section in shown if section.kind == "warnings"), None),
            footer=tuple(self._footer()),
        )

    def _section(self, index: int, detail: Detail) -> Section | None:
        key = (index, detail)
        if key not in self._built:
            self._built[key] = self._builders[index](detail)
        return self._built[key]

    def _groups(self) -> list[list[Report]]:
        """The reports that have a section, those that say the same together: a fleet often changes alike."""
        groups: dict[Hashable, list[Report]] = {}
        for report in self.standing.ranked:
            checked = report.summary is not None and bool(report.summary.checks)
            if checked or self.standing.severity(report) not in _UNSEEN:
                groups.setdefault(self._contents(report), []).append(report)
        return list(groups.values())

    def _contents(self, report: Report) -> Hashable:
        """All that a section says, but for the label."""
        summary, cost = report.summary, None
        if summary is not None:
            cost = money(cost_change(summary.cost))
            summary = replace(summary, fingerprint="", keyed="", cost=None, drift=(), unchanged=0)
        errors = tuple(message for message in report.messages if message.severity == "error")
        stands = (report.kind, self.standing.severity(report), report.status, report.protected and report.account)
        return (*stands, summary, cost, errors, report.configuration, self._reasons.own(report), *self._notes(report))

    def _of_stacks(self, alike: list[Report]) -> _Builder:
        first = alike[0]
        labels = [report.label for report in alike]
        reasons, notes, stands_open = self._reasons.own(first), list(self._notes(first)), self.standing.grave(first)
        return lambda detail: sections.section(first, labels, reasons, notes, detail, stands_open=stands_open)

    def _notes(self, report: Report) -> Iterator[str]:
        if under := self.standing.underneath(report):
            moving = [each for each in self.standing.moving if each.stack == under]
            failed = any(self.standing.severity(each) == "failed" for each in moving)
            verb = "could not be planned" if failed else "changes too"
            yield f"Planned against the common layer as it is now: {text(under)} {verb}."
        if report.dependents and report.summary and (report.summary.counts.replace or report.summary.counts.destroy):
            yield f"Used by {names(report.dependents, 20)}."
        if report.status == "not approved" and report.summary and report.summary.fingerprint:
            yield f"W{approval(report)[1:]}."

    def _of_all(self) -> Iterator[_Builder]:
        """Behind those of stacks: drift, and the warnings of all."""
        for report in self.standing.reports:
            if report.summary and report.summary.drift:
                yield lambda detail, report=report: sections.drifted(report, detail)  # type: ignore[misc]
        # What one waits for, and what a stray state is told, stands in a line of its own.
        warned = [r for r in self.standing.reports if self.standing.severity(r) not in ("waits", "undeclared")]
        if any(message.severity == "warning" for report in warned for message in report.messages):
            yield lambda detail: sections.warnings(warned, detail)

    def _symbol(self) -> Symbol:
        if self.run.ending and not self.standing.reports:
            return "⚠️"
        if self.run.headline:
            return "❌"  # what went wrong with the run itself, whatever its reports say
        if not self.standing.ranked:
            return "🟢"
        first = self.standing.ranked[0]
        symbol = sections.symbol(first, self.standing.severity(first))
        if symbol == "🟢" and any(report.maker for report in self.standing.reports):
            return "🟡"
        return "🟡" if symbol in ("🚢", "❔") else symbol

    def _shortened(self, omissions: Omissions) -> str:
        strongest = max((omissions.of(index) for index in range(self.sections)), default=Detail.FULL)
        left_out = [words for detail, words in LEFT_OUT.items() if detail <= strongest]
        if omissions.rows < len(self.standing.reports):
            left_out.append("rows of the table")
        return f"Shortened to fit, without {', '.join(left_out)}. {where(self.run)}"

    def _notices(self) -> Iterator[str]:
        reports = self.standing.reports
        if self.run.allowed:
            yield f"From a fork: {_commit(self.run.commit or '')} was {text(self.run.allowed)}."
        for account in sorted({account for account, _ in self.run.approvers}):
            people = [code(person) for approved, person in self.run.approvers if approved == account]
            yield f"{text(account)}: approved by {listed(people, 5, str)}."
        if self.run.fork:
            yield "Made without credentials: the difference of the emitted configuration, and an offline plan's counts."
        elif any(report.offline for report in reports):
            yield "Made offline: a stand-in answered instead of AWS, and nothing here is known of what runs."
        offline = [report.summary for report in reports if report.offline and report.summary]
        if unread := sorted({type_ for summary in offline for type_ in summary.unread_types}):
            types = listed(unread, 5, lambda type_: code(cut_counted(type_, LONGEST)))
            yield f"What replaces {types} is not known here: an update of it may be a replacement."
        if why := next((report.everything_changed for report in reports if report.everything_changed), None):
            yield f"Every stack is planned: {text(why)}"

    def _footer(self) -> Iterator[str]:
        reports = self.standing.reports
        yield from self._commits()
        if created := max((report.created_at for report in reports if report.created_at), default=None):
            yield text(created.replace("T", " ")[:16] + " UTC")
        yield from _terraform(reports)
        if any(report.offline for report in reports):
            yield "**offline**"
        if self.run.run_url and (run := link("run", self.run.run_url)) != "run":
            yield run

    def _commits(self) -> Iterator[str]:
        """What was planned, and what it was compared with: as the run says, else as the reports do."""
        reports = self.standing.reports
        commit = self.run.commit or next((report.commit for report in reports if report.commit), None)
        base = self.run.base or next((report.base for report in reports if report.base), None)
        if commit:
            dirty = " with uncommitted changes" if any(report.dirty for report in reports) else ""
            yield f"commit {_commit(commit)}{dirty}" + (f" compared with {_commit(base)}" if base else "")


def _by_terrace(folded: Sequence[Section]) -> tuple[tuple[str, tuple[Section, ...]], ...]:
    present = [kind for kind in KINDS if any(section.kind == kind for section in folded)]
    return tuple(
        (heading(kind) if len(present) > 1 else "", tuple(section for section in folded if section.kind == kind))
        for kind in present
    )


def _commit(commit: str) -> str:
    return code(commit[:7] if len(commit) >= 40 else commit)


def _terraform(reports: Sequence[Report]) -> Iterator[str]:
    summaries = [report.summary for report in reports if report.summary]
    versions = sorted({summary.terraform_version for summary in summaries if summary.terraform_version})
    images = sorted({report.terraform for report in reports if report.terraform})
    if images or versions:
        version = f"terraform {names(versions, 3)}" if versions else "terraform"
        yield version + (f" ({', '.join(code(_short_digest(image)) for image in images[:3])})" if images else "")


def _short_digest(image: str) -> str:
    name, at, digest = image.partition("@sha256:")
    return f"{name}{at}{digest[:12]}…" if len(digest) > 12 else image


def where(run: RunInfo) -> str:
    """The sentence that says where all of it is."""
    for label, address in (
        ("All of it is here", run.rest_url),
        ("All of it stands in the job's summary", run.run_url),
    ):
        if address and (linked := link(label, address)) != label:
            return f"{linked}."
    return "All of it stands in the job's summary."
