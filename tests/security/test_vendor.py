"""Tanada's wheel in the team's repository: made of what is installed, everywhere the same, installed by its hash."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanada import files, provider
from tanada.errors import TemplateError
from tanada.templates import Kind
from tanada.templates.vendor import vendor
from tanada.templates.wheel import Wheel, installed
from tanada.templates.workflows import workflows
from tests.templates.ci.systems import KINDS, system
from tests.templates.wheels import built, small

ROOT = Path(__file__).parents[2]
LOCK = "boto3==1 \\\n    --hash=sha256:1111\n    # via tanada\njinja2==3 \\\n    --hash=sha256:2222\n"


def python(*words: str, place: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP_"))}
    environ |= {"PIP_NO_INDEX": "1"} | ({"PYTHONPATH": str(path)} if path else {})
    return subprocess.run([*words], cwd=place, env=environ, capture_output=True, text=True, check=False)


# ------------------------------------------------------------------------------------------------- the wheel's bytes


def test_a_wheel_has_these_bytes_whatever_machine_and_python_made_it() -> None:
    assert small(lock=LOCK, code="x = 1\n").digest == "fe2a56ecb255e015323bfa76336912487895d5ce4eee763fd1631588f5fbc35e"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip has installed the wheel, with what Python and pip leave beside it."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / built().name).write_bytes(built().content)
    words = ("-m", "pip", "install", "-q", "--no-deps", "--compile", "--target", str(folder / "site"), built().name)
    done = python(sys.executable, *words, place=folder)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def again(site: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from tanada.templates.wheel import installed; sys.stdout.write(installed().digest)"
    return python(sys.executable, "-c", code, place=site, path=site)


def test_of_what_was_installed_from_it_the_same_wheel_is_made(site: Path) -> None:
    (site / "tanada" / "left.py").write_text("# nobody's")
    assert list(site.rglob("*.pyc"))
    assert again(site).stdout == built().digest


@pytest.fixture
def information(site: Path) -> Iterator[Path]:
    """`.dist-info`; whatever a test does to it or to a module is undone."""
    [folder] = site.glob("tanada-*.dist-info")
    kept = {path: path.read_bytes() for path in (folder / "RECORD", folder / "METADATA", site / "tanada" / "text.py")}
    yield folder
    for path, data in kept.items():
        path.write_bytes(data)


def test_what_the_installer_wrote_down_does_not_count(information: Path, site: Path) -> None:
    (information / "uv_cache.json").write_text("{}")
    with (information / "RECORD").open("a") as record:
        record.write(f"{information.name}/uv_cache.json,sha256=x,2\n../../bin/other,sha256=x,2\n")
    assert again(site).stdout == built().digest


@pytest.mark.parametrize("name", ["tanada/text.py", "METADATA"])
def test_a_file_that_differs_is_named_and_no_wheel_is_made(name: str, information: Path, site: Path) -> None:
    path = site / name if "/" in name else information / name
    path.write_bytes(path.read_bytes() + b"\n# more\n")
    assert f"{path.relative_to(site)} of the installed Tanada is not as it was installed" in again(site).stderr


def test_a_file_that_is_gone_is_named(information: Path, site: Path) -> None:
    with (information / "RECORD").open("a") as record:
        record.write("tanada/gone.py,sha256=x,2\n")
    assert "tanada/gone.py of the installed Tanada is missing" in again(site).stderr


def test_a_file_without_a_hash_is_refused(information: Path, site: Path) -> None:
    record = information / "RECORD"
    record.write_text(re.sub(r"(?m)^tanada/text\.py,.*$", "tanada/text.py,,", record.read_text()))
    assert "tanada/text.py of the installed Tanada is not as it was installed" in again(site).stderr


def test_without_a_list_of_the_files_it_is_refused(information: Path, site: Path) -> None:
    (information / "RECORD").unlink()
    assert "left no list of its files (RECORD)" in again(site).stderr


def test_an_installation_for_editing_needs_what_builds_it() -> None:
    code = (
        "import sys; sys.modules['hatchling.builders.wheel'] = None\n"
        "from tanada.templates.wheel import installed; installed()"
    )
    done = python(sys.executable, "-c", code, place=Path.cwd())
    assert "hatchling, which builds its wheel, is not: run make setup there" in done.stderr


def test_a_checkout_that_cannot_be_built_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Edited:
        def read_text(self, name: str) -> str:
            assert name == "direct_url.json"
            return json.dumps({"url": tmp_path.as_uri(), "dir_info": {"editable": True}})

    monkeypatch.setattr("importlib.metadata.distribution", lambda _name: Edited())
    with pytest.raises(TemplateError, match=f"Tanada's wheel can't be built from {tmp_path}: "):
        installed()


# -------------------------------------------------------------------------------------------- vendor/, requirements.txt


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A team's folder that has a wheel of 0.1.0."""
    (tmp_path / "requirements.txt").write_text(LOCK)
    vendor(tmp_path, small(lock=LOCK))
    return tmp_path


def listed(root: Path) -> str:
    return (root / "requirements.txt").read_text()


def own(wheel: Wheel) -> str:
    return f"./vendor/{wheel.name} --hash=sha256:{wheel.digest}\n"


def wheels(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (root / "vendor").iterdir()}


def test_the_wheel_and_its_line_are_there_and_a_second_time_changes_nothing(root: Path) -> None:
    wheel = small(lock=LOCK)
    assert (listed(root), wheels(root)) == (LOCK + own(wheel), {wheel.name: wheel.content})
    before = [(path, path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(root.rglob("*"))]
    assert vendor(root, wheel) == []
    assert [(path, path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(root.rglob("*"))] == before


def test_what_was_installed_by_name_is_so_no_more(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(f"{LOCK}Tanada==0.1.0 \\\n    --hash=sha256:3333\n")
    vendor(tmp_path, small(lock=LOCK))
    assert listed(tmp_path) == LOCK + own(small(lock=LOCK))


def test_a_newer_one_takes_the_place_of_the_older_with_what_it_runs_with(root: Path) -> None:
    newer = LOCK.replace("boto3==1", "boto3==2").replace("jinja2==3 \\\n    --hash=sha256:2222\n", "") + "tf==1\n"
    wheel = small("0.2.0", lock=newer)
    said = vendor(root, wheel)
    assert (listed(root), wheels(root)) == (newer + own(wheel), {wheel.name: wheel.content})
    assert said == [
        f"vendor/{wheel.name}: written, sha256 {wheel.digest}.",
        "requirements.txt: names it by its hash; what it runs with changed: boto3, jinja2, tf.",
        "vendor/tanada-0.1.0-py3-none-any.whl: deleted.",
    ]


def test_what_the_team_wrote_stays(root: Path) -> None:
    text = listed(root).replace("boto3==1", "boto3==1.5") + "# ours\npytest==9 --hash=sha256:4444\n"
    (root / "requirements.txt").write_text(text)
    wheel = small("0.2.0", lock=LOCK.replace("==1", "==2").replace("==3", "==4"))
    said = vendor(root, wheel)
    kept = LOCK.replace("==1", "==1.5").replace("==3", "==4") + "# ours\npytest==9 --hash=sha256:4444\n"
    assert listed(root) == kept + own(wheel)
    assert "requirements.txt keeps what the team wrote of boto3" in said[2]


def test_a_wheel_that_was_changed_by_hand_is_written_anew(root: Path) -> None:
    wheel = small(lock=LOCK)
    (root / "vendor" / wheel.name).write_bytes(wheel.content + b"more")
    assert vendor(root, wheel) == [
        f"vendor/{wheel.name}: was changed by hand, and is written anew, sha256 {wheel.digest}."
    ]
    assert (listed(root), wheels(root)) == (LOCK + own(wheel), {wheel.name: wheel.content})


def test_a_hash_that_was_changed_by_hand_is_written_anew(root: Path) -> None:
    wheel = small(lock=LOCK)
    (root / "requirements.txt").write_text(LOCK + own(wheel)[:-1] + " --hash=sha256:" + 64 * "a" + "\n")
    assert vendor(root, wheel) == ["requirements.txt: names it by its hash."]
    assert listed(root) == LOCK + own(wheel)


def test_another_of_the_same_version_is_said(root: Path) -> None:
    wheel = small(lock=LOCK, code="other = 1\n")
    assert vendor(root, wheel)[0].startswith(f"vendor/{wheel.name}: replaced by another of the same version, sha256 ")
    assert (listed(root), wheels(root)) == (LOCK + own(wheel), {wheel.name: wheel.content})


def test_where_the_disk_gets_full_between_them_nothing_is_changed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listed(root), wheels(root)
    staged = files._staged

    def full(path: Path, content: bytes | str, mode: int) -> Path:
        if path.name == "requirements.txt":
            raise OSError(28, "No space left on device")
        return staged(path, content, mode)

    monkeypatch.setattr(files, "_staged", full)
    wheel = small("0.2.0", lock=LOCK)
    with pytest.raises(OSError, match="No space left"):
        vendor(root, wheel)
    assert (listed(root), wheels(root)) == before
    assert not [file.name for file in (*root.iterdir(), *(root / "vendor").iterdir()) if file.name.startswith(".")]
    monkeypatch.undo()
    vendor(root, wheel)
    assert (listed(root), wheels(root)) == (LOCK + own(wheel), {wheel.name: wheel.content})


def test_the_provider_s_lock_comes_along(root: Path) -> None:
    """Terraform would refuse the earlier one's ("does not match configured version constraint")."""
    ours, other = (ROOT / ".terraform.lock.hcl").read_text(), 'provider "registry.terraform.io/hashicorp/time" {\n}\n'
    theirs = ours[ours.index("provider") :].replace(provider.VERSION, "6.25.0").replace("zh:0", "zh:1")
    lock = root / ".terraform.lock.hcl"
    lock.write_text(theirs + other)
    assert provider.refusal(lock.read_text()) == (
        ".terraform.lock.hcl holds hashicorp/aws 6.25.0, and this Tanada plans with 6.28.0: run tanada vendor, which "
        "writes that version's checksums into it, and commit it."
    )
    assert vendor(root, small(lock=LOCK)) == [".terraform.lock.hcl: hashicorp/aws 6.28.0 instead of 6.25.0."]
    assert lock.read_text() == ours[ours.index("provider") :] + other
    assert provider.refusal(lock.read_text()) == ""
    lock.write_text(other)
    assert vendor(root, small(lock=LOCK)) == [], "a team that holds nothing to checksums is not made to"


def test_the_lock_file_is_that_of_the_provider_that_is_asked_for() -> None:
    lock = (ROOT / ".terraform.lock.hcl").read_text()
    assert provider.locked(lock) == provider.VERSION
    assert f'constraints = "{provider.VERSION}"' in lock
    kinds = [line.strip()[1:4] for line in lock.splitlines() if line.startswith('    "')]
    assert (kinds.count("zh:"), kinds.count("h1:")) == (15, 1), "14 platforms and the manifest; one unpacked"


@pytest.mark.parametrize("name", ["vendor", f"vendor/{small().name}", "requirements.txt", ".terraform.lock.hcl"])
@pytest.mark.parametrize("what", ["link", "other"])
def test_a_link_or_something_else_in_their_place_is_refused(name: str, what: str, tmp_path: Path) -> None:
    root, outside = tmp_path / "team", tmp_path / "outside"
    (root / name).parent.mkdir(parents=True)
    outside.mkdir()
    (outside / "file").write_text("theirs")
    if what == "link":
        (root / name).symlink_to(outside if name == "vendor" else outside / "file")
    elif name == "vendor":
        (root / name).write_text("a file")
    else:
        (root / name).mkdir()
    with pytest.raises(TemplateError, match=f"{re.escape(name)}: expected a (file|folder) of the repository's own"):
        vendor(root, small())
    assert [file.read_text() for file in outside.iterdir()] == ["theirs"]


def test_requirements_that_are_no_text_are_refused(root: Path) -> None:
    (root / "requirements.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateError, match=r"requirements\.txt can't be read"):
        vendor(root, small("0.2.0"))
    assert list(wheels(root)) == [small().name]


def test_tanadas_own_repository_runs_from_its_source() -> None:
    with pytest.raises(TemplateError, match="Tanada's own repository"):
        vendor(Path(__file__).parents[2], small())


# ------------------------------------------------------------------------------------------------------- what CI runs


def install_step() -> str:
    """The shell that installs, as it stands in what `tanada ci gitlab` writes."""
    text = workflows("gitlab", system("gitlab"))[".gitlab/tanada.yml"]
    lines = [*dict.fromkeys(line.strip() for line in text.splitlines() if "-m pip " in line)]
    assert len(lines) == 2
    return "\n".join(lines)


def test_a_job_installs_the_wheel_whose_hash_is_listed_and_no_other(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "python"], check=True)
    (tmp_path / "requirements.txt").write_text("")
    tools = f"{tmp_path / 'python' / 'bin'}:{os.environ['PATH']}"

    def job() -> subprocess.CompletedProcess[str]:
        return python("env", f"PATH={tools}", "bash", "-ec", install_step(), place=tmp_path)

    def ran() -> str:
        done = python(str(tmp_path / "python/bin/python"), "-c", "import tanada; print(tanada.x)", place=tmp_path)
        return done.stdout.strip()

    first = small(code="x = 'first'\n")
    vendor(tmp_path, first)
    done = job()
    assert done.returncode == 0, done.stderr
    assert ran() == "first"
    # An environment that lives on, and another wheel of the same version: pip alone would keep the first.
    vendor(tmp_path, small(code="x = 'second'\n"))
    done = job()
    assert done.returncode == 0, done.stderr
    assert ran() == "second"
    # Changed without its line: nothing is installed.
    shutil.copyfile(tmp_path / "vendor" / first.name, tmp_path / "kept")
    (tmp_path / "vendor" / first.name).write_bytes(first.content)
    done = job()
    assert done.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
    assert ran() == ""


@pytest.mark.parametrize("kind", KINDS)
def test_no_generated_job_installs_anything_by_name(kind: Kind) -> None:
    written = workflows(kind, system(kind, main=False, production=True)).values()
    lines = [line for text in written for line in text.splitlines() if "pip" in line]
    installing = [line for line in lines if re.search(r"\bpip3? +install\b", line)]
    assert installing
    for line in installing:
        assert line.split("pip install ")[1].rstrip("'").split() == [
            *("--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"),
            *("-r", "requirements.txt"),
        ]
    assert not [line for line in lines if re.search(r"tanada *[=@<>~]", line)]
