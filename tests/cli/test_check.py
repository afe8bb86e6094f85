"""`tanada check`: one line when all is well, else every mistake; quick, and without CDKTF."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tanada.cli.check import unsaid_writable
from tanada.declarations.in_time import too_long
from tanada.declarations.loader import load
from tanada.declarations.nobody_comes import nobody_comes
from tanada.declarations.strangers import strangers

from .program import GOOD, ROOT, tanada

STACKS = (
    "kakei: no mistakes; 6 stacks: common-main, common-production, environment-production, environment-test, "
    "environment-test2, review\n"
)


def without_pin(said: str) -> str:
    """Without the note on Terraform's own version, which comes some day."""
    return re.sub(r"note: what plans and applies: .*\n", "", said)


def test_a_good_system_is_one_line_that_names_its_stacks() -> None:
    ended = tanada("check", folder=ROOT)
    assert (ended.returncode, without_pin(ended.stdout), ended.stderr) == (0, STACKS, "")


def test_a_note_names_services_that_say_nowhere_what_they_write_to(tmp_path: Path) -> None:
    for each in ("environments", "workspaces"):
        shutil.copytree(ROOT / each, tmp_path / each)
    text = (ROOT / "system.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "writable" not in line]
    (tmp_path / "system.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert unsaid_writable(load(tmp_path)) == ["backend", "mailer", "web"]
    ended = tanada("check", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert without_pin(ended.stdout) == (
        f"{STACKS}note: backend, mailer, web can write to /tmp alone, 64 MiB in memory, and an image that writes "
        "elsewhere ends at its first write; say writable, in the service or once in defaults ([/tmp] takes this note "
        "away)\n"
    )


def test_a_note_names_deployments_that_the_ci_has_no_time_for(tmp_path: Path) -> None:
    assert too_long(load(ROOT)) == []
    for each in ("environments", "workspaces"):
        shutil.copytree(ROOT / each, tmp_path / each)
    text = (ROOT / "system.yaml").read_text(encoding="utf-8")
    assert "    backend:\n" in text
    slow = "    backend:\n      deregistration_delay: 1h\n      health_check_grace_period: 2h\n"
    (tmp_path / "system.yaml").write_text(text.replace("    backend:\n", slow, 1), encoding="utf-8")
    assert too_long(load(tmp_path)) == [
        "a deployment of backend may take 196 minutes, by deregistration_delay, health_check_grace_period, rollout and "
        "rollback_alarms, and CI's apply has 120: it is refused there; apply it from a machine, or lower them"
    ]


def test_a_note_names_accounts_of_others_whose_people_are_trusted() -> None:
    """`support` is of one, `auditor` of the system's own."""
    assert strangers(load(ROOT / "tests" / "capabilities" / "people")) == [
        "people.support trusts people of 333333333333, which is none of accounts; look whether they are meant"
    ]
    assert strangers(load(ROOT / "examples" / "corporate-site")) == []
    moved = load(ROOT / "examples" / "corporate-site")
    accounts = {
        name: each.model_copy(update={"id": f"99999999999{n}"}) for n, (name, each) in enumerate(moved.accounts.items())
    }
    said = strangers(moved.model_copy(update={"accounts": accounts}))
    assert [each.partition(", which")[0] for each in said] == [
        "people.auditor, sites.www.operators.design trust people of 222222222222",
        "people.auditor trusts people of 111111111111",
    ]


def test_a_note_names_addresses_from_which_nobody_comes(tmp_path: Path) -> None:
    ranges = ["10.0.0.0/8", "203.0.113.0/24"]
    system = load(ROOT / "tests" / "capabilities" / "allow")
    web = system.environments["test"].services["web"]
    assert nobody_comes(system) == []
    assert web.http is not None
    web = web.model_copy(update={"http": web.http.model_copy(update={"allow": {"/*": tuple(ranges)}})})
    environment = system.environments["test"].model_copy(update={"services": {"web": web}})
    assert nobody_comes(system.model_copy(update={"environments": {"test": environment}, "review": None})) == [
        "web lets in nobody by one of its addresses: 10.0.0.0/8 is private, and nobody comes from such over the "
        "internet"
    ]


def test_it_works_in_every_folder_of_the_system() -> None:
    assert tanada("check", folder=ROOT / "environments").stdout == tanada("check", folder=ROOT).stdout


def test_mistakes_are_lines_on_stderr_and_exit_code_2(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    shutil.copytree(
        ROOT / "tests" / "declarations" / "broken" / "several-mistakes-in-several-files", tmp_path, dirs_exist_ok=True
    )
    ended = tanada("check", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (tmp_path / "expected.txt").read_text(encoding="utf-8")


def test_outside_of_a_system_it_says_so(tmp_path: Path) -> None:
    ended = tanada("check", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("No system.yaml in ")
    assert len(ended.stderr.splitlines()) == 1


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "system.yaml").symlink_to("nowhere")
    ended = tanada("check", folder=tmp_path)
    where = tmp_path.resolve() / "system.yaml"
    assert (ended.returncode, ended.stderr) == (
        2,
        f"{where} is a link that leads to no file: put the file itself there.\n",
    )


def test_many_stacks_are_counted_rather_than_named(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    for number in range(60):
        text = f"account: main\ndomain: e{number}.example.jp\n"
        (tmp_path / "environments" / f"e{number}.yaml").write_text(text)
    line = tanada("check", folder=tmp_path).stdout
    assert "65 stacks: common-main, " in line
    assert " and 53 more\n" in line


def test_it_imports_neither_cdktf_nor_boto3_nor_rich() -> None:
    program = (
        "import json, sys\n"
        "from tanada.cli import main\n"
        "sys.argv = ['tanada', 'check']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(json.loads(ended.stdout.splitlines()[-1]))
    assert {"tanada", "pydantic"} <= modules
    assert not modules & {
        "cdktf",
        "jsii",
        "constructs",
        "cdktf_cdktf_provider_aws",
        "boto3",
        "botocore",
        "rich",
        "grpc",
    }
