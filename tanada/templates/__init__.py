"""Templates: a team's repository, written by `tanada init`, and the texts that forges show.

The repository is one of the reference systems under another name. Most of its files are links to Tanada's own, which is
itself a team's repository, that of the default system; the others are links to `examples/`: one source for both.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from tanada import __version__
from tanada.errors import TemplateError
from tanada.text import meant, one_of, quoted

if TYPE_CHECKING:
    from tanada.templates.wheel import Wheel

Kind = Literal["github", "gitlab", "jenkins", "codebuild"]
"""The CIs that `tanada ci` writes workflows for."""
DEFAULT = "web-product"
SYSTEMS = (DEFAULT, "corporate-site", "wordpress")
"""The reference systems."""
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?")


def comment_template(root: Path) -> str:
    """The Jinja2 template of the plan comment: the team's own `templates/plan_comment.md.j2`, else Tanada's.

    `root` is the folder of system.yaml. Raises TemplateError when the team's own can't be read.
    """
    return _template(root, "plan_comment.md.j2")


def drift_template(root: Path) -> str:
    """The Jinja2 template of the drift issue, found as the plan comment's: `templates/drift_issue.md.j2`."""
    return _template(root, "drift_issue.md.j2")


def _template(root: Path, name: str) -> str:
    own = root / "templates" / name
    if not own.is_file():
        return (files("tanada.templates") / name).read_text(encoding="utf-8")
    try:
        return own.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"templates/{name} can't be read: {error}; expected a text file in UTF-8.") from None


def write_repository(folder: Path, wheel: Callable[[], Wheel], system: str = DEFAULT) -> list[str]:
    """Write a team's repository into a folder, named like its system, which begins as one of SYSTEMS; give back the
    files' names.

    The folder is new, empty, or a clone without a file; it may be a link to such a one. `wheel` makes Tanada's own,
    which goes along. Raises TemplateError when the name can't be a system's, there is no such system to begin with, or
    something is there already, and what `wheel` does. All files or none.
    """
    if system not in SYSTEMS:
        raise TemplateError(
            f"There is no system {quoted(system)} to begin with; {one_of(SYSTEMS)}{meant(system, SYSTEMS)}"
        )
    name = folder.absolute().name or folder.resolve().name
    if not _NAME.fullmatch(name):
        raise TemplateError(
            f"{name!r} can't name a system: expected a lower-case letter, then letters, digits or hyphens, "
            "20 characters at most (it stands in names of AWS resources)."
        )
    if folder.exists() and (not folder.is_dir() or any(each.name != ".git" for each in folder.iterdir())):
        raise TemplateError(f"{folder} is there already and not empty: name a new folder.")
    place = folder.resolve()
    if not place.parent.is_dir():
        raise TemplateError(f"{place.parent} is no folder: make it first.")
    from tanada.templates.vendor import vendor

    with TemporaryDirectory(dir=place.parent, prefix=f".{name}-") as new:
        target = Path(new) / name
        with as_file(files("tanada.templates") / "repository") as source:
            shutil.copytree(source, target)
        (target / "scripts" / "terraform-docker.sh").chmod(0o755)
        for name_of_git in ("gitignore", "gitattributes"):
            (target / name_of_git).rename(target / f".{name_of_git}")
        if system != DEFAULT:
            _lay_over(target, system)
        declared = target / "system.yaml"
        text = re.sub(r"(?m)^system: .*$", f"system: {name}", declared.read_text(encoding="utf-8"))
        # Roles would trust the workflows of whoever owns the example's repository.
        text = re.sub(r"(?m)^  ci: \{github: \S+\}", "  # ci: {github: owner/repository}", text)
        declared.write_text(text, encoding="utf-8")
        template = target / "README.md.j2"
        (target / "README.md").write_text(readme(template.read_text(encoding="utf-8"), target), encoding="utf-8")
        template.unlink()
        vendor(target, wheel())
        written = sorted(str(file.relative_to(target)) for file in target.rglob("*") if file.is_file())
        _move(target, place)
    return written


def _lay_over(target: Path, system: str) -> None:
    """Put a system of `examples/` in the place of the default one."""
    for each in ("environments", "workspaces"):
        shutil.rmtree(target / each)
    with as_file(files("tanada.templates") / "systems" / system) as source:
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("cdktf.out", ".tanada"))
    for file in (target / "system.yaml", *target.glob("*/*.yaml")):
        file.write_text(file.read_text(encoding="utf-8").replace("../../schemas/", "schemas/"), encoding="utf-8")
    about = target / "README.md"
    # What it says of the folder that it came from.
    paragraphs = [each for each in about.read_text(encoding="utf-8").split("\n\n") if "../../" not in each]
    (target / ABOUT).write_text("\n\n".join(paragraphs).rstrip("\n") + "\n", encoding="utf-8")
    about.unlink()


ABOUT = "SYSTEM.md"
"""What one of `examples/` says of itself."""


def readme(template: str, folder: Path) -> str:
    """The README of a team's repository, by its template, with the commands of the system that is declared there."""
    from jinja2 import Environment, StrictUndefined  # here: nobody else needs it

    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load

    system = load(folder)
    environments = [each for each in inventory(system) if each.kind == "environment" and each.created]
    # One that is not protected, where there is one: the first to be tried.
    first = min(environments, key=lambda each: each.protected)
    images = tuple(system.accounts[first.account].common.images)
    text = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False).from_string(template)  # noqa: S701 - Markdown
    return text.render(
        name=system.name,
        version=__version__,
        about=(folder / ABOUT).is_file(),
        stack=first.name,
        common=first.common,
        account=first.account,
        others=[each for each in system.accounts if each != first.account],
        protected=f" --protected {first.account}" if first.protected else "",
        tagged=lambda tag: "".join(f" --image {image}={tag}" for image in images),
    )


def _move(made: Path, place: Path) -> None:
    """A folder's entries into one that may be there; all of them, or none."""
    if not place.exists():
        made.rename(place)
        return
    moved: list[Path] = []
    try:
        for each in sorted(made.iterdir()):
            each.rename(place / each.name)
            moved.append(each)
    except OSError:
        for each in moved:
            (place / each.name).rename(each)
        raise
