"""The repository that the system lies in: what is checked out, which other commit to compare with, and its files.

Git's index, working tree and list of worktrees stay as they are; a shallow clone is deepened where it must be.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tanada.errors import StoppedError, TerraformError
from tanada.terraform.process import Finished, Processes

_DEEPER = ("--deepen=100", "--deepen=1000", "--unshallow")
"""What a shallow clone is asked for in turn, until it has a common commit."""
_FETCH = ("-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head")
_PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.splitIndex=false")
"""No daemon is started, and an index of ours is one file."""
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
UNDISTURBED = {
    "GIT_OPTIONAL_LOCKS": "0",  # else diff writes what it learnt into the index
    "GIT_TERMINAL_PROMPT": "0",
    # Nobody answers ssh either; what asks at the terminal behind our back would wait for ever.
    "SSH_ASKPASS": "false",
    "SSH_ASKPASS_REQUIRE": "force",
}
OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
"""What git tells its hooks, and what would make it work on something else than the folder we stand in."""


@dataclass(frozen=True)
class Commit:
    """What is checked out."""

    id: str | None
    dirty: bool


def commit(root: Path, environ: Mapping[str, str], processes: Processes) -> Commit:
    """The commit checked out in `root`; none outside a repository, before its first commit, or without git."""
    try:
        head = processes.run(["git", "rev-parse", "HEAD"], cwd=root, environment=environ)
        status = processes.run(["git", "status", "--porcelain"], cwd=root, environment=environ)
    except TerraformError:
        if processes.stopped:
            raise
        return Commit(None, dirty=False)
    if head.code != 0:
        return Commit(None, dirty=False)
    return Commit(head.output.strip(), dirty=bool(status.output.strip()))


@dataclass(frozen=True)
class _Git:
    root: Path
    environ: Mapping[str, str]
    processes: Processes

    def try_(self, *arguments: str, **variables: str) -> Finished:
        environment = {name: value for name, value in self.environ.items() if name not in OF_A_HOOK}
        finished = self.processes.run(
            ["git", *_PLAIN, *arguments],
            cwd=self.root,
            environment={**UNDISTURBED, **environment, "LC_ALL": "C", **variables},
        )
        if self.processes.stopped:
            raise StoppedError("Interrupted.")
        return finished

    def say(self, *arguments: str, **variables: str) -> str:
        """What git prints; raises TerraformError in git's own words."""
        finished = self.try_(*arguments, **variables)
        if finished.code != 0:
            raise TerraformError(f"git {arguments[0]} failed: {_last_line(finished)}")
        return finished.output.strip()


def _last_line(finished: Finished) -> str:
    lines = [line for line in finished.errors.splitlines() if line.strip()]
    # git's own reason comes first, its advice after it
    reason = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "")
    # A token in a URL is CI's way to fetch.
    return re.sub(r"//[^/@\s]+@", "//", reason) or f"exit code {finished.code}."


def merge_base(root: Path, ref: str, environ: Mapping[str, str], processes: Processes) -> str:
    """The commit where HEAD and `ref` parted, in the repository that `root` lies in.

    `ref` is anything that git knows, or a branch of `origin`, or a full commit id: fetched where the clone hasn't got
    it. Raises TerraformError where there is no repository, no such ref, or no common commit.
    """
    if not ref.strip():
        raise TerraformError("A commit to compare with is needed: name a branch, a tag or a commit, such as main.")
    git = _Git(root, environ, processes)
    inside = git.try_("rev-parse", "--is-inside-work-tree")
    if inside.code != 0:
        if "not a git repository" in inside.errors:
            raise TerraformError(
                f"{root} is not in a git repository, so nothing can be compared: begin one (git init), and commit."
            )
        raise TerraformError(f"{root}: git can't read the repository: {_last_line(inside)}")
    head = _commit(git, "HEAD")
    if head is None:
        raise TerraformError("The repository has no commit yet, so there is nothing to compare with.")
    other = _known(git, ref) or _fetched(git, ref)
    ancestor = git.try_("merge-base", head, other)
    for deeper in _DEEPER:
        if ancestor.code == 0 or git.say("rev-parse", "--is-shallow-repository") != "true":
            break
        _deepen(git, deeper, head, other)
        ancestor = git.try_("merge-base", head, other)
    if ancestor.code != 0:
        raise TerraformError(f"HEAD and {ref} have no commit in common, so nothing can be compared.")
    return ancestor.output.split()[0]


def last_change(root: Path, folder: str, start: str, environ: Mapping[str, str], processes: Processes) -> str:
    """The commit, `start` or one before it, that last changed a folder (from the repository's top on).

    Raises TerraformError where no commit did, or where nobody can tell: outside of a repository, and in a shallow
    clone, whose oldest commit looks as if it had made everything.
    """
    git = _Git(root, environ, processes)
    shallow = git.try_("rev-parse", "--is-shallow-repository")
    if shallow.code != 0:
        said = _last_line(shallow)
        raise TerraformError(f"{root} is not in a git repository, so nobody knows what last changed {folder}: {said}")
    if shallow.output.strip() != "false":
        raise TerraformError(
            f"This clone is shallow, so the commit that last changed {folder} can't be told: fetch the whole history "
            "(git fetch --unshallow; fetch-depth: 0 in GitHub's checkout, GIT_DEPTH: 0 on GitLab)."
        )
    if _commit(git, start) is None:
        raise TerraformError(f"There is no commit {start}, so nobody knows what last changed {folder}.")
    # Another history, which only this clone has, would give another tag.
    place = ":/" if folder == "." else f":(top,literal){folder}"
    found = git.say("rev-list", "-1", start, "--", place, GIT_NO_REPLACE_OBJECTS="1")
    if not found:
        raise TerraformError(
            f"No commit has changed {folder} yet, which common.images names: mend the folder there, or merge what it "
            "holds first."
        )
    return found


def _commit(git: _Git, ref: str) -> str | None:
    parsed = git.try_("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return parsed.output.strip() if parsed.code == 0 else None


def _known(git: _Git, ref: str) -> str | None:
    return _commit(git, ref) or _commit(git, f"refs/remotes/origin/{ref}")


def _fetched(git: _Git, ref: str) -> str:
    """A commit that the clone hasn't got: CI fetches one branch, often one commit."""
    if git.try_("check-ref-format", "--allow-onelevel", ref).code != 0:  # such as HEAD~1 of a first commit
        raise TerraformError(f"There is no commit {ref} here; name a branch, a tag or a whole commit id.")
    if git.try_("remote", "get-url", "origin").code != 0:
        raise TerraformError(f"There is no commit {ref} here, and no remote origin to ask; name one that is here.")
    name = ref.removeprefix("refs/heads/").removeprefix("refs/remotes/").removeprefix("origin/")
    # The tip is enough; what lies between comes by deepening.
    tip = ["--depth=1"] if git.say("rev-parse", "--is-shallow-repository") == "true" else []
    places = {f"refs/heads/{name}": f"refs/remotes/origin/{name}", f"refs/tags/{name}": f"refs/tags/{name}"}
    wanted = [ref] if _SHA.fullmatch(ref) else [f"+{there}:{here}" for there, here in places.items()]
    reason = ""
    for each in wanted:
        reason = _last_line(git.try_(*_FETCH, *tip, "origin", each))
        if commit_id := _known(git, name):
            return commit_id
    raise TerraformError(
        f"There is no commit {ref} here or at origin; name a branch, a tag or a whole commit id. git says: {reason}"
    )


def _deepen(git: _Git, deeper: str, *commits: str) -> None:
    # By their ids: HEAD may be on no branch (a pull request's merge commit), and other branches are of no use.
    if git.try_(*_FETCH, deeper, "origin", *commits).code == 0:
        return
    if deeper == "--unshallow":
        fetched = git.try_(*_FETCH, deeper, "origin")
        if fetched.code != 0:
            raise TerraformError(
                "This clone is shallow, and its history can't be fetched from origin to find the common commit: "
                f"{_last_line(fetched)}"
            )


@contextlib.contextmanager
def checkout(root: Path, commit: str, environ: Mapping[str, str], processes: Processes) -> Iterator[Path]:
    """The system's folder as it was at a commit, in a private folder that is gone afterwards, Ctrl-C or not.

    Only what lies below the system's folder: a monorepo may hold much more.
    """
    git = _Git(root, environ, processes)
    prefix = git.say("rev-parse", "--show-prefix")
    with TemporaryDirectory(prefix="tanada-") as temporary:
        folder = Path(temporary).resolve()
        # An index of our own: no worktree to register, no hook to run, and no `export-ignore` as in git archive.
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        git.say("read-tree", commit, **index)
        # In a subfolder git writes what is below it, each file at its whole path.
        git.say("checkout-index", "--all", "--quiet", f"--prefix={folder}{os.sep}files{os.sep}", **index)
        system = folder / "files" / prefix
        system.mkdir(parents=True, exist_ok=True)  # the commit may know no such folder
        yield system


def files_differ(
    root: Path, commit: str, paths: tuple[str, ...], environ: Mapping[str, str], processes: Processes
) -> tuple[str, ...]:
    """Which of some files and folders of the system differ between a commit and the working tree."""
    git = _Git(root, environ, processes)
    changed = git.say("diff", "--name-only", "--no-renames", "--relative", "-z", commit, "--", *paths)
    new = git.say("ls-files", "--others", "--exclude-standard", "-z", "--", *paths)
    files = [file for file in f"{changed}\0{new}".split("\0") if file]
    return tuple(path for path in paths if any(file == path or file.startswith(f"{path}/") for file in files))


def changed_files(
    root: Path, commit: str, environ: Mapping[str, str], processes: Processes
) -> tuple[str, tuple[str, ...]]:
    """Every file of the repository that differs between a commit and the working tree, by its path from the top; and
    the path from there to `root`, empty or ending with a slash."""
    git = _Git(root, environ, processes)
    changed = git.say("diff", "--name-only", "--no-renames", "-z", commit)
    new = git.say("ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/")
    return git.say("rev-parse", "--show-prefix"), tuple(file for file in f"{changed}\0{new}".split("\0") if file)


def toplevel(root: Path, environ: Mapping[str, str], processes: Processes) -> Path | None:
    """The top of the repository that `root` lies in; none outside of one, or without git.

    Raises TerraformError where there is one that git won't read (somebody else's, a damaged one): nobody knows then
    what it tracks.
    """
    try:
        found = _Git(root, environ, processes).try_("rev-parse", "--show-toplevel")
    except StoppedError:
        raise
    except TerraformError:
        return None
    if found.code == 0:
        return Path(found.output.rstrip("\n")).resolve()
    if "not a git repository" in found.errors:
        return None
    raise TerraformError(f"{root}: git can't read the repository: {_last_line(found)}")


def tracked(root: Path, paths: Sequence[str], environ: Mapping[str, str], processes: Processes) -> tuple[str, ...]:
    """What the repository tracks at paths (git's pathspecs, from `root` on) or below them, from its index: files, links
    and submodules. TerraformError where git won't read it.
    """
    listed = _Git(root, environ, processes).say("ls-files", "-z", "--", *paths)
    return tuple(name for name in listed.split("\0") if name)
