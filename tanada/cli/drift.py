"""`tanada drift`: one issue for what differs from what was applied."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tanada.cli import reports
from tanada.cli.output import tell
from tanada.errors import TanadaError

CLOSING = (
    "Every stack is again as its declaration says, on versions that stay supported; `tanada drift` closes this issue."
)
_WHOLE = 1 << 24
"""Bytes: no forge's limit."""


def drift(
    merge: reports.Merge = None,
    forge: reports.Forge = None,
    repository: reports.Repository = None,
    to: reports.To = None,
) -> None:
    """Keep one issue on what differs from what was applied: open it, change it, close it when nothing does.

    It names what runs on a version whose support ends within half a year, too. Reads the reports of a plan of all
    stacks. The token comes from GITHUB_TOKEN or GITLAB_TOKEN.
    """
    from tanada.comment.document import drift_issue
    from tanada.comment.page import RunInfo
    from tanada.declarations.support_ends import ending, of_stores
    from tanada.forge.ci import detect
    from tanada.forge.connection import connect
    from tanada.forge.marker import content, marker
    from tanada.templates import drift_template

    loaded = reports.load_reports(merge)
    ci = detect(os.environ)
    template = drift_template(loaded.root)
    today = date.today()
    info = RunInfo(
        loaded.system,
        title="Drift",
        run_url=ci.run_url if ci else None,
        ending=tuple(ending(loaded.declared, today)) if loaded.declared else (),
        ending_counts=loaded.declared is not None and bool(of_stores(loaded.declared, today)),
    )

    reported = {report.stack for report in loaded.reports}
    missing = [stack for stack in loaded.stacks if stack.name not in reported]
    issue = drift_issue(loaded.reports, info, template, _WHOLE)
    if issue is None:
        check_complete([stack.name for stack in missing])
    listed = [*loaded.reports, *map(reports.missing_report, missing)]
    if missing:
        issue = drift_issue(listed, info, template, _WHOLE)
    if to is not None:
        reports.write_markdown(to, issue or "")
        return

    ci = reports.resolve_ci(ci, forge, repository, reports.MARKDOWN)
    client = connect(ci, os.environ)
    marked = marker("drift", loaded.system)
    body = None
    if issue is not None:
        # The same drift the next night is no news: the issue then keeps the time and the run of the night before.
        timeless = [replace(each, created_at="", commit=None, log_url=None) for each in listed]
        hidden = content(drift_issue(timeless, replace(info, run_url=None), template, _WHOLE) or "")
        room = client.limit - len(f"{marked}\n{hidden}\n")
        body = f"{hidden}\n{drift_issue(listed, info, template, room)}"
    done = client.issue(marked, f"Drift of {loaded.system}", body, CLOSING)
    tell(f"Drift issue: {done}.")


def check_complete(missing: Sequence[str]) -> None:
    """Refuse to say that nothing drifted of what nobody looked at."""
    if missing:
        raise TanadaError(
            f"There is no report of {', '.join(missing)}: whether it drifted is unknown, so the issue stays as it is."
            " Plan all stacks first."
        )
