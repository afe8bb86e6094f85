"""The comment on a pull request and the drift issue: reports → Markdown within a forge's limit.

Reports may come from another job, and go through the door once more (tanada/plan/shown.py): here is where they are
made public.

A template gets one `page` (see Page) of Markdown in which every value is inert already, so that a team's own template
can't let one out; it says where things stand and in which words.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tanada.comment.composer import Composer, where
from tanada.comment.escape import text
from tanada.comment.headline import headline
from tanada.comment.page import Page, RunInfo
from tanada.comment.severity import severity
from tanada.comment.shorten import NOTHING, Omissions, fit, size
from tanada.errors import PlanError
from tanada.plan.report import Report
from tanada.plan.shown import shown
from tanada.text import visible

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True)
class Comment:
    """What goes to the forge."""

    body: str
    rest: str | None
    """All of it, where the body had to be shortened; no limit holds for it."""


def comment(reports: Sequence[Report], run: RunInfo, template: str, limit: int) -> Comment:
    """The comment for all stacks, within `limit` bytes of UTF-8 (at least 2,000).

    `template` is the text of a Jinja2 template. Raises PlanError, naming its line, when it can't be rendered.
    """
    compiled = _compile(template, "plan_comment.md.j2")
    return _within(Composer([shown(report) for report in reports], run), compiled, limit)


def drift_issue(reports: Sequence[Report], run: RunInfo, template: str, limit: int) -> str | None:
    """The issue that keeps the drift of all stacks; None where every state is what its declaration says.

    A stack that could not be planned is in it: nobody knows whether it drifted. So is what runs on a version whose
    support ends, which keeps the issue alone where `ending_counts`.
    """
    differing = [shown(report) for report in reports if _differs(report)]
    if not differing and not run.ending_counts:
        return None
    if not differing:
        run = replace(run, headline="nothing differs, but the support of what runs ends")
    return _within(Composer(differing, run), _compile(template, "drift_issue.md.j2"), limit).body


def _differs(report: Report) -> bool:
    if severity(report) in ("nothing", "waits"):
        return report.summary is not None and bool(report.summary.drift)
    return True


def _within(composer: Composer, template: Template, limit: int) -> Comment:
    """The fullest page that fits; `rest` where something is left out."""

    def render(omissions: Omissions) -> str:
        return _render(template, composer.page(omissions))

    full = render(NOTHING)
    if size(full) <= limit:
        return Comment(full, None)
    fitting = fit(render, composer.sections, composer.grave, limit)
    if fitting is not None:
        return Comment(fitting, full)
    # A team's own template may be too long whatever is left out.
    title = text(composer.run.headline or headline(composer.standing.reports))
    bare = f"## {composer.page(NOTHING).symbol} {title}\n\n{where(composer.run)}\n"
    return Comment(bare, full)


def _compile(template: str, name: str) -> Template:
    from jinja2 import StrictUndefined, Template, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # No autoescaping, which is for HTML: every text of a page is inert Markdown already.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    file = f"templates/{name}"
    try:
        compiled = environment.compile(template, name, file)
    except TemplateSyntaxError as error:
        raise PlanError(f"{file}:{error.lineno}: {_sentence(error)}") from None
    return Template.from_code(environment, compiled, environment.make_globals(None))


def _render(template: Template, page: Page) -> str:
    try:
        return template.render(page=page)
    except Exception as error:  # whatever an expression of a team's template can raise
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == template.filename
        ]
        where = f"{template.filename}:{lines[-1]}" if lines else str(template.filename)
        raise PlanError(f"{where}: {_sentence(error)}") from None


def _sentence(error: Exception) -> str:
    return f"the template can't be rendered: {visible(str(error)) or type(error).__name__}"
