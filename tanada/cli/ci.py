"""`tanada ci`: the workflows with which the team's CI plans, comments, applies and looks for drift."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import say, tell
from tanada.declarations.root import find_root
from tanada.templates import Kind


def ci(
    kind: Annotated[Kind, typer.Argument(help="Whose workflow files: github, gitlab, jenkins or codebuild.")],
    force: Annotated[bool, typer.Option("--force", help="Replace files that differ.")] = False,
) -> None:
    """Write the workflows of a CI: plan and comment, apply what was approved, look for drift every night."""
    from tanada.declarations.loader import load
    from tanada.templates.requirements import pinned
    from tanada.templates.workflows import GITLAB_IMAGE, GITLAB_IMAGE_FILE, workflows, write_workflows

    root = find_root(Path.cwd())
    for path, written in write_workflows(root, workflows(kind, load(root)), force=force).items():
        say(f"{path}: {'written' if written else 'unchanged'}")
    if kind == "gitlab" and (root / GITLAB_IMAGE_FILE).read_text(encoding="utf-8") == GITLAB_IMAGE:
        tell(f"No job starts before you have written its image into {GITLAB_IMAGE_FILE}.")
    requirements = root / "requirements.txt"
    pin = pinned(requirements.read_text(encoding="utf-8", errors="replace")) if requirements.is_file() else None
    if pin is None or not pin.vendored:
        tell("No job can install Tanada before it lies in vendor/, its hash in requirements.txt: tanada vendor.")
    tell("What to set up on the forge and in AWS: tanada guide ci.")
