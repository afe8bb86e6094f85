"""A state that can't be saved in its bucket, as where a session's credentials end in the middle of an apply."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from tanada.terraform import seal
from tests.soak.bucket import Bucket, served
from tests.terraform.team import Ran, Team

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("bucket")]
KEY = "kakei/common-main.tfstate"
WAITS = "common-main: a state that could not be saved waits in "


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with served() as made:
        yield made


@pytest.fixture
def expiring(team: Team, bucket: Bucket) -> Iterator[Team]:
    """A planned stack in whose middle the credentials end: a provisioner tells the door, and waits until it knows."""
    bucket.make()
    ends, known = team.root / "ends", team.root / "known"
    for each in (ends, known):
        os.mkfifo(each)
    told = {"local-exec": {"command": f"echo > {ends}; cat {known}"}}
    team.stacks["common-main"] = {
        "terraform": bucket.backend("common-main"),
        "resource": {
            "terraform_data": {
                "first": {"input": 1, "provisioner": [told]},
                "second": {"input": 2, "depends_on": ["terraform_data.first"]},
            }
        },
        "output": {"contract": {"value": 1}},
    }
    team.write()
    team.environ.update(bucket.environ)
    yield team
    bucket.shut = ""


def apply(team: Team, bucket: Bucket, *words: str, interrupted: bool = False, **environ: str) -> Ran:
    """Plan, and apply until the credentials end, and after; or run other words."""
    team.environ.update(environ)
    if not words:
        team.good("plan", "common-main")
    process = team.start(*(words or ("apply", "common-main", "--yes")))
    (team.root / "ends").read_text()  # waits for the provisioner
    bucket.shut = "testing"
    if interrupted:
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        while "Interrupted: " not in process.stdout.readline():
            pass
    (team.root / "known").write_text("")
    output, _ = process.communicate()
    return Ran(process.returncode, output, "")


def plain(text: str) -> str:
    return " ".join(text.split())


def test_nothing_else_happens_until_it_is_saved_and_the_sentence_says_how(expiring: Team, bucket: Bucket) -> None:
    ran = apply(expiring, bucket)
    assert ran.code == 1
    kept = expiring.root / ".tanada" / "left" / "common-main" / "errored.tfstate"
    push = ("terraform", "common-main", "--", "state", "push", str(kept))
    assert f"`tanada {' '.join(push)}`, which deletes it" in plain(ran.output)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert bucket.names() == [f"{KEY}.tflock"]
    bucket.shut = ""
    for words in (("plan", "common-main"), ("terraform", "common-main", "--", "import", "terraform_data.third", "3")):
        refused = expiring.run(*words)
        assert refused.code == 2
        assert f"{WAITS}{kept}" in plain(refused.text)
        assert " ".join(push) in plain(refused.text)
    locked = expiring.run(*push)
    assert locked.code == 1
    assert kept.exists()
    held = re.search(r"\n\s+ID:\s+(\S+)", locked.text)
    assert held
    expiring.good("terraform", "common-main", "--", "force-unlock", "-force", held[1])
    assert f"the state is saved, and {kept} deleted" in plain(expiring.good(*push).text)
    assert bucket.names() == [KEY]
    assert {each["name"] for each in bucket.read(KEY)["resources"]} == {"first", "second"}
    assert not kept.exists()
    assert re.search(r"common-main +0 +0 +0 +0 +2 +no changes", expiring.good("plan", "common-main").output)


def test_where_there_is_a_key_it_lies_nowhere_as_it_is_and_is_saved_with_the_same_key(
    expiring: Team, bucket: Bucket
) -> None:
    ran = apply(expiring, bucket, interrupted=True, **{seal.VARIABLE: Fernet.generate_key().decode()})
    left = expiring.root / ".tanada" / "left" / "common-main"
    assert ran.code == 130
    said = f"The state could not be saved. It is in {left / 'errored.tfstate.sealed'} and holds secrets."
    assert f"Ended: nothing of this run runs any more. common-main: {said}" in plain(ran.output)
    assert [each.name for each in left.iterdir()] == ["errored.tfstate.sealed"]
    sealed = left / "errored.tfstate.sealed"
    assert b"lineage" not in sealed.read_bytes()
    handed = expiring.root / ".tanada" / "reports" / "common-main.tfstate.sealed"
    assert handed.read_bytes() == sealed.read_bytes(), "what a CI keeps"
    bucket.shut = ""
    bucket.make()  # without the lock
    push = ("terraform", "common-main", "--", "state", "push", str(sealed))
    other = expiring.run(*push, **{seal.VARIABLE: Fernet.generate_key().decode()})
    assert (other.code, sealed.exists()) == (2, True)
    assert "is another key than it was sealed with" in plain(other.text)
    expiring.good(*push)
    assert "first" in {each["name"] for each in bucket.read(KEY)["resources"]}, "what it was at"
    assert list(left.iterdir()) == []


def test_where_terraform_is_told_to_apply_directly_it_is_said_too(expiring: Team, bucket: Bucket) -> None:
    """Terraform's own advice names a file in its own folder, which is gone by then."""
    ran = apply(expiring, bucket, "terraform", "common-main", "--", "apply", "-auto-approve")
    kept = expiring.root / ".tanada" / "left" / "common-main" / "errored.tfstate"
    assert (ran.code, kept.is_file()) == (1, True)
    assert f"common-main: The state could not be saved. It is in {kept} and holds secrets." in plain(ran.output)
    assert f"`tanada terraform common-main -- state push {kept}`, which deletes it" in plain(ran.output)


def test_where_credentials_can_be_asked_for_again_it_is_saved_at_once(expiring: Team, bucket: Bucket) -> None:
    """By a `credential_process` here, as a runner asks for its role, and a laptop its sign-in."""
    given = expiring.root / "given.json"

    def give(name: str) -> None:
        ends = (datetime.now(UTC) + timedelta(hours=9)).isoformat()
        key = {"AccessKeyId": name, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": ends}
        given.write_text(json.dumps({"Version": 1, **key}))

    give("testing")
    config = expiring.root / "aws-config"
    config.write_text(f"[default]\ncredential_process = cat {given}\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del expiring.environ[name]
    expiring.stacks["common-main"]["resource"]["terraform_data"]["second"]["provisioner"] = [
        {"local-exec": {"command": f"cp {given}.new {given}"}}
    ]
    expiring.write()
    give("renewed")
    given.rename(f"{given}.new")
    give("testing")
    ran = apply(expiring, bucket, AWS_CONFIG_FILE=str(config))
    assert ran.code == 1
    assert "The state could not be saved at first, and was with credentials asked for anew." in plain(ran.output)
    assert bucket.names() == [KEY], "no lock is left"
    assert {each["name"] for each in bucket.read(KEY)["resources"]} == {"first", "second"}
    assert list((expiring.root / ".tanada").rglob("errored*")) == []
