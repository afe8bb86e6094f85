"""What the machine refuses is one sentence with what to set, never a bug of ours or a mistake in a declaration."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tanada import cli, crash_report, machine
from tanada.errors import OutputError, TerraformError, TerraformFailedError
from tanada.terraform import folders, plugins, program, unsaved
from tanada.terraform.context import Context
from tanada.terraform.layout import Layout, Target
from tanada.terraform.opening import Place, open_session
from tanada.terraform.process import Finished, Processes
from tanada.terraform.program import Program
from tests.terraform.test_decisions import stack

HOME = {"HOME": "/home/web", "TF_PLUGIN_CACHE_DIR": "/plugins"}
GONE = "The folder that this runs in is gone: go to one that is there."


def system(code: int, path: str | None = None) -> OSError:
    return OSError(code, os.strerror(code), path)


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (
            system(errno.ENOSPC, "/home/web/.cache/tanada/fast/x"),
            "/home/web/.cache/tanada/fast/x can't be written: no space left on device; free some, or set "
            "XDG_CACHE_HOME to a folder elsewhere.",
            1,
        ),
        (
            system(errno.EROFS, "/plugins/.filling"),
            "/plugins/.filling can't be written: read-only file system; see who may write there, or set "
            "TF_PLUGIN_CACHE_DIR or XDG_CACHE_HOME to a folder elsewhere.",
            1,
        ),
        (
            system(errno.ENOENT, "/home/web/.cache"),
            "/home/web/.cache can't be written: no such file or directory; set XDG_CACHE_HOME to a folder elsewhere.",
            2,
        ),
        (
            system(errno.EACCES, "/team/schemas"),
            "/team/schemas can't be written: permission denied; see who may write there.",
            1,
        ),
        (system(errno.EISDIR, "/team/x.md"), "/team/x.md: is a directory.", 2),
        (
            system(errno.EMFILE, "/team/x"),
            "/team/x: too many open files; raise the limit with `ulimit -n`.",
            1,
        ),
        # Node's, as jsii hands it on
        (
            RuntimeError("Error: ENOSPC: no space left on device, write"),
            "/full can't be written: no space left on device; free some, or set TMPDIR to a folder elsewhere.",
            1,
        ),
        (
            RuntimeError("Error: EACCES: permission denied, mkdir '/home/web/.cache/aws'"),
            "/home/web/.cache/aws can't be written: permission denied; see who may write there, or set XDG_CACHE_HOME "
            "to a folder elsewhere.",
            1,
        ),
        # shutil's, of a whole folder
        (
            shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")]),
            "/full can't be written: no space left on device; free some, or set TMPDIR to a folder elsewhere.",
            1,
        ),
        (MemoryError(), "The machine has no memory left.", 1),
    ],
)
def test_it_is_one_sentence_that_names_the_place(
    error: Exception, sentence: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/full")
    monkeypatch.setattr(machine, "_is_full", lambda path: path == Path("/full"))
    assert machine.refusal(error, HOME) == (sentence, code)


def test_what_was_raised_because_of_it_counts_too() -> None:
    outer = ValueError("no way")
    outer.__cause__ = system(errno.EROFS, "/x")
    assert machine.refusal(outer, HOME) == ("/x can't be written: read-only file system; see who may write there.", 1)
    assert machine.refusal(ValueError("Error: ERROR: no"), HOME) is None


def test_a_working_folder_that_was_deleted_is_named_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr("sys.argv", ["tanada", "check"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert (ended.value.code, capsys.readouterr().err) == (2, f"{GONE}\n")


def test_where_no_temporary_file_can_be_made_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    error = FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")
    assert machine.refusal(error, HOME) == (
        "No folder for temporary files can be written: set TMPDIR to one that can.",
        1,
    )


def test_nothing_of_it_is_called_a_bug(tmp_path: Path) -> None:
    text, code = crash_report.ended(system(errno.ENOSPC, "/x?token=tok-0123456789abcdef"), lambda: tmp_path, HOME)
    assert (code, text.count("bug"), list(tmp_path.iterdir())) == (1, 0, [])


def test_a_disk_is_full_before_its_last_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    class Disk:
        f_bavail, f_frsize, f_files, f_favail = 100, 4096, 10, 5

    monkeypatch.setattr(os, "statvfs", lambda _path: Disk)
    assert machine._is_full(Path("/nowhere/at/all"))
    Disk.f_bavail = 1000
    assert not machine._is_full(Path("/nowhere"))
    Disk.f_favail = 0  # no further file, whatever its size
    assert machine._is_full(Path("/nowhere"))


@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "TF_PLUGIN_CACHE_DIR"])
def test_where_providers_can_t_be_kept_the_variables_are_named(variable: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"set TF_PLUGIN_CACHE_DIR or XDG_CACHE_HOME to a folder elsewhere\.$"):
        plugins.plugin_cache({variable: str(tmp_path / "file" / "x")})


def test_a_log_that_can_t_be_written_ends_and_terraform_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(folders, "private_file", lambda _file: os.open("/dev/full", os.O_WRONLY))
    with folders._log(tmp_path / "x.log", said.append) as write:
        write("one\n")
        write("two\n")
    assert said == [f"{tmp_path / 'x.log'} ends here (No space left on device)"]


@pytest.mark.parametrize(("text", "whole"), [('{"version": 4}', True), ('{"version": 4, "res', False), ("", False)])
def test_a_state_of_which_a_part_fitted_on_the_disk_is_not_called_kept(text: str, whole: bool, tmp_path: Path) -> None:
    (tmp_path / "errored.tfstate").write_text(text)
    assert unsaved.is_whole(tmp_path / "errored.tfstate") is whole


@pytest.mark.parametrize(
    ("text", "key", "kept"),
    [
        ('{"version": 4}', None, "errored.tfstate"),
        ('{"version": 4}', " ", "errored.tfstate"),
        ('{"version": 4}', "no key", "errored.tfstate"),
        ('{"version": 4, "res', None, "part.tfstate"),
    ],
)
def test_a_state_is_kept_whatever_the_key_is_and_what_nobody_could_save_waits_for_nobody(
    text: str, key: str | None, kept: str, tmp_path: Path
) -> None:
    (tmp_path / "errored.tfstate").write_text(text)
    (tmp_path / "errored.tfstate").chmod(0o644)
    environ = {} if key is None else {"TANADA_PLAN_KEY": key}
    file = unsaved.keep(tmp_path / "errored.tfstate", tmp_path / "left", environ)
    assert (file, file.read_text(), file.stat().st_mode & 0o777) == (tmp_path / "left" / kept, text, 0o600)


def test_the_command_that_saves_it_is_one_that_a_shell_reads() -> None:
    said = unsaved.how_to_save(Path("/my repo/errored.tfstate"), "common-main")
    assert shlex.split(said)[-1] == "/my repo/errored.tfstate"


def test_without_an_engine_the_way_without_one_is_named(tmp_path: Path) -> None:
    """The script's sentence, whatever it is."""
    (tmp_path / ".terraform-version").write_text("1.11.4")
    (tmp_path / ".terraform-image").write_text("hashicorp/terraform:1.11.4")
    script = tmp_path / program.SCRIPT
    script.parent.mkdir()
    script.write_text("#!/bin/sh\necho 'terraform-docker: docker answers no call.' >&2\nexit 2\n")
    script.chmod(0o755)
    with pytest.raises(TerraformError) as refused:
        program.choose(tmp_path, {"PATH": os.environ["PATH"]}, Processes())
    assert str(refused.value) == (
        "terraform-docker: docker answers no call. Without a container: TANADA_TERRAFORM=local, with terraform 1.11.4 "
        "on PATH."
    )


@pytest.mark.parametrize(
    ("left", "errors", "said"),
    [
        (
            3 << 20,
            "",
            "terraform init ended with exit code 1, and said nothing. The disk has next to nothing left (3 MiB at "
            "/plugins), and what is said goes there, too. Free some: providers lie where TF_PLUGIN_CACHE_DIR says.",
        ),
        (9 << 30, "", "terraform init ended with exit code 1."),
        (3 << 20, "Error: no", "Error: no"),
    ],
)
def test_a_full_disk_takes_terraforms_own_words_and_is_named(
    left: int, errors: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_left", lambda _: left)
    known = Program("terraform", container=False, version="1", name="x")
    context = Context(Layout(tmp_path), known, Processes(), {**HOME, "PATH": "", "XDG_CACHE_HOME": str(tmp_path)})
    with open_session(context, Target(stack()), Place("{}")) as session:
        session = replace(session, environment=HOME)
        with pytest.raises(TerraformFailedError) as failed:
            session._check(Finished(1, "", errors), "init")
    assert str(failed.value) == said
