"""There is one door: whatever prints, writes or sends a text goes through it, or stands here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

import tanada
from tanada.cli import app, main, output, tables
from tanada.comment.document import comment, drift_issue
from tanada.comment.page import RunInfo
from tanada.declarations.inventory import Stack
from tanada.errors import TanadaError
from tanada.plan import Message, Reason, Report, shown
from tanada.plan.model import Summary
from tanada.plan.report import KINDS
from tanada.templates import comment_template, drift_template
from tanada.terraform.layout import Layout, Target
from tanada.terraform.outcome import Outcome

PACKAGE = Path(tanada.__file__).parent
SECRET = "tok-0123456789abcdef"
TEXT = f"https://{SECRET}@example.jp"

PRINTS = {
    "cli/output.py": "the door of the terminal: note, say; the question and the line that shows how far synth is",
    "cli/__init__.py": "errors, through Secrets; an OSError's file and reason",
    "cli/app.py": "the version",
    "cli/matrix.py": "names of stacks",
    "cli/people.py": "a key that was made just now, at a terminal or into a new file, once",
    "cli/reports.py": "Markdown that tanada/comment/document.py made",
    "cli/tables.py": "a table of names, numbers and statuses",
    "stacks/app.py": "errors, through Secrets",
    "stacks/signals.py": "a sentence of its own",
    "stacks/progress.py": "how far synth is, to the process that asked",
    "stacks/fast/node.py": "to Node",
    "offline/server.py": "where it listens, to the process that asked",
}
WRITES = {
    "cache/folder.py": "what synth emitted, for its owner alone",
    "cli/comment.py": "Markdown that tanada/comment/document.py made, and counts",
    "cli/reports.py": "the same",
    "cli/restore.py": "a team's own declaration with a line more",
    "cli/schema.py": "schemas",
    "crash_report.py": "a traceback, through Secrets",
    "files.py": "what others here ask for",
    "forge/archives.py": "reports of another job, which are read before they are shown",
    "stacks/patching.py": "what synth emitted, with a declaration's patches",
    "templates/__init__.py": "a new repository",
    "templates/vendor.py": "Tanada's wheel, and requirements.txt",
    "templates/workflows.py": "a new repository's CI",
    "terraform/blobs.py": "the declarations of a commit, beside it",
    "terraform/folders.py": "the log: what a session hands over",
    "terraform/function_files.py": "zips of functions, made of Tanada's own code",
    "terraform/gone.py": "backend and provider of what is emitted, for Terraform",
    "terraform/opening.py": "what Terraform reads",
    "terraform/plugins.py": "nothing: a file that says whose turn it is",
    "terraform/ran.py": "tags of images, and when",
    "terraform/records.py": "saved plans, for their owner alone; summaries",
    "terraform/reports.py": "reports that tanada/plan/shown.py made",
    "terraform/session.py": "the same, of one step",
    "terraform/take.py": "emitted JSON that was vetted, for Terraform",
    "terraform/taken.py": "the same, and which it is, for the commands that follow",
    "terraform/unsaved.py": "a state that could not be saved, for its owner alone, or sealed",
}
NOT_OURS = ("offline/", "stacks/fast/", "cache/")
"""Rooms that know no plan of an account: invented answers, caches of code."""


def calls(words: set[str]) -> dict[str, list[ast.Call]]:
    """The calls of functions and methods of these names, by file."""
    found: dict[str, list[ast.Call]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and name(node.func) in words:
                found.setdefault(str(path.relative_to(PACKAGE)), []).append(node)
    return found


def name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(value=ast.Attribute(attr="stdout" | "stderr" as stream), attr="write"):
            return stream
        case ast.Attribute(value=ast.Name(id="os"), attr="write"):
            return "stderr"
        case ast.Attribute(attr=attr):
            return attr
        case ast.Name(id=id):
            return id
    return ""


def test_nothing_prints_beside_the_door() -> None:
    found = {file for file in calls({"echo", "secho", "print", "stdout", "stderr"}) if not file.startswith(NOT_OURS)}
    assert found == {file for file in PRINTS if not file.startswith(NOT_OURS)}


def test_nothing_writes_texts_beside_the_door() -> None:
    found = {
        file
        for file, each in calls(
            {"write_text", "write_bytes", "write_private", "replace_file", "replace_files", "open", "fdopen"}
        ).items()
        if not file.startswith(NOT_OURS) and any(writes(call) for call in each)
    }
    assert found == {file for file in WRITES if not file.startswith(NOT_OURS)}


def writes(call: ast.Call) -> bool:
    """Whether it opens a file to write it."""
    if name(call.func) not in {"open", "fdopen"}:
        return True
    modes = [each.value for each in (*call.args, *(k.value for k in call.keywords)) if isinstance(each, ast.Constant)]
    return any(isinstance(mode, str) and set(mode) <= set("rwabxt+") and set(mode) & set("wax+") for mode in modes)


def test_a_report_is_written_only_as_shown() -> None:
    """`reports.write(…, report)` where `report` was made by reports.report, or holds nothing but names."""
    makers = {"report", "undeclared"}
    for file, each in calls({"write"}).items():
        for call in each:
            if isinstance(call.func, ast.Attribute) and name(call.func.value) == "reports":
                given = call.args[1]
                made = (
                    name(given.func) if isinstance(given, ast.Call) else given.id if isinstance(given, ast.Name) else ""
                )
                assert made in makers, f"{file}:{call.lineno}"


def test_the_comment_and_the_drift_issue_are_made_of_shown_reports() -> None:
    (comments, issues) = (
        ast.unparse(node)
        for node in ast.parse((PACKAGE / "comment/document.py").read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name in {"comment", "drift_issue"}
    )
    assert "shown(report)" in comments
    assert "shown(report)" in issues


# --- every text field ------------------------------------------------------------------------------------------------

IDENTIFIERS = {
    *("Report.label", "Report.stack", "Report.account", "Report.environment", "Report.workspace", "Report.common"),
    *("Report.dependents", "Report.commit", "Report.base", "Report.created_at", "Report.images", "Report.terraform"),
    *(
        "Summary.terraform_version",
        "Summary.deferred",
        "Summary.fingerprint",
        "Summary.keyed",
        "OutputChange.name",
        "Deploy.service",
    ),
    *("ResourceChange.address", "ResourceChange.type", "ResourceChange.previous_address", "ResourceChange.deposed"),
    *("Difference.path", "Drift.address", "FailedCheck.address", "Cost.unknown", "Cost.by_use", "Cost.dated"),
    *("Reason.file", "Reason.path"),
    *("Part.address", "Part.deposed", "Known.name", "Known.fingerprint", "Known.keyed"),
}
"""What says what a thing is: a plan's printer took secrets out of the keys in them; nobody writes sentences there."""


def filled(type_: Any, path: str = "") -> Any:
    """A value of a type in which every text holds a credential."""
    if is_dataclass(type_):
        hints = get_type_hints(type_)
        return type_(  # type: ignore[operator]
            **{field.name: filled(hints[field.name], f"{type_.__name__}.{field.name}") for field in fields(type_)}  # type: ignore[union-attr]
        )
    arguments = get_args(type_)
    origin = get_origin(type_)
    if origin is tuple:
        given = arguments[:1] if arguments[-1] is ... else arguments
        return tuple(filled(each, path) for each in given)
    if origin in (Union, UnionType):
        return filled(arguments[0], path)
    if origin is Literal:
        return arguments[0]
    if type_ is str:
        return "main" if path in IDENTIFIERS else f"{path} {TEXT}"
    return type_()


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def test_every_text_of_a_report_loses_credentials() -> None:
    report: Report = filled(Report)
    assert sum(SECRET in text for text in texts(asdict(report))) > 15
    assert not [text for text in texts(asdict(shown(report))) if SECRET in text]


def test_no_text_of_a_report_reaches_markdown_with_credentials() -> None:
    report: Report = filled(Report)
    nowhere = Path("/nowhere")
    for body in (
        comment([report], RunInfo("sys"), comment_template(nowhere), 65_000).body,
        drift_issue([report], RunInfo("sys"), drift_template(nowhere), 65_000),
    ):
        assert body
        assert "example.jp" in body
        assert SECRET not in body


def stack() -> Stack:
    return Stack("environment-test", "environment", "test", "main", "1" * 12, "ap-northeast-1", None, False, "b", "k")


def test_the_terminal_prints_nothing_with_credentials(capsys: pytest.CaptureFixture[str]) -> None:
    output.say(TEXT)
    output.note(f"password={SECRET}")
    output.Terminal().say(TEXT)
    output.Terminal().note(TEXT)
    output.steps("environment-test")(f"aws_x.y: Creating... {TEXT}")
    failed = Outcome(Target(stack()), "failed", message=TEXT)
    tables.show_outcomes([failed], Layout(Path("/nowhere")), "terraform", offline=True)
    tables.show_applied([failed], Layout(Path("/nowhere")), "terraform")
    captured = capsys.readouterr()
    assert "example.jp" in captured.out
    assert SECRET not in captured.out + captured.err


@pytest.mark.parametrize("error", [TanadaError(f"git fetch {TEXT} failed"), ValueError(f"{TEXT} is no number")])
def test_what_ends_a_run_is_said_without_credentials(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(app, "app", fails)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().err
    assert "example.jp" in said
    assert SECRET not in said


def test_kinds_and_words_stay() -> None:
    """The door changes nothing of a report without secrets."""
    whole = Summary("1.11.4", changes=(), unchanged=3, fingerprint="ab" * 32)
    report = Report(
        "environment-test", "environment-test", next(iter(KINDS)), "main", False, "changes", summary=whole,
        messages=(Message("warning", "The state is locked by web@ci", "Who: web@ci"),),
        reasons=(Reason("system.yaml", 3, "common.network.availability_zones", "2", "3", "why not"),),
        log_url="https://github.com/acme/shop/actions/runs/1", terraform="terraform 1.11.4",
        images=(("web", "v1"),), configuration=("~ aws_x.y: name, tags.Owner",),
    )  # fmt: skip
    assert shown(report) == report
