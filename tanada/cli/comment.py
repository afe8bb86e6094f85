"""`tanada comment`: what the plans do, where the pull request is read."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanada.cli import reports
from tanada.cli.output import note, tell
from tanada.errors import ForgeError
from tanada.files import private_folder, replace_files
from tanada.text import count

if TYPE_CHECKING:
    from tanada.comment.document import Comment
    from tanada.comment.page import RunInfo
    from tanada.forge.base import Forge, PullRequest, Verdict
    from tanada.forge.ci import CI
    from tanada.plan import Report

WHOLE = ".tanada/comment.md"
"""All of it, however long; for CIs whose runs have no page of their own, as an artifact."""
WIDGET = ".tanada/gitlab-terraform.json"
_UNPLANNED = (
    "There is no report: the run before this ended before it looked at any stack. Its log says why; mend that, and run"
    " it again."
)
_KILLED = "The run ended before its end"
"""The headline where a run left reports and no mark that it came to its end: the rest of what it did is unknown."""
_NO_STACK = "No stack was planned: the run ended before it looked at any"
"""The headline then: else an earlier plan's comment would stand."""
_SUMMARY_LIMIT = 1 << 20
"""Bytes of one step's summary on GitHub."""


def comment(
    merge: reports.Merge = None,
    pull_request: Annotated[
        int | None, typer.Option("--pull-request", metavar="N", min=1, help="Else as the CI's environment says.")
    ] = None,
    forge: reports.Forge = None,
    repository: reports.Repository = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect", metavar="STACKS", help="Names, or what tanada matrix printed: one without a report has failed."
        ),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Else Plan, or Apply.")] = None,
    to: reports.To = None,
) -> None:
    """Keep one comment on the pull request that says what the plans, or the applies, do.

    Sets the commit status and labels too, and writes the job's summary. The token comes from GITHUB_TOKEN or
    GITLAB_TOKEN. All of the text goes to .tanada/comment.md.
    """
    from tanada.comment.headline import headline, result
    from tanada.forge.base import LIMITS, Verdict
    from tanada.forge.ci import detect
    from tanada.forge.marker import marker
    from tanada.terraform import taken
    from tanada.terraform.layout import Layout

    loaded, failure = _loaded(merge, expect)
    ci = detect(os.environ)
    unplanned = not loaded.reports and "plan" not in loaded.ended
    if unplanned:
        if "apply" in loaded.ended:
            tell("Nothing was to be applied, so there is nothing to say.")
            return
        if to is not None or ci is None or not (ci.pull_request or ci.commit):
            raise ForgeError(_UNPLANNED)
        failure = _NO_STACK
    # What was pushed to a branch is applied: of a job that died there is no report to say so.
    lost = unplanned and ci is not None and not ci.pull_request
    key = "apply" if lost or any(report.step == "apply" for report in loaded.reports) else "plan"
    run_info = replace(_run_info(loaded.system, loaded.reports, ci, title or key.capitalize()), headline=failure)
    if held := taken.read(Layout(loaded.root)):
        # Made of a stranger's declarations, by this checkout's code and on somebody's word.
        run_info = replace(run_info, commit=held.commit, allowed=held.allowed, fork=run_info.fork and not held.allowed)
    if to is not None:
        reports.write_markdown(to, _composed(loaded, run_info, _SUMMARY_LIMIT).body)
        return

    ci = reports.resolve_ci(ci, forge, repository, reports.MARKDOWN)
    assert ci.forge is not None
    if key == "apply":
        run_info = replace(run_info, approvers=_approvers(ci, {report.account for report in loaded.reports}))
    marked = marker(key, loaded.system)
    composed = _composed(loaded, run_info, LIMITS[ci.forge] - len(marked) - 1)
    _keep(loaded, ci, key, composed)
    outcome = "failed" if failure else result(loaded.reports)
    verdict = Verdict(key, outcome, failure or headline(loaded.reports), ci.run_url, composed.body)
    _publish(ci, pull_request, marked, verdict, lost=lost)
    if unplanned:
        raise ForgeError(_UNPLANNED)


def _approvers(ci: CI, accounts: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Who approved the applies of this run, asked from the forge: an environment is called like its account."""
    from tanada.forge.connection import connect

    if ci.run is None:
        return ()
    try:
        return tuple(each for each in connect(ci, os.environ).approvers(ci.run) if each[0] in accounts)
    except ForgeError as error:
        if not error.denied:
            raise
        note(str(error))
        return ()


def _loaded(merge: Sequence[Path] | None, expect: str | None) -> tuple[reports.LoadedReports, str | None]:
    """The reports, with those that are missing; and the headline where the declaration itself is mistaken: else the
    last comment would stand, of a declaration that was well."""
    from tanada.errors import DeclarationError

    try:
        loaded = reports.load_reports(merge)
    except DeclarationError as error:
        return reports.invalid_declaration_report(error), f"{count(len(error.mistakes), 'mistake')} in the declaration"
    failure = _KILLED if loaded.killed else None
    if not expect:
        return loaded, failure
    reported = {report.stack for report in loaded.reports}
    lost = [each for each in reports.parse_expected(expect, loaded.stacks) if each.name not in reported]
    return replace(loaded, reports=[*loaded.reports, *map(reports.missing_report, lost)]), failure


def _keep(loaded: reports.LoadedReports, ci: CI, key: str, composed: Comment) -> None:
    """All of the text as a file, in the job's summary, and GitLab's numbers."""
    whole = composed.rest or composed.body
    texts: dict[Path, bytes | str] = {loaded.root / WHOLE: whole}
    if ci.forge == "gitlab" and key == "plan":
        texts[loaded.root / WIDGET] = json.dumps(widget(loaded.reports)) + "\n"
    for path in texts:
        private_folder(path.parent)
    replace_files(texts, mode=0o600)
    if ci.summary_file:
        _summarize(ci.summary_file, whole, composed.body)


def _publish(ci: CI, number: int | None, marked: str, verdict: Verdict, *, lost: bool) -> None:
    """The comment, the commit's status and the labels; a fork's token may write none: no failure.

    A run that was started again of an older commit says what it found of that commit alone: comment and labels are of
    the pull request's last.
    """
    from tanada.forge.ci import PARENT_PIPELINE
    from tanada.forge.connection import connect

    try:
        client = connect(ci, os.environ)
        pulls = _pulls(client, ci, number)
        outdated = next((pull for pull in pulls if number is None and ci.head and pull.head != ci.head), None)
        if outdated:
            assert ci.head is not None
            note(
                f"Pull request {outdated.number} is at {outdated.head[:12]} now, and this run looked at {ci.head[:12]}:"
                f" its comment and labels stay; {_instead(ci)}"
            )
        elif not pulls:
            note(f"No pull request belongs to this run: {_instead(ci)}")
            if lost:
                return  # nobody is told of a run that may not have been an apply at all
        for pull in [] if outdated else pulls:
            done = client.comment(pull, marked, verdict.details)
            tell(f"Comment on pull request {pull.number}: {done}.")
        labelled = None if outdated or not pulls else pulls[0]
        commit = ci.head if outdated and not ci.pipeline else _status_commit(ci, labelled, verdict.key)
        if ci.orphan:
            note(f"A child pipeline without its parent's id ({PARENT_PIPELINE}): no commit status is set.")
        elif commit:
            for sentence in client.judge(labelled, commit, verdict):
                note(sentence)
    except ForgeError as error:
        if not (ci.fork and error.denied):
            raise
        note(f"The pull request comes from a fork, whose token may only read: {_instead(ci)}")


def _run_info(system: str, reports: Sequence[Report], ci: CI | None, title: str) -> RunInfo:
    from tanada.comment.page import RunInfo

    info = RunInfo(
        system,
        title=title,
        base=next((report.base for report in reports if report.base), None),
    )
    if ci is None:
        return info
    return replace(
        info,
        commit=ci.head or ci.commit,
        base=ci.base or info.base,
        run_url=ci.run_url,
        rest_url=ci.artifact_url + WHOLE if ci.artifact_url else ci.run_url,
        fork=ci.fork,
    )


def _composed(loaded: reports.LoadedReports, info: RunInfo, limit: int) -> Comment:
    from tanada.comment.document import comment
    from tanada.templates import comment_template

    return comment(loaded.reports, info, comment_template(loaded.root), limit)


def widget(reports: Sequence[Report]) -> dict[str, int]:
    """What GitLab's merge request widget shows; a replacement counts as both, as its own example does."""
    counts = [report.summary.counts for report in reports if report.summary]
    replaced = sum(count.replace for count in counts)
    return {
        "create": sum(count.create for count in counts) + replaced,
        "update": sum(count.update for count in counts),
        "delete": sum(count.destroy for count in counts) + replaced,
    }


def _summarize(file: Path, whole: str, body: str) -> None:
    """Append to the step's summary what fits: a summary over the limit is not shown at all."""
    written = file.stat().st_size if file.exists() else 0
    for text in (whole, body):
        if written + len(text.encode()) + 1 <= _SUMMARY_LIMIT:
            with file.open("a", encoding="utf-8") as opened:
                opened.write(text + "\n")
            if text is not whole:
                note(f"The job's summary holds 1 MiB: the shortened text is there, all of it in {WHOLE}.")
            return
    note(f"The job's summary is full: the text is in {WHOLE}.")


def _instead(ci: CI) -> str:
    return "the comment is in the job's summary." if ci.summary_file else f"the comment is in {WHOLE}."


def _pulls(client: Forge, ci: CI, number: int | None) -> list[PullRequest]:
    """The pull request that is planned, as the forge knows it now: the environment of a run that was started again is
    that of its first day. Or those that were merged."""
    from tanada.cli.approved import merged

    if number or ci.pull_request:
        return [client.pull_request(number or ci.pull_request or 0)]
    return merged(client, ci, ci.commit) if ci.commit else []


def _status_commit(ci: CI, pull: PullRequest | None, key: str) -> str | None:
    if ci.pipeline:
        return ci.pipeline_commit  # GitLab shows a pipeline's statuses, and that is its commit
    if pull and key == "plan":
        return pull.head
    return ci.commit or (pull.head if pull else None)
