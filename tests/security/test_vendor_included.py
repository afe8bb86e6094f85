"""What requirements.txt leads to decides what runs as it does itself: a later change of it is named, on both doors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.templates.included import Included, follow, of_folder
from tanada.templates.vendor import unheld, vendor
from tanada.terraform.packages import installed, installed_at
from tests.templates.wheels import small
from tests.terraform.repository import ENVIRON, commit
from tests.terraform.test_changes_since import STACKS, Team, team  # noqa: F401 - a fixture

LOCK = "boto3==1 \\\n    --hash=sha256:1111\n    # via tanada\n"
HASH = "--hash=sha256:" + 64 * "a"


def led(text: str, prefix: str = "infra/", **files: str) -> Included:
    known = {f"{prefix}requirements.txt": text, **files}
    return follow(prefix, lambda path, **_: known[path].encode() if path in known else None)


# ---------------------------------------------------------------------------------------------------- what is followed


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("-r other.txt", "infra/other.txt"),
        ("-rother.txt", "infra/other.txt"),
        ("--requirement=other.txt", "infra/other.txt"),
        ("--requirement other.txt  # why", "infra/other.txt"),
        ("--requirem 'an other.txt'", "infra/an other.txt"),
        ("-r \\\n  other.txt", "infra/other.txt"),
        ("-c constraints/all.txt", "infra/constraints/all.txt"),
        ("-r ../shared/other.txt", "shared/other.txt"),
        ("-e ./libs/own", "infra/libs/own"),
        ("--editable=libs/own[all]", "infra/libs/own"),
        (f"./libs/own.whl {HASH}", "infra/libs/own.whl"),
        (f"own.tar.gz {HASH}", "infra/own.tar.gz"),
        (f"own @ file:libs/own.whl {HASH}", "infra/libs/own.whl"),
        (f"own @ file:my%20libs/own.whl#egg=own {HASH}", "infra/my libs/own.whl"),
        (f"../libs/own[all] ; python_version > '3' {HASH}", "libs/own"),
        ("--find-links wheels", "infra/wheels"),
        ("-f ./wheels", "infra/wheels"),
        (f"boto3==1 {HASH} -r other.txt", "infra/other.txt"),
    ],
)
def test_a_line_leads_to_this(line: str, place: str) -> None:
    found = led(f"{LOCK}{line}\n")
    assert found.places == {place}
    assert found.unfollowed == ()


@pytest.mark.parametrize(
    "line", ["boto3==1", f"own @ https://example.jp/own.whl {HASH}", "--index-url https://a:b@c", "# -r other.txt", ""]
)
def test_a_line_leads_to_nothing_in_the_repository(line: str) -> None:
    assert led(f"{line}\n") == Included({"infra/requirements.txt": f"{line}\n"})


def test_what_is_included_is_followed_from_its_own_folder() -> None:
    found = led(
        "-r deep/one.txt\n", **{"infra/deep/one.txt": "-c two.txt\n./own\n", "infra/deep/two.txt": "-r x.txt\n"}
    )
    assert list(found.texts) == ["infra/requirements.txt", "infra/deep/one.txt", "infra/deep/two.txt"]
    assert found.places == {"infra/deep/one.txt", "infra/deep/two.txt", "infra/deep/x.txt", "infra/own"}
    assert found.constraints == {"infra/deep/two.txt"}


def test_a_circle_ends() -> None:
    found = led("-r one.txt\n", **{"infra/one.txt": "-r requirements.txt\n-r one.txt\n"})
    assert found.places == {"infra/one.txt"}
    assert found.unfollowed == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("-r /etc/passwd", "-r"),
        ("-r ../../other.txt", "lies outside the repository"),
        ("-r a/../other.txt", "leads back by .."),
        ("-r https://user:hunter22@example.jp/x.txt", "--requirement a URL lies elsewhere"),
        ("-r ${WHERE}.txt", "names a variable"),
        ("-${R} other.txt", "names a variable"),
        ("${WHAT}", "names a variable"),
        (f"${{WHAT}} {HASH}", "names a variable"),
        ("https://user:hunter22@example.jp/own.whl", "a URL lies elsewhere, and no hash holds it"),
        ("-e git+https://example.jp/own.git#egg=own", "lies elsewhere, and no hash holds it"),
    ],
)
def test_what_cannot_be_compared_is_said(line: str, why: str) -> None:
    [said] = led(f"{line}\n").unfollowed
    assert why in said
    assert "hunter22" not in said


def test_no_end_of_inclusions_is_followed() -> None:
    files = {f"infra/{number}.txt": f"-r {number + 1}.txt\n" for number in range(20)}
    found = led("-r 0.txt\n", **files)
    assert len(found.texts) == 9
    assert found.unfollowed == ("--requirement 8.txt is included more than 8 deep, or as one of more than 100",)


@pytest.mark.parametrize("data", [b"\xff\xfe-\x00r\x00", b"\xff", b"# -*- coding: utf-7 -*-\n"])
def test_another_encoding_is_said(data: bytes) -> None:
    [said] = follow("", lambda path, **_: data if path == "requirements.txt" else None).unfollowed
    assert "is no text in UTF-8" in said


def test_no_link_is_followed(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "real").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text("evil==1\n")
    (top / "real" / "x.txt").write_text("evil==1\n")
    (top / "one.txt").symlink_to(tmp_path / "outside.txt")
    (top / "two").symlink_to("real")
    (top / "requirements.txt").write_text("-r one.txt\n-r two/x.txt\n-r real\n")
    found = follow("", of_folder(top))
    assert list(found.texts) == ["requirements.txt"]
    assert found.unfollowed == (
        "--requirement one.txt is a link",
        "--requirement two/x.txt is a link",
        "--requirement real is no file",
    )


# --------------------------------------------------------------------------------------- what the comment says of it


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("-r other.txt", "infra/other.txt"),
        ("-c more/constraints.txt", "infra/more/constraints.txt"),
        ("-r ../shared/other.txt", "shared/other.txt"),
        ("-e ./docs/own", "infra/docs/own/data-1.json"),
        (f"./docs/own.whl {HASH}", "infra/docs/own.whl"),
        ("--find-links=docs/wheels", "infra/docs/wheels/evil-1-py3-none-any.whl"),
    ],
)
def test_a_later_change_counts_every_stack_and_stands_in_the_headline(line: str, file: str, team: Team) -> None:  # noqa: F811
    team.write("requirements.txt", f"{LOCK}{line}\n")
    place = team.repository / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("")
    before = team.commit()
    place.write_text("evil==1\n")
    changed = team.changed()
    assert list(changed.stacks) == STACKS
    assert changed.reason is not None
    assert f"What decides what runs changed ({file})" in changed.reason
    named = "evil" if file.endswith(".txt") else file
    assert changed.maker == f"what Tanada runs with changes: {named}"
    # A commit that nobody checks out says the same.
    after = commit(team.repository)
    one, other = (installed_at(team.root, each, ENVIRON) for each in (before, after))
    assert other == installed(team.root, team.repository)
    assert one.places == other.places


def test_a_file_that_the_base_alone_includes_counts(team: Team) -> None:  # noqa: F811
    team.write("requirements.txt", f"{LOCK}-r docs/a-b.txt\n")
    team.write("docs/a-b.txt", "")
    team.commit()
    team.write("requirements.txt", LOCK)
    team.write("docs/a-b.txt", "evil==1\n")
    reason = team.changed().reason
    assert reason is not None
    assert "(infra/docs/a-b.txt, infra/requirements.txt)" in reason


def test_a_folder_around_the_system_does_not_make_declarations_decide(team: Team) -> None:  # noqa: F811
    team.write("requirements.txt", f"{LOCK}-e .\n-e ..\n")
    team.commit()
    assert team.changed().reason is None
    team.replace("system.yaml", "images: [web]", "images: [web, tool]")
    assert team.changed().reason is None
    team.write("docs/data", "x")
    reason = team.changed().reason
    assert reason is not None
    assert "infra/docs/data" in reason


def test_another_tanada_by_way_of_an_included_file_is_said(team: Team) -> None:  # noqa: F811
    team.write("requirements.txt", f"{LOCK}-r other.txt\n")
    team.write("other.txt", "")
    vendor(team.root, small(lock=LOCK))
    team.commit()
    team.write("other.txt", "tanada==9\n")
    assert team.changed().maker == "Tanada itself changes: another 0.1.0, not from vendor/"


def test_what_cannot_be_compared_counts_every_stack_each_time(team: Team) -> None:  # noqa: F811
    team.write("requirements.txt", f"{LOCK}-r https://example.jp/x.txt\n")
    team.commit()
    changed = team.changed()
    assert list(changed.stacks) == STACKS
    assert changed.reason == (
        "requirements.txt leads to what can't be compared (--requirement a URL lies elsewhere),"
        " so every stack counts as changed."
    )


# --------------------------------------------------------------------------------------------- what tanada vendor names


def test_tanada_vendor_names_what_no_hash_holds(tmp_path: Path) -> None:
    wheel = small(lock=LOCK)
    (tmp_path / "requirements.txt").write_text(
        f"{LOCK}--index-url https://user:hunter22@example.jp/simple\n-r other.txt\npytest==9\n"
    )
    (tmp_path / "other.txt").write_text("\nhttps://user:hunter22@example.jp/x.whl\n-c held.txt\n")
    (tmp_path / "held.txt").write_text("jinja2==3\n--pre\n")
    vendor(tmp_path, wheel)
    (tmp_path / "vendor" / "left-1-py3-none-any.whl").write_bytes(b"")
    said = unheld(tmp_path)
    assert sorted(said) == [
        "held.txt:2: the option --pre, which CI's pip obeys.",
        "other.txt:2: a URL has no hash, so CI's pip refuses it.",
        "other.txt:3: the option -c, which CI's pip obeys.",
        "requirements.txt: a URL lies elsewhere, and no hash holds it: a change of it is named in no comment.",
        "requirements.txt:4: the option --index-url, which CI's pip obeys.",
        "requirements.txt:5: the option -r, which CI's pip obeys.",
        "requirements.txt:6: pytest==9 has no hash, so CI's pip refuses it.",
        "vendor/left-1-py3-none-any.whl: no line of requirements.txt installs it, so nobody needs it there.",
    ]


def test_tanada_vendor_names_nothing_where_all_is_held(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(LOCK)
    vendor(tmp_path, small(lock=LOCK))
    assert unheld(tmp_path) == []
