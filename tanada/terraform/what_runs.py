"""Which changed files decide what runs in a job, rather than what is declared: no comparison of JSON sees what they do.

A program beside main.py comes before the library of the same name, and a script, a pinned image or a workflow runs with
the job's own rights; so where one of them changed, every stack counts as changed, and the comment names them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from tanada.text import cut_line, visible

_NAMES = re.compile(
    r"main\.py|cdktf\.json|(requirements|constraints).*\.(txt|in)|pyproject\.toml|setup\.(py|cfg)|MANIFEST\.in"
    r"|(uv|poetry|pdm)\.lock|uv\.toml|pylock.*\.toml|Pipfile(\.lock)?|pyvenv\.cfg"
    r"|package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|\.yarnrc.*|pnpm-.*\.yaml|tsconfig\.json"
    r"|(\.env|Dockerfile|docker-compose|compose)(\..*)?|\.dockerignore|(GNU)?Makefile",
    re.IGNORECASE,
)
"""At the top of the system's folder: what Python, pip, Node.js, a shell or a tool that starts them reads there."""
_ANYWHERE = re.compile(
    r"\.gitattributes|\.gitmodules|\.gitconfig|\.npmrc|\.pypirc|pip\.(conf|ini)|\.envrc"
    r"|.*\.pth|.*\.egg-link|(site|user)customize\..*|\.terraform.*|terraform\.rc|.*\.(tf|tofu|tfvars|tftest)(\.json)?|.*\.tfstate.*"
    r"|\.(python|node)-version|\.nvmrc|\.tool-versions|\.?mise(\..*)?\.toml",
    re.IGNORECASE,
)
"""Files of any folder of the system, which git, a tool or a program that is started there reads."""
_OWN = (".tanada", "cdktf.out", ".terraform", "node_modules", "venv", ".venv", "site-packages")
"""Folders of any depth that are a tool's own, where nobody looks for a change."""
_UPWARD = re.compile(
    r"\.gitattributes|\.gitmodules|\.npmrc|package\.json|\.(python|node)-version|\.nvmrc|\.tool-versions"
    r"|\.?mise(\..*)?\.toml",
    re.IGNORECASE,
)
"""What is sought from the system's folder upward, to the repository's top."""
_METADATA = re.compile(r".*\.(egg-info|dist-info)", re.IGNORECASE)
"""Folders of any depth (`egg-info` may be a file) that are an installed package to Python where its path leads: their
entry_points.txt says what a plugin loads (packaging.python.org, "Recording installed projects", "Entry points")."""
_OWNERS = ("", "docs/", ".github/", ".gitlab/")
"""Where at the top of the repository forges look for CODEOWNERS, which says whose approval a change needs."""
_FOLDERS = ("extensions", "scripts", "templates", "vendor")
_CI_NAMES = re.compile(
    r"\.gitlab-ci\.yml|Jenkinsfile.*|buildspec[^/]*\.ya?ml|bitbucket-pipelines\.yml|azure-pipelines.*\.ya?ml"
    r"|appveyor\.yml|\.travis\.yml|\.drone\.yml|\.cirrus\.yml",
    re.IGNORECASE,
)
_CI_FOLDERS = (
    ".github",
    ".gitlab",
    ".ci",
    ".circleci",
    ".buildkite",
    ".woodpecker",
    ".azuredevops",
    ".gitea",
    ".forgejo",
)
"""At the top of the repository, wherever in it the system lies."""
_IMPORTED = {".py", ".pyc", ".pyo", ".so", ".pyd", ".dll", ".pth", ".zip", ".egg", ".whl"}
_DECLARED = re.compile(r"system\.yaml$|(environments|workspaces|files)/")
_SHOWN = 20
"""Names in a sentence."""
_CLAUSES = 5
_LONGEST = 100
"""Characters of one, which whoever asks for the change has chosen."""


def deciding(
    changed: Iterable[str], prefix: str, root: Path, *, own: bool = False, included: Collection[str] = ()
) -> tuple[str, ...]:
    """Those of the changed files of a repository that decide what runs.

    Paths are git's, from the repository's top; `prefix` leads to the system's folder, `root`, and ends with a slash
    where it isn't the top itself. `own`: it is Tanada's own repository, whose tests and tools lie beside main.py; what
    its programs change is said by their own sentence. `included` are the files and folders that requirements.txt leads
    to, on either side.
    """
    files = sorted(set(changed))
    led = set(below(files, included, prefix))
    return tuple(file for file in files if file in led or _decides(file, prefix, root, own=own))


def below(files: Iterable[str], places: Collection[str], prefix: str) -> tuple[str, ...]:
    """Those of the files that are one of the places or lie below one.

    Declarations don't lie below the folder that holds the system itself: no package is made of them.
    """
    return tuple(file for file in files if any(_lies(file, place, prefix) for place in places))


def _lies(file: str, place: str, prefix: str) -> bool:
    if file == place:
        return True
    if place and not file.startswith(f"{place}/"):
        return False
    around = not place or prefix.startswith(f"{place}/")
    return not (around and file.startswith(prefix) and _DECLARED.match(file[len(prefix) :]))


def _decides(file: str, prefix: str, root: Path, *, own: bool) -> bool:
    top = PurePosixPath(file).parts
    if top[0].casefold() in _CI_FOLDERS or (len(top) == 1 and _CI_NAMES.fullmatch(file)):
        return True
    if file.casefold() in {f"{folder}codeowners" for folder in _OWNERS}:
        return True
    above = "/".join(top[:-1])
    if prefix.startswith(f"{above}/" if above else "") and _UPWARD.fullmatch(top[-1]):
        return True
    folded = [part.casefold() for part in top]
    if "node_modules" in folded and prefix.startswith("/".join([*top[: folded.index("node_modules")], ""])):
        return True
    if not file.startswith(prefix):
        return False
    inner = PurePosixPath(file[len(prefix) :])
    parts = inner.parts
    # Some file systems know no case.
    lower = [part.casefold() for part in parts]
    if _NAMES.fullmatch(str(inner)) or _CI_NAMES.fullmatch(str(inner)) or lower[0] in (*_FOLDERS, *_CI_FOLDERS):
        return True
    if _ANYWHERE.fullmatch(inner.name) or {*lower} & {*_OWN} or any(map(_METADATA.fullmatch, parts)):
        return True
    # A module or a package of any depth; a link or a submodule may be one too. A name such as `json.cpython-311.so` is
    # the module json.
    importable = all(part.split(".", 1)[0].isidentifier() for part in (*parts[:-1], inner.name))
    whole = (root / inner).is_symlink() or (root / inner).is_dir()
    return not own and importable and (inner.suffix.casefold() in _IMPORTED or whole)


def sentence(files: tuple[str, ...], unfollowed: tuple[str, ...] = ()) -> str | None:
    """Why every stack counts as changed; None where no such file changed.

    `unfollowed` is what requirements.txt leads to and nobody can compare, as clauses.
    """
    said = (_changed(files), _unfollowed(unfollowed))
    return " ".join(filter(None, said)) or None


def _unfollowed(clauses: tuple[str, ...]) -> str | None:
    if not clauses:
        return None
    more = f"; and {len(clauses) - _CLAUSES} more" if len(clauses) > _CLAUSES else ""
    which = "; ".join(clauses[:_CLAUSES])
    return f"requirements.txt leads to what can't be compared ({which}{more}), so every stack counts as changed."


def _changed(files: tuple[str, ...]) -> str | None:
    if not files:
        return None
    more = len(files) - _SHOWN
    names = [
        *(cut_line(visible(file), _LONGEST) for file in files[:_SHOWN]),
        *([f"and {more} more"] if more > 0 else []),
    ]
    return f"What decides what runs changed ({', '.join(names)}), so every stack counts as changed."
