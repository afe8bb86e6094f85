"""What a pull request asks for, taken into a checkout of its base: as data, vetted, and never its code."""

from __future__ import annotations

import errno
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tanada.errors import TerraformError
from tanada.templates.vendor import vendor
from tanada.terraform import taken
from tanada.terraform.changes_since import Changed, what_changed
from tanada.terraform.layout import Layout
from tanada.terraform.process import Processes
from tanada.terraform.take import take as _take
from tanada.terraform.taken import Taken
from tests.templates.wheels import small
from tests.terraform.repository import ENVIRON, commit, git
from tests.terraform.test_changes_since import STACKS, Team, team  # noqa: F401 - a fixture

EVIL = "import pathlib\npathlib.Path({!r}).touch()\n"


def asked(team: Team) -> str:  # noqa: F811
    """What lies in the folder now, as a pull request's commit; the base is checked out again."""
    head = commit(team.repository)
    git(team.repository, "checkout", "--quiet", "--detach", team.base)
    return head


def take(team: Team, head: str, folder: Path | None = None) -> Taken:  # noqa: F811
    return _take(team.root, head, folder, ENVIRON, Processes())


def changed(team: Team) -> Changed:  # noqa: F811
    return what_changed(team.root, ENVIRON, Processes(), "HEAD")


def emitted(folder: Path, **stacks: object) -> Path:
    """As a job without credentials hands it over; names with `_` for `-`."""
    for name, stack in stacks.items():
        file = folder / "stacks" / name.replace("_", "-") / "cdk.tf.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(stack, indent=7))
    return folder


def whole(folder: Path, **others: object) -> Path:
    """Of all stacks, as the base emits them but for `others`."""
    usual = {"resource": {"terraform_data": {"web": {"input": 1}}}}
    return emitted(folder, **{**{name.replace("-", "_"): usual for name in STACKS}, **others})


def test_declarations_alone_are_made_by_the_bases_own_code(team: Team, tmp_path: Path) -> None:  # noqa: F811
    team.replace("environments/test.yaml", "test.example.jp", "other.example.jp")
    team.write("environments/new.yaml", "account: main\ndomain: new.example.jp\n")
    (team.root / "environments/www.yaml").unlink()
    head = asked(team)
    found = take(team, head, emitted(tmp_path / "handed", environment_test={"provider": {"evil": {}}}))
    assert found == Taken(head, alone=True)
    assert sorted(file.name for file in (team.root / "environments").iterdir()) == ["new.yaml", "test.yaml"]
    assert "other.example.jp" in (team.root / "environments/test.yaml").read_text()
    assert taken.read(Layout(team.root)) == found


def test_of_other_changes_exactly_the_vetted_bytes_are_planned(team: Team, tmp_path: Path) -> None:  # noqa: F811
    team.write("main.py", EVIL.format(str(tmp_path / "ran")))
    team.replace("environments/test.yaml", "test.example.jp", "other.example.jp")
    web = {"resource": {"terraform_data": {"web": {"input": 2}}}}
    handed = whole(tmp_path / "handed", environment_test=web)
    found = take(team, asked(team), handed)
    assert (found.alone, found.redirects, found.refused) == (False, (), {})
    data = (handed / "stacks/environment-test/cdk.tf.json").read_bytes()
    # Whatever becomes of the folder, or of what lay where stacks lie.
    evil = {"resource": {"terraform_data": {"web": {"provisioner": {"local-exec": {"command": "true"}}}}}}
    shutil.rmtree(handed)
    emitted(handed, environment_test=evil)
    emitted(team.root / "cdktf.out", environment_evil=evil)
    compared = changed(team)
    layout = Layout(team.root)
    assert layout.configuration("environment-test").read_bytes() == data
    assert stat.S_IMODE(layout.configuration("environment-test").stat().st_mode) == 0o600
    assert not layout.stack("environment-evil").exists()
    assert compared.configuration == {"environment-test": ("~ terraform_data.web: input",)}
    assert compared.stacks == tuple(STACKS)
    assert compared.reason is not None
    assert "What decides what runs changed (infra/main.py)" in compared.reason
    assert not (tmp_path / "ran").exists()


def test_what_is_not_vetted_is_not_planned_and_says_why(team: Team, tmp_path: Path) -> None:  # noqa: F811
    team.write("README.md", "more than a declaration")
    team.write("environments/new.yaml", "account: main\ndomain: new.example.jp\n")
    runs = {"resource": {"terraform_data": {"web": {"provisioner": {"local-exec": {"command": "true"}}}}}}
    reads = {"resource": {"terraform_data": {"web": {"input": '${file("/proc/self/environ")}'}}}}
    handed = whole(tmp_path / "handed", environment_test=runs, common_main=reads)
    (handed / "stacks/environment-www/zz.tf").write_text("")
    found = take(team, asked(team), handed)
    assert set(found.refused) == {"common-main", "environment-new", "environment-test", "environment-www"}
    assert found.held("environment-test", offline=False) == ("resource.terraform_data.web.provisioner: runs commands",)
    assert "calls file(), which Tanada doesn't emit" in found.refused["common-main"][0]
    assert found.refused["environment-new"] == ("its own code emitted nothing for it",)
    assert "holds zz.tf beside cdk.tf.json" in found.refused["environment-www"][0].replace("'", "").replace('"', "")
    assert found.held("environment-test", offline=True), "commands would run offline too"
    compared = changed(team)
    assert compared.stacks == ("common-main", "environment-new", "environment-test", "environment-www")
    assert {file.name for file in Layout(team.root).synthesized.iterdir()} == {"common-production", "review"}


def test_where_its_own_code_left_nothing_no_stack_is_planned(team: Team) -> None:  # noqa: F811
    team.write("README.md", "more than a declaration")
    found = take(team, asked(team))
    assert set(found.refused) == set(STACKS)
    assert "nothing was handed over" in found.refused["review"][0]


def test_a_redirect_is_kept_from_credentials_on_both_ways(team: Team, tmp_path: Path) -> None:  # noqa: F811
    team.replace("system.yaml", "id: 111111111111", "id: 333333333333")
    alone = take(team, asked(team))
    assert alone.alone
    assert alone.held("environment-test", offline=False) == ("accounts.main.id changes",)
    assert alone.held("environment-test", offline=True) == ()

    shutil.rmtree(team.root / ".tanada")
    team.write("README.md", "more than a declaration")
    more = take(team, asked(team), whole(tmp_path / "handed"))
    assert not more.alone
    assert more.held("environment-test", offline=False) == ("accounts.main.id changes",)


def a_link(team: Team) -> None:  # noqa: F811
    (team.root / "environments/evil.yaml").symlink_to("/etc/passwd")


def executable(team: Team) -> None:  # noqa: F811
    (team.root / "environments/test.yaml").chmod(0o755)


@pytest.mark.parametrize("spoil", [a_link, executable])
def test_declarations_that_are_no_plain_files_are_none(
    team: Team,  # noqa: F811
    spoil: Callable[[Team], None],
    tmp_path: Path,
) -> None:
    spoil(team)
    found = take(team, asked(team), whole(tmp_path / "handed"))
    assert found.unread is not None
    assert all("can't be read as data" in found.held(name, offline=False)[0] for name in STACKS)
    compared = changed(team)
    assert compared.stacks == tuple(STACKS), "nobody knows, so never none"
    assert compared.reason is not None
    assert "can't be read as data" in compared.reason
    assert not (team.root / "environments/evil.yaml").is_symlink()


def test_a_conflict_and_a_checkout_that_was_edited_are_one_sentence(team: Team) -> None:  # noqa: F811
    team.replace("environments/test.yaml", "test.example.jp", "one.example.jp")
    head = asked(team)
    team.replace("environments/test.yaml", "test.example.jp", "two.example.jp")
    with pytest.raises(TerraformError, match="needs a checkout as it was committed"):
        take(team, head)
    commit(team.repository)
    with pytest.raises(TerraformError, match=r"conflicts with .* in .*environments/test.yaml"):
        take(team, head)
    assert not (team.root / ".tanada").exists()
    with pytest.raises(TerraformError, match="There is no commit"):
        take(team, "f" * 40)


def test_what_fails_behind_the_declarations_puts_them_back(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    team.replace("environments/test.yaml", "test.example.jp", "one.example.jp")
    team.write("environments/new.yaml", "account: main\ndomain: new.example.jp\n")
    head = asked(team)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(taken, "write", full)
        with pytest.raises(OSError, match="No space"):
            take(team, head)
    assert git(team.repository, "status", "--porcelain") == ""
    assert not Layout(team.root).taken.exists()
    assert take(team, head).alone, "it can be done again"


def test_what_main_has_gained_since_stays(team: Team) -> None:  # noqa: F811
    team.replace("environments/test.yaml", "test.example.jp", "one.example.jp")
    head = asked(team)
    team.write("environments/new.yaml", "account: main\ndomain: new.example.jp\n")
    commit(team.repository)
    assert take(team, head).alone
    assert (team.root / "environments/new.yaml").is_file()
    assert "one.example.jp" in (team.root / "environments/test.yaml").read_text()


def test_nothing_is_applied_from_what_was_taken(team: Team) -> None:  # noqa: F811
    team.write("environments/new.yaml", "account: main\ndomain: new.example.jp\n")
    take(team, asked(team))
    with pytest.raises(TerraformError, match="which nobody has approved: apply from another"):
        taken.refuse(Layout(team.root), "apply")


def test_another_tanada_is_said_and_the_bases_stays(team: Team, tmp_path: Path) -> None:  # noqa: F811
    team.write("requirements.txt", "")
    vendor(team.root, small())
    team.base = team.commit()
    wheel = small("0.2.0", code="evil = 1\n")
    vendor(team.root, wheel)
    found = take(team, asked(team), whole(tmp_path / "handed"))
    assert found.packages is not None
    assert taken.read(Layout(team.root)) == found
    assert [file.name for file in (team.root / "vendor").iterdir()] == [small().name]
    compared = changed(team)
    assert compared.stacks == tuple(STACKS)
    assert compared.maker == f"Tanada itself changes: 0.1.0 → 0.2.0, sha256 {wheel.digest[:12]}…"
    assert compared.reason is not None
    assert compared.reason.endswith(f"Tanada's wheel has sha256 {wheel.digest}.")


def test_what_requirements_lead_to_is_named_when_it_changes_later(team: Team, tmp_path: Path) -> None:  # noqa: F811
    team.write("requirements.txt", "-r docs/a-b.txt\n-r /etc/other.txt\n")
    team.write("docs/a-b.txt", "")
    team.base = team.commit()
    team.write("docs/a-b.txt", "evil==1\n")
    found = take(team, asked(team), whole(tmp_path / "handed"))
    assert found.deciding == ("infra/docs/a-b.txt",)
    assert found.unfollowed == ("--requirement /etc/other.txt lies outside the repository",)
    assert found.packages is not None
    assert found.packages.words == "what Tanada runs with changes: evil"
    assert taken.read(Layout(team.root)) == found
    assert found.everything is not None
    assert "leads to what can't be compared" in found.everything


def test_what_was_emitted_is_bounded_in_all(
    team: Team,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    team.write("README.md", "more than a declaration")
    handed = whole(tmp_path / "handed")
    size = (handed / "stacks/common-main/cdk.tf.json").stat().st_size
    monkeypatch.setattr("tanada.terraform.take._LARGEST_SUM", 3 * size)
    found = take(team, asked(team), handed)
    assert set(found.refused) == set(STACKS[3:])
    assert {sentence for each in found.refused.values() for sentence in each} == {
        "comes after 0 MiB of others, and no more is looked at"
    }
