"""Composes the page of a comment from reports: what stands where, and what is left out until it fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from tanada.comment import headline, phrases, severity
from tanada.comment import sections as stacks
from tanada.comment.escape import cell, code, link, text
from tanada.comment.page import Loss, Page, Row, RunInfo
from tanada.comment.phrases import LONGEST, cause, cost_change, count, cut, listed, money, names
from tanada.comment.sections import Section, Symbol
from tanada.comment.shorten import LEFT_OUT, NOTHING, Detail, Omissions
from tanada.plan.model import Cost
from tanada.plan.report import Reason, Report

_REASONS = 8
"""Reasons that stand above all sections; those that reach fewer stacks stand in their sections."""
_GRAVE = ("dangerous", "failed", "not approved")
_TERRACES = {"common": "Common layer", "environment": "Environments", "review": "Review environments"}


class Composer:
    """Composes pages of the same reports at different levels; keeps what doesn't change between them."""

    def __init__(self, reports: Sequence[Report], facts: RunInfo) -> None:
        self.reports = severity.ordered(reports)
        self.facts = facts
        self._severities = {id(report): severity.severity(report) for report in reports}
        self._counts = {id(report): report.summary.counts for report in reports if report.summary}
        self._lost = {id(report): severity.dangers(report) for report in reports}
        said = facts.headline
        self._headline = f"**{text(said)}**" if said else headline.headline_markdown(self.reports)
        self._asides = headline.asides(self.reports)
        self.moving = severity.moving(reports)
        self.ranked = severity.by_severity(reports)
        self._reasons = _reached(self.reports)
        at_top = {reason for reason, _ in self._reasons[:_REASONS]}
        self._own = {r.label: tuple(reason for reason in r.reasons if reason not in at_top) for r in self.reports}
        self._alike = self._groups()
        self._builders = self._sections()
        self._built: dict[tuple[int, Detail], Section | None] = {}

    @property
    def sections(self) -> int:
        """How many there are at most."""
        return len(self._builders)

    @property
    def grave(self) -> int:
        """How many of the sections, the first ones, are dangerous or failed."""
        return sum(1 for alike in self._alike if self._severities[id(alike[0])] in _GRAVE)

    def page(self, shed: Omissions) -> Page:
        """The page with so much left out."""
        built = [self._section(index, shed.of(index)) for index in range(len(self._builders))]
        shown = [section for section in built if section is not None]
        folded = [section for section in shown if not section.open and section.kind in _TERRACES]
        present = [kind for kind in _TERRACES if any(section.kind == kind for section in folded)]
        return Page(
            title=text(self.facts.title),
            system=text(self.facts.system),
            headline=self._headline,
            asides=self._asides,
            symbol=self._symbol(),
            shortened=None if shed == NOTHING else self._shortened(shed),
            notices=self._notices(),
            dangers=self._dangers(shed, thrown=False),
            thrown=self._dangers(shed, thrown=True),
            failures=self._failures(shed),
            to_approve=self._to_approve(shed),
            reasons=self._reason_lines(shed),
            rows=self._rows(shed),
            costs=any(cost_change(r.summary.cost) for r in self.reports if r.summary),
            cost=_cost([r.summary.cost for r in self.reports if r.summary and r.summary.cost]),
            lines=tuple(self._lines(shed)),
            open=tuple(section for section in shown if section.open),
            terraces=tuple(
                (_TERRACES[kind] if len(present) > 1 else "", tuple(each for each in folded if each.kind == kind))
                for kind in present
            ),
            drift=tuple(section for section in shown if section.kind == "drift"),
            warnings=next((section for section in shown if section.kind == "warnings"), None),
            footer=tuple(self._footer()),
        )

    def _section(self, index: int, detail: Detail) -> Section | None:
        key = (index, detail)
        if key not in self._built:
            self._built[key] = self._builders[index](detail)
        return self._built[key]

    def _sections(self) -> list[Callable[[Detail], Section | None]]:
        """The most severe first: the last is shed first."""
        builders: list[Callable[[Detail], Section | None]] = [self._of_stacks(alike) for alike in self._alike]
        for report in self.reports:
            if report.summary and report.summary.drift:
                builders.append(lambda detail, report=report: stacks.drifted(report, detail))  # type: ignore[misc]
        # What one waits for, and what a stray state is told, stands in a line of its own.
        warned = [r for r in self.reports if self._severities[id(r)] not in ("waits", "undeclared")]
        if any(message.severity == "warning" for report in warned for message in report.messages):
            builders.append(lambda detail: stacks.warnings(warned, detail))
        return builders

    def _groups(self) -> list[list[Report]]:
        """The reports that have a section, those that say the same together: a fleet often changes alike."""
        groups: dict[Hashable, list[Report]] = {}
        for report in self.ranked:
            if _told(report, self._severities[id(report)]):
                groups.setdefault(self._said_by(report), []).append(report)
        return list(groups.values())

    def _said_by(self, report: Report) -> Hashable:
        """All that a section says, but for the label."""
        summary, cost = report.summary, None
        if summary is not None:
            cost = money(cost_change(summary.cost))
            summary = replace(summary, fingerprint="", cost=None, drift=(), unchanged=0)
        errors = tuple(message for message in report.messages if message.severity == "error")
        stands = (report.kind, self._severities[id(report)], report.status, report.protected and report.account)
        return (*stands, summary, cost, errors, report.configuration, self._own[report.label], *self._notes(report))

    def _of_stacks(self, alike: list[Report]) -> Callable[[Detail], Section | None]:
        first = alike[0]
        stands_open = self._severities[id(first)] in _GRAVE
        labels = [report.label for report in alike]
        return lambda detail: stacks.section(
            first, labels, self._own[first.label], self._notes(first), detail, stands_open=stands_open
        )

    def _notes(self, report: Report) -> list[str]:
        notes = []
        if under := severity.underneath(report, self.moving):
            failed = any(each.stack == under and self._severities[id(each)] == "failed" for each in self.moving)
            said = "could not be planned" if failed else "changes too"
            notes.append(f"Planned against the common layer as it is now: {text(under)} {said}.")
        if report.dependents and report.summary and (report.summary.counts.replace or report.summary.counts.destroy):
            notes.append(f"Used by {names(report.dependents, 20)}.")
        if report.status == "not approved" and report.summary and report.summary.fingerprint:
            notes.append(f"W{_approve(report)[1:]}.")
        return notes

    def _symbol_of(self, report: Report) -> Symbol:
        return stacks.symbol(report, self._severities[id(report)])

    def _symbol(self) -> Symbol:
        if not self.ranked:
            return "❌" if self.facts.headline else "🟢"
        symbol = self._symbol_of(self.ranked[0])
        return "🟡" if symbol in ("🚢", "❔") else symbol

    def _shortened(self, shed: Omissions) -> str:
        strongest = max((shed.of(index) for index in range(self.sections)), default=Detail.FULL)
        left = [said for level, said in LEFT_OUT.items() if level <= strongest]
        if shed.rows < len(self.reports):
            left.append("rows of the table")
        return f"Shortened to fit, without {', '.join(left)}. {where(self.facts)}"

    def _notices(self) -> tuple[str, ...]:
        notices = []
        if self.facts.fork:
            notices.append(
                "Made without credentials: the difference of the emitted configuration, and an offline plan's counts."
            )
        elif any(report.offline for report in self.reports):
            notices.append("Made offline: a stand-in answered instead of AWS, and nothing here is known of what runs.")
        offline = [report.summary for report in self.reports if report.offline and report.summary]
        if unread := sorted({type_ for summary in offline for type_ in summary.unread_types}):
            types = listed(unread, 5, lambda type_: code(cut(type_, LONGEST)))
            notices.append(f"What replaces {types} is not known here: an update of it may be a replacement.")
        said = (self.facts.everything_changed, *(report.everything_changed for report in self.reports))
        if everything := next(filter(None, said), None):
            notices.append(f"Every stack is planned: {text(everything)}")
        return tuple(notices)

    def _dangers(self, shed: Omissions, *, thrown: bool) -> tuple[Loss, ...]:
        losing = [r for r in self.ranked if severity.ahead(r) and severity.disposable(r) == thrown]
        told = [danger for report in losing for danger in self._lost[id(report)]]
        if len(told) > shed.lines:
            return _condensed(told, shed.names)
        alike: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for report in losing:
            lines = tuple(_danger_lines(self._lost[id(report)], shed.each))
            lock = f" · 🔒 protected account {text(report.account)}" if report.protected else ""
            if lines:
                alike.setdefault((lines, lock), []).append(report.label)
        return tuple(Loss(_bold(labels, shed.names) + lock, lines) for (lines, lock), labels in alike.items())

    def _failures(self, shed: Omissions) -> tuple[str, ...]:
        failed = [report for report in self.ranked if self._severities[id(report)] == "failed"]
        alike: dict[tuple[str, str], list[Report]] = {}
        for report in failed:
            error = next((message.summary for message in report.messages if message.severity == "error"), None)
            said = f": {code(cut(error, LONGEST))}" if error else ""
            alike.setdefault((report.status, said), []).append(report)
        if len(alike) > shed.lines:
            return (names([report.label for report in failed], shed.names),)
        lines = []
        for (status, said), reports in alike.items():
            labels = listed(reports, shed.names, lambda report: self._linked(report, shed, bold=True))
            lines.append(f"{labels} {_outcome(status, len(reports))}{said}")
        return tuple(lines)

    def _to_approve(self, shed: Omissions) -> tuple[str, ...]:
        waiting = [report for report in self.reports if report.status == "not approved"]
        if len(waiting) > shed.lines:
            return (names([report.label for report in waiting], shed.names),)
        return tuple(f"{self._linked(report, shed, bold=True)}: {_approve(report)}" for report in waiting)

    def _linked(self, report: Report, shed: Omissions, *, bold: bool = False) -> str:
        label = link(report.label, report.log_url if shed.links else None)
        return f"**{label}**" if bold else label

    def _reason_lines(self, shed: Omissions) -> tuple[str, ...]:
        lines = []
        shown = self._reasons[: min(shed.reasons, _REASONS)]
        for reason, labels in shown:
            reached = "all stacks" if len(labels) == len(self.reports) > 3 else names(labels, 5)
            where = f" → {reached}" if len(self.reports) > 1 else ""
            lines.append(f"{phrases.reason(reason)}{where}")
        if shed.reasons < len(self._reasons):
            lines.append(f"and {count(len(self._reasons) - len(shown), 'other line')} of the declaration")
        return tuple(lines)

    def _rows(self, shed: Omissions) -> tuple[Row, ...]:
        told = [report for report in self.reports if _row(report, self._severities[id(report)])]
        kinds = {report.kind for report in told}
        rows: list[Row] = []
        summed: list[Report] = []
        room = shed.rows
        last = None
        for report in told:
            quiet = self._severities[id(report)] not in _GRAVE
            if not shed.lines or (quiet and room == 0):
                summed.append(report)
                continue
            room -= quiet
            begins = _TERRACES[report.kind] if len(kinds) > 1 and report.kind != last else None
            last = report.kind
            label = self._linked(report, shed, bold=self._severities[id(report)] in ("dangerous", "failed"))
            lock = f" 🔒 {cell(report.account)}" if report.protected else ""
            rows.append(
                Row(begins, self._symbol_of(report), label + lock, self._status(report), *self._cells([report]))
            )
        if summed:
            symbol = self._symbol_of(summed[0]) if len({self._symbol_of(each) for each in summed}) == 1 else ""
            what = f"{count(len(summed), 'other stack' if rows else 'stack')}"
            rows.append(Row(None, symbol, what, "", *self._cells(summed)))
        return tuple(rows)

    def _cells(self, reports: Sequence[Report]) -> tuple[str, str, str, str, str]:
        counts = [self._counts[id(report)] for report in reports if report.summary]
        grave = any(self._lost[id(report)] for report in reports)

        def number(number: int, *, bold: bool = False) -> str:
            return "" if not number else f"**{number:,}**" if bold else f"{number:,}"

        change = sum(cost_change(report.summary.cost) for report in reports if report.summary)
        return (
            number(sum(each.create for each in counts)),
            number(sum(each.update for each in counts)),
            number(sum(each.replace for each in counts), bold=grave),
            number(sum(each.destroy for each in counts), bold=True),
            money(change) if change else "",
        )

    def _status(self, report: Report) -> str:
        if report.status == "changes" and severity.underneath(report, self.moving):
            return "changes, common layer as it is now"
        if report.status == "changes" and self._severities[id(report)] == "dangerous":
            return "**danger**"
        return f"**{report.status}**" if report.status in ("failed", "refused", "not approved") else report.status

    def _lines(self, shed: Omissions) -> Iterable[str]:
        def linked(reports: Sequence[Report], shed: Omissions = shed) -> str:
            return listed(reports, shed.names, lambda report: self._linked(report, shed))

        routine = [r for r in self.reports if self._severities[id(r)] == "routine" and r.status == "changes"]
        yield from self._deploys(routine, shed)
        still = [report for report in self.reports if self._severities[id(report)] == "nothing"]
        quiet = shed if shed.quiet_links else replace(shed, links=False)
        resting = [report for report in (*routine, *still) if severity.underneath(report, self.moving)]
        if resting:
            yield (
                "⚠️ **Planned against the common layer as it is now**, and may change more once it is applied: "
                f"{linked(resting)}"
            )
        for common in self.moving:
            if unplanned := severity.unplanned(common, self.reports):
                yield f"⚠️ Resting on {text(common.label)} too, but **not planned here**: {names(unplanned, shed.names)}"
        waits = [report for report in self.reports if self._severities[id(report)] == "waits"]
        if waits:
            yield f"⏳ Waiting for the common layer: {linked(waits)}{_said(waits)}"
        strays = [report for report in self.reports if self._severities[id(report)] == "undeclared"]
        if strays:
            yield f"❔ With a state, but no declaration any more: {linked(strays)}{_said(strays)}"
        unchanged = [report for report in still if report not in resting]
        if unchanged and len(unchanged) < len(self.reports):
            yield f"🟢 No changes: {linked(unchanged, quiet)}"
        elif unchanged:
            yield f"{count(len(unchanged), 'stack')} planned: {linked(unchanged, quiet)}"

    def _deploys(self, routine: Sequence[Report], shed: Omissions) -> Iterable[str]:
        """`web, backend: new images a1b2 → c3d4 in test, test2`."""
        most = shed.names
        alike: dict[tuple[tuple[str, str, str], ...], list[Report]] = {}
        for report in routine:
            assert report.summary is not None
            images = sorted({image for deploy in report.summary.deploys for image in deploy.images})
            alike.setdefault(tuple(images), []).append(report)
        groups = sorted(alike.items(), key=lambda item: -len(item[1]))
        for same, reports in groups[:most]:
            by_tag: dict[tuple[str, str], list[str]] = {}
            for container, before, after in same:
                by_tag.setdefault((before, after), []).append(container)
            said = "; ".join(
                f"{names(containers, most)}: new {'image' if len(containers) == 1 else 'images'} "
                f"{code(before)} → {code(after)}"
                for (before, after), containers in by_tag.items()
            )
            yield f"🚢 {said} in {listed(reports, most, lambda report: self._place(report, shed))}"
        if len(groups) > most:
            yield f"🚢 other new images in {count(sum(len(each) for _, each in groups[most:]), 'stack')}"

    def _place(self, report: Report, shed: Omissions) -> str:
        return link(report.environment or report.label, report.log_url if shed.links else None)

    def _footer(self) -> Iterable[str]:
        commit = self.facts.commit or next((r.commit for r in self.reports if r.commit), None)
        if commit:
            compared = self.facts.base or next((report.base for report in self.reports if report.base), None)
            base = f" compared with {code(_short(compared))}" if compared else ""
            dirty = " with uncommitted changes" if any(report.dirty for report in self.reports) else ""
            yield f"commit {code(_short(commit))}{dirty}{base}"
        if made := max((report.created_at for report in self.reports if report.created_at), default=None):
            yield text(made.replace("T", " ")[:16] + " UTC")
        versions = {r.summary.terraform_version for r in self.reports if r.summary and r.summary.terraform_version}
        images = sorted({report.terraform for report in self.reports if report.terraform})
        said = f"terraform {names(sorted(versions), 3)}" if versions else "terraform"
        if images or versions:
            yield said + (f" ({', '.join(code(_short_digest(image)) for image in images[:3])})" if images else "")
        if any(report.offline for report in self.reports):
            yield "**offline**"
        if self.facts.run_url and (run := link("run", self.facts.run_url)) != "run":
            yield run


def _told(report: Report, severity: severity.Severity) -> bool:
    """Whether a stack has a section."""
    if severity in ("routine", "nothing", "waits", "undeclared"):
        return report.summary is not None and bool(report.summary.checks)
    return True


def _row(report: Report, severity: severity.Severity) -> bool:
    """Whether a stack has a row: what needs no look is named in a line below."""
    return severity not in ("nothing", "waits", "undeclared", "routine") or (
        severity == "routine" and report.status != "changes"
    )


def _reached(reports: Sequence[Report]) -> list[tuple[Reason, list[str]]]:
    """Each reason once, with the labels of the stacks that it reaches; the widest reach first."""
    found: dict[Reason, list[str]] = {}
    for report in reports:
        for reason in dict.fromkeys(report.reasons):
            found.setdefault(reason, []).append(report.label)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0].file, item[0].line, item[0].path))


def _bold(labels: Sequence[str], most: int) -> str:
    return listed(labels, most, lambda label: f"**{text(label)}**")


def _danger_lines(dangers: Sequence[severity.Danger], most: int) -> Iterable[str]:
    """Of a stack that goes as a whole only what is worst is told one by one."""
    whole = any(danger.change is None for danger in dangers)
    told = [danger for danger in dangers if not whole or danger.change is None or headline.gravest(danger)]
    counted = [danger for danger in told[most:] if danger.change] + [
        danger for danger in dangers if danger not in told and danger.change and danger.change.danger
    ]
    yield from (_danger_line(danger) for danger in told[:most])
    if counted:
        kinds = Counter(headline.kind(danger)[0] for danger in counted)
        lead = "with it" if whole else "and"
        yield f"{lead} {', '.join(count(number, word) for word, number in kinds.most_common())}"


def _danger_line(danger: severity.Danger) -> str:
    report, change = danger.report, danger.change
    if change is None:
        assert report.summary is not None
        what = {"common": "common layer", "environment": "environment", "review": "review environment"}[report.kind]
        return f"**the whole {what} is destroyed**: {count(report.summary.counts.destroy, 'resource')}"
    word, verb = headline.kind(danger)
    named = f"**{word} is {verb}**" if change.danger else f"**is {verb}**"
    line = f"{named}: {code(change.address)}" if change.danger else f"{code(change.address)} {named}"
    if why := cause(change):
        line += f" – {why}"
    if report.kind == "common" and report.dependents:
        line += f"; used by {names(report.dependents, 10)}"
    return line


def _condensed(told: Sequence[severity.Danger], most: int) -> tuple[Loss, ...]:
    """Numbers by what is lost, the stacks behind them."""
    found: dict[tuple[str, str], list[str]] = {}
    for danger in told:
        key = headline.kind(danger) if danger.change else ("environment", "destroyed")
        found.setdefault(key, []).append(danger.report.label)
    return tuple(
        Loss("", (f"**{headline.losses(len(labels), *key)}**: {names(list(dict.fromkeys(labels)), most)}",))
        for key, labels in found.items()
    )


def _outcome(status: str, number: int) -> str:
    was = "was" if number == 1 else "were"
    return {"failed": "failed", "refused": f"{was} refused", "interrupted": f"{was} interrupted"}.get(
        status, "could not be planned"
    )


def _approve(report: Report) -> str:
    fingerprint = report.summary.fingerprint if report.summary else ""
    said = "what it would do is not what was approved"
    return f"{said}; to go on, approve with {code(f'--approve {fingerprint[:12]}')}" if fingerprint else said


def _said(reports: Sequence[Report]) -> str:
    """The sentence that several reports have in common, where they have one."""
    said = {report.messages[0].summary for report in reports if report.messages}
    return f" – {text(said.pop())}" if len(said) == 1 else ""


def _cost(costs: Sequence[Cost]) -> str | None:
    """The sum of all stacks; None where there is nothing to say."""
    before, after = sum(cost.before for cost in costs), sum(cost.after for cost in costs)
    by_use: Counter[str] = Counter()
    unpriced: Counter[str] = Counter()
    for cost in costs:
        by_use.update(dict(cost.by_use))
        unpriced.update(dict(cost.unknown))
    unpriced -= by_use
    if not costs or (abs(after - before) < 0.005 and not by_use and not unpriced):
        return None
    dated = names(sorted({cost.dated for cost in costs}), 3)
    line = f"**{money(after - before)} USD a month**" if abs(after - before) >= 0.005 else "no known change of cost"
    line += f" ({before:,.2f} → {after:,.2f}; estimate, prices of {dated})"
    for why, types in (("paid by use", by_use), ("without a known price", unpriced)):
        if types:
            named = ", ".join(f"{number:,} {code(type_)}" for type_, number in types.most_common(5))
            more = f" and {len(types) - 5:,} more types" if len(types) > 5 else ""
            line += f"; not in it, {why}: {named}{more}"
    return line


def _short(commit: str) -> str:
    return commit[:7] if len(commit) >= 40 else commit


def _short_digest(image: str) -> str:
    name, at, digest = image.partition("@sha256:")
    return f"{name}{at}{digest[:12]}…" if len(digest) > 12 else image


def where(facts: RunInfo) -> str:
    """The sentence that says where all of it is."""
    for label, address in (
        ("All of it is here", facts.rest_url),
        ("All of it stands in the job's summary", facts.run_url),
    ):
        if address and (linked := link(label, address)) != label:
            return f"{linked}."
    return "All of it stands in the job's summary."
