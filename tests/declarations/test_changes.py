"""What differs between two declarations: which stacks it reaches, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tanada.declarations.changes import Change, changes
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import Declarations, compose
from tanada.declarations.tree import plain
from tanada.errors import DeclarationError

from .systems import good, good_system

ENVIRONMENTS = ["environment-production", "environment-test"]


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """New folders."""
    return (tmp_path / str(number) for number in range(100))


@pytest.fixture
def before(folders: Iterator[Path]) -> Declarations:
    return compose(good(next(folders)))


def edited(*pairs: tuple[str, str]) -> str:
    text = good_system()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def only(found: tuple[Change, ...]) -> Change:
    (change,) = found
    return change


def test_nothing_differs_from_itself(before: Declarations) -> None:
    assert changes(before, before) == {}


def test_a_change_of_the_blueprint_reaches_all_environments_and_review(
    before: Declarations, folders: Iterator[Path]
) -> None:
    after = compose(good(next(folders), system=edited(("port: 3000", "port: 3001   # as the image says"))))
    found = changes(before, after)
    assert list(found) == [*ENVIRONMENTS, "review"]
    assert set(found.values()) == {
        (
            Change(
                file="system.yaml",
                line=20,
                column=13,
                path="blueprint.services.web.port",
                before="3000",
                after="3001",
                comment="as the image says",
            ),
        )
    }


def test_not_where_it_is_overridden(folders: Iterator[Path]) -> None:
    own = "account: main\ndomain: test.example.jp\nservices: {web: {port: 4000}}\n"
    before = compose(good(next(folders), test=own))
    after = compose(good(next(folders), test=own, system=edited(("port: 3000", "port: 3001"))))
    assert list(changes(before, after)) == ["environment-production", "review"]


def test_an_override_reaches_its_environment_alone(before: Declarations, folders: Iterator[Path]) -> None:
    own = "account: main\ndomain: test.example.jp\nservices: {web: {port: 4000}}   # a neighbour has 3000\n"
    found = changes(before, compose(good(next(folders), test=own)))
    assert list(found) == ["environment-test"]
    change = only(found["environment-test"])
    assert (change.file, change.line, change.column) == ("environments/test.yaml", 3, 24)
    assert (change.path, change.before, change.after) == ("services.web.port", "3000", "4000")
    assert change.comment == "a neighbour has 3000"


def test_common_reaches_the_common_stacks_and_an_accounts_own_that_one(
    before: Declarations, folders: Iterator[Path]
) -> None:
    shared = compose(good(next(folders), system=edited(("images: [web, backend]", "images: [web, backend, tool]"))))
    assert list(changes(before, shared)) == ["common-main", "common-production"]
    assert only(changes(before, shared)["common-main"]).before == "[web, backend]"
    own = compose(good(next(folders), system=edited(("cidr: 10.1.0.0/16", "cidr: 10.2.0.0/16"))))
    assert list(changes(before, own)) == ["common-production"]
    assert only(changes(before, own)["common-production"]).path == "accounts.production.common.network.cidr"


def test_what_an_account_is_reaches_all_stacks_in_it(before: Declarations, folders: Iterator[Path]) -> None:
    after = compose(good(next(folders), system=edited(("    protected: true\n", "    protected: false\n"))))
    found = changes(before, after)
    assert list(found) == ["common-production", "environment-production"]
    # Not the defaults that changed with it: nobody wrote them.
    assert {only(each).path for each in found.values()} == {"accounts.production.protected"}


def test_the_systems_name_reaches_all(before: Declarations, folders: Iterator[Path]) -> None:
    found = changes(before, compose(good(next(folders), system=edited(("system: kakei", "system: kekkai")))))
    assert list(found) == [stack.name for stack in inventory(before.system)]


def test_what_comes_as_a_whole_is_one_change(before: Declarations, folders: Iterator[Path]) -> None:
    more = "    # sends mail\n    worker:\n      image: web\n      command: [bin/work, '# 1']\n    backend:\n"
    after = compose(good(next(folders), system=edited(("    backend:\n", more))))
    change = only(changes(before, after)["environment-test"])
    assert (change.line, change.path) == (26, "blueprint.services.worker")
    assert (change.before, change.after) == (None, '{image: web, command: [bin/work, "# 1"]}')
    assert change.comment == "sends mail"


def test_what_another_file_lays_over_it_is_a_change_of_its_own(before: Declarations, folders: Iterator[Path]) -> None:
    more = "    worker:\n      image: web\n    backend:\n"
    own = "account: main\ndomain: test.example.jp\nservices: {worker: {count: 2}}\n"
    after = compose(good(next(folders), system=edited(("    backend:\n", more)), test=own))
    found = changes(before, after)["environment-test"]
    assert [(change.file, change.path, change.after) for change in found] == [
        ("environments/test.yaml", "services.worker.count", "2"),
        ("system.yaml", "blueprint.services.worker", "{image: web}"),
    ]


def test_what_is_gone_stands_at_its_old_line(before: Declarations, folders: Iterator[Path]) -> None:
    backend = "    backend:\n      image: backend\n      port: 8080\n"
    after = compose(
        good(
            next(folders),
            system=edited((backend, backend.replace("      port: 8080\n", "")))
            .replace('      variables:\n        BACKEND_URL: "{backend.url}"\n', "")
            .replace("reach: [backend, sessions]", "reach: [sessions]"),
        )
    )
    port = next(each for each in changes(before, after)["environment-test"] if each.path.endswith("backend.port"))
    assert (port.line, port.before, port.after, port.old_line) == (27, "8080", None, True)


def test_null_is_where_a_value_went(before: Declarations, folders: Iterator[Path]) -> None:
    own = "account: main\ndomain: test.example.jp\nservices:\n  web:\n    http: null   # inside only\n"
    change = only(changes(before, compose(good(next(folders), test=own)))["environment-test"])
    assert (change.file, change.line, change.path) == ("environments/test.yaml", 5, "services.web.http")
    assert (change.before, change.after, change.comment) == ("{health_check: /healthz}", None, "inside only")
    assert not change.old_line


def test_of_a_list_the_new_item_is_shown(before: Declarations, folders: Iterator[Path]) -> None:
    listed = "images:\n    - web\n    - tool  # for the nightly report\n    - backend\n"
    after = compose(good(next(folders), system=edited(("images: [web, backend]\n", listed))))
    change = only(changes(before, after)["common-main"])
    assert (change.line, change.after) == (17, "[web, tool, backend]")
    assert change.comment == "for the nightly report"


def test_another_place_of_a_secret_is_shown_and_hides_nothing_elsewhere(
    before: Declarations, folders: Iterator[Path]
) -> None:
    head = "account: main\ndomain: test.example.jp\n"
    text = f"{head}services: {{web: {{secrets: {{A_TOKEN: /kakei/b}}}}}}  # /kakei/b\n"
    own = text.replace("/kakei/b}", "/kakei/a}").replace("# /kakei/b", "# as /kakei/b")
    one, other = (compose(good(next(folders), test=each)) for each in (own, text))
    change = only(changes(one, other)["environment-test"])
    assert (change.path, change.before, change.after) == ("services.web.secrets.A_TOKEN", "/kakei/a", "/kakei/b")
    assert (change.comment, change.hidden) == ("/kakei/b", ())


def test_a_stack_that_comes_or_goes_is_its_file(before: Declarations, folders: Iterator[Path]) -> None:
    text = "account: main\ndomain: new.example.jp\nservices: {web: {count: 3}}\n"
    after = compose(good(next(folders), new=text))
    change = only(changes(before, after)["environment-new"])
    assert (change.file, change.line, change.path, change.before) == ("environments/new.yaml", 1, "", None)
    assert change.after == "{services: {web: {count: 3}}, account: main, domain: new.example.jp}"
    gone = only(changes(after, before)["environment-new"])
    assert (gone.before, gone.after, gone.old_line) == (change.after, None, True)


def test_another_account_says_that_and_no_more(before: Declarations, folders: Iterator[Path]) -> None:
    text = "account: production\ndomain: test.example.com\n"
    found = changes(before, compose(good(next(folders), test=text)))["environment-test"]
    assert [(change.path, change.after) for change in found] == [
        ("account", "production"),
        ("domain", "test.example.com"),
    ]


# --- laws ------------------------------------------------------------------------------------------------------------

SYSTEM = """\
system: kakei
tanada: "0.1"
accounts:
  main: {{id: 111111111111, region: ap-northeast-1}}
  production:
    id: 222222222222
    region: ap-northeast-1
    protected: {protected}
    common: {{network: {{cidr: 10.1.0.0/16}}, hosted_zones: [example.com]}}
common:
  network: {{cidr: {cidr}}}
  hosted_zones: [example.jp]
  images: {images}
blueprint:
  services:
    web:
      image: web
      port: {port}
{variables}{spot}    backend: {{image: backend, count: {count}}}
"""
VARIABLES = st.dictionaries(
    st.sampled_from(["A", "B", "RAILS_ENV"]), st.sampled_from(["x", "it's # 1", "a: b", ""]), max_size=3
)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@st.composite
def texts(draw: st.DrawFn) -> dict[str, str]:
    """A system's files, of the values that another draw may have otherwise."""

    def one(*values: str) -> str:
        return draw(st.sampled_from(values))

    variables = draw(VARIABLES)
    listed = "".join(f"        {name}: {quoted(value)}\n" for name, value in variables.items())
    system = SYSTEM.format(
        protected=one("true", "false"),
        cidr=one("10.0.0.0/16", "10.9.0.0/16"),
        images=one("[web, backend]", "[web, backend, tool]", "[backend, web]"),
        port=one("3000", "3001   # why"),
        variables=f"      variables:\n{listed}" if listed else "",
        spot=one("", "      spot: 50\n", "      # cheap\n      spot: 100\n"),
        count=one("1", "2", "3"),
    )
    own = draw(st.sampled_from(["", "{spot: 10}", "{spot: null, count: 4}", "{variables: {A: over}}", "{port: 9}"]))
    where = one("account: main\ndomain: test.example.jp\n", "account: production\ndomain: test.example.com\n")
    test = where + (f"services: {{web: {own}}}\n" if own else "")
    return {"system.yaml": system, "environments/test.yaml": test}


def composed(folder: Path, files: dict[str, str]) -> Declarations:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return compose(folder)


def leaves(value: Any, path: str = "") -> dict[str, str]:
    """All that is no mapping, by its path."""
    if isinstance(value, dict) and value:
        return {
            at: leaf
            for key, item in value.items()
            for at, leaf in leaves(item, f"{path}.{key}" if path else key).items()
        }
    return {path: str(value)}


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(texts(), texts())
def test_every_value_that_differs_is_reported_where_it_stands(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, str], new: dict[str, str]
) -> None:
    try:
        before, after = (composed(tmp_path_factory.mktemp("law"), files) for files in (old, new))
    except DeclarationError:
        assume(False)
    assert changes(after, after) == {}
    found = changes(before, after).get("environment-test", ())
    for change in found:
        line = (old if change.old_line else new)[change.file].splitlines()[change.line - 1]
        assert stands(change) in line.replace("''", "'" if "it''s" in line else "''")
        assert change.before != change.after
    said = {change.path.removeprefix("blueprint.") for change in found}
    one, other = (leaves(plain(each.environments["test"])) for each in (before, after))
    for path in {*one, *other}:
        if one.get(path) != other.get(path) and not _by_default(path, before, after):
            assert any(path == each or path.startswith(f"{each}.") for each in said), path


def stands(change: Change) -> str:
    """What the line must hold: a value itself, a mapping's key, the `null` that took something away."""
    value = change.before if change.old_line else change.after
    if value is None:
        return "null"
    if value == '""':
        return "''"
    return change.path.split(".")[-1] if value.startswith("{") else value


def _by_default(path: str, before: Declarations, after: Declarations) -> bool:
    """Whether nobody wrote it."""
    nodes = [each.environments["test"].find(path.split(".")) for each in (before, after)]
    return all(node is None or node.source.startswith("default") for node in nodes)
