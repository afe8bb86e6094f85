"""From a folder to a system: which files are read, what they make together, and where each value comes from."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanada.declarations.loader import Declarations, compose, load
from tanada.declarations.origins import effective
from tanada.declarations.root import find_root
from tanada.declarations.tree import Node
from tanada.declared.blueprint import Environment
from tanada.errors import DeclarationError

from .systems import good, good_system, mistakes

TEST = "account: main\ndomain: test.example.jp\n"


def refused(root: Path) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        load(root)
    assert len(caught.value.mistakes) == len(str(caught.value).splitlines())
    return str(caught.value).splitlines()


def test_an_environment_is_the_blueprint_with_what_its_file_changes(tmp_path: Path) -> None:
    system = load(
        good(tmp_path, test=TEST + "services: {web: {cpu: 512, memory: 1024}, backend: {command: [serve]}}\n")
    )
    web = system.environments["test"].services["web"]
    assert (web.cpu, web.memory, web.port, web.image) == (512, 1024, 3000, "web")
    assert system.environments["test"].services["backend"].command == ("serve",)
    assert system.blueprint.services["backend"].command is None


def test_null_takes_away_what_the_blueprint_gave(tmp_path: Path) -> None:
    changes = "services: {web: {http: null, variables: null, reach: null}, backend: null}\nstores: {sessions: null}\n"
    environment = load(good(tmp_path, test=TEST + changes)).environments["test"]
    assert list(environment.services) == ["web"]
    assert environment.services["web"].http is None
    assert environment.stores == {}


def test_a_list_replaces_the_blueprints(tmp_path: Path) -> None:
    system = load(good(tmp_path, test=TEST + "services: {web: {reach: [backend]}}\n"))
    assert system.environments["test"].services["web"].reached == {"backend": None}


def test_an_account_has_the_common_layer_with_what_it_changes(tmp_path: Path) -> None:
    accounts = load(good(tmp_path)).accounts
    assert [zone.name for zone in accounts["production"].common.hosted_zones] == ["example.com"]
    assert list(accounts["production"].common.images) == list(accounts["main"].common.images) == ["web", "backend"]
    assert accounts["main"].common.network.cidr == "10.0.0.0/16"


def test_accounts_that_nothing_connects_may_have_one_range(tmp_path: Path) -> None:
    """Two that say nothing have the default; a part of another's range is no mistake either."""
    place = "region: ap-northeast-1"
    accounts = (
        f"  a: {{id: 333333333333, {place}, common: {{hosted_zones: [a.jp]}}}}\n"
        f"  b: {{id: 333333333334, {place}, common: {{hosted_zones: [b.jp]}}}}\n"
        f"  part: {{id: 333333333335, {place}, common: {{hosted_zones: [c.jp], network: {{cidr: 10.0.128.0/20}}}}}}\n"
    )
    declared = load(good(tmp_path, system=good_system().replace("accounts:\n", f"accounts:\n{accounts}", 1))).accounts
    ranges = [declared[name].common.network.cidr for name in ("main", "a", "b", "part")]
    assert ranges == ["10.0.0.0/16", "10.0.0.0/16", "10.0.0.0/16", "10.0.128.0/20"]


def test_images_are_a_list_of_names_or_say_more_of_each(tmp_path: Path) -> None:
    said = "images: {web: {folder: services/web}, backend: {}}"
    system = load(good(tmp_path, system=good_system().replace("images: [web, backend]", said)))
    images = system.accounts["main"].common.images
    declarations = compose(tmp_path)
    rows = effective(declarations.system.accounts["main"], declarations.accounts.mapping["main"])
    assert [(row.path, row.value) for row in rows if "images" in row.path] == [
        ("common.images.web.folder", "services/web"),
        ("common.images.web.existing", "false"),
        ("common.images.web.mutable", "false"),
        ("common.images.backend", "{}"),
        ("common.images.backend.existing", "false"),
        ("common.images.backend.mutable", "false"),
    ]
    assert {name: image.folder for name, image in images.items()} == {"web": "services/web", "backend": None}


def test_services_in_a_protected_account_have_safer_defaults(tmp_path: Path) -> None:
    system = load(good(tmp_path))
    protected, other = (system.environments[name].services["web"] for name in ("production", "test"))
    assert (protected.count, protected.exec, protected.logs.days) == (2, False, 365)
    assert (other.count, other.exec, other.logs.days) == (1, True, 30)


def test_what_may_be_single_is_not_doubled_in_a_protected_account(tmp_path: Path) -> None:
    added = """    worker: {image: backend}
    bot: {image: backend, port: 9000, rollout: recreate}
    proxy: {image: backend, port: 9001, rollout: rolling}
    portless: {image: backend, port: 9002}
"""
    system_file = good_system().replace("  stores:\n", f"{added}  stores:\n")
    production = "account: production\ndomain: www.example.com\nservices: {portless: {port: null}}\n"
    services = load(good(tmp_path, system=system_file, production=production)).environments["production"].services
    assert {name: service.count for name, service in services.items()} == {
        "web": 2,
        "backend": 2,
        "worker": 1,
        "bot": 1,
        "proxy": 2,
        "portless": 1,
    }
    assert services["worker"].logs.days == 365


def test_what_is_declared_goes_before_a_default_of_the_account(tmp_path: Path) -> None:
    system_file = good_system().replace("      image: backend\n", "      image: backend\n      count: 1\n")
    production = "account: production\ndomain: www.example.com\nservices: {web: {logs: {days: 7}, exec: true}}\n"
    services = load(good(tmp_path, system=system_file, production=production)).environments["production"].services
    assert (services["backend"].count, services["web"].logs.days, services["web"].exec) == (1, 7, True)


def test_null_in_a_protected_account_gives_back_its_default(tmp_path: Path) -> None:
    system_file = good_system().replace("      image: backend\n", "      image: backend\n      count: 1\n")
    production = "account: production\ndomain: www.example.com\nservices: {backend: {count: null}}\n"
    services = load(good(tmp_path, system=system_file, production=production)).environments["production"].services
    assert services["backend"].count == 2


def test_review_in_a_protected_account_has_the_same_defaults(tmp_path: Path) -> None:
    system = load(good(tmp_path, review="account: production\ndomain: review.example.com\n"))
    assert system.review is not None
    assert system.review.services["web"].count == 2


def test_every_value_has_its_source(tmp_path: Path) -> None:
    test = TEST + "services:\n  web:\n    cpu: 512\n    memory: 1024\n    http: null\n"
    declarations = compose(good(tmp_path, test=test))
    rows = {row.path: (row.value, row.source) for row in effective(*_environment(declarations, "test"))}
    assert rows["account"] == ("main", "declared environments/test.yaml:1")
    assert rows["services.web.cpu"] == ("512", "override environments/test.yaml:5")
    assert rows["services.web.port"] == ("3000", "blueprint system.yaml:20")
    assert rows["services.web.http"] == ("–", "override environments/test.yaml:7")
    assert rows["services.web.stop_timeout"] == ("60s", "default")
    assert rows["services.web.variables.BACKEND_URL"] == ('"{backend.url}"', "blueprint system.yaml:24")
    production = {row.path: row.source for row in effective(*_environment(declarations, "production"))}
    assert production["services.web.logs.days"] == "default (protected account)"


def test_items_of_reach_are_shown_as_they_are_written(tmp_path: Path) -> None:
    said = "[backend, {name: sessions, access: read}, {host: smtp.example.com, port: 587}]"
    declarations = compose(good(tmp_path, test=f"{TEST}services: {{web: {{reach: {said}}}}}\n"))
    rows = {row.path: row.value for row in effective(*_environment(declarations, "test"))}
    assert rows["services.web.reach"] == said


def _environment(declarations: Declarations, name: str) -> tuple[Environment, Node]:
    return declarations.system.environments[name], declarations.environments[name]


def test_a_system_needs_neither_environments_nor_review(tmp_path: Path) -> None:
    (tmp_path / "system.yaml").write_text(good_system(), encoding="utf-8")
    system = load(tmp_path)
    assert (system.environments, system.review) == ({}, None)


def test_other_files_beside_the_environments_are_left_alone(tmp_path: Path) -> None:
    root = good(tmp_path)
    (root / "environments" / "README.md").write_text("# Environments")
    (root / "environments" / "notes.txt").write_text("[")
    assert sorted(load(root).environments) == ["production", "test"]


def test_a_missing_system_file_is_a_mistake_beside_those_of_the_others(tmp_path: Path) -> None:
    root = good(tmp_path, test="- x\n")
    (root / "system.yaml").unlink()
    assert refused(root) == [
        'environments/test.yaml:1:1: a list at the top; expected a mapping, "field: value" on each line',
        "system.yaml:1:1: there is no such file",
    ]


def test_a_folder_in_the_place_of_a_file_is_a_mistake(tmp_path: Path) -> None:
    root = good(tmp_path)
    (root / "environments" / "folder.yaml").mkdir()
    assert refused(root) == ["environments/folder.yaml:1:1: is a folder"]


def test_ten_megabytes_are_refused_without_reading_them_all(tmp_path: Path) -> None:
    root = good(tmp_path)
    with (root / "environments" / "test.yaml").open("wb") as stream:
        stream.truncate(10_000_000)
    (line,) = refused(root)
    assert line.endswith("larger than 256 KiB, which no declaration is")


def test_the_root_is_the_nearest_folder_upwards(tmp_path: Path) -> None:
    root = good(tmp_path)
    (root / "a" / "b").mkdir(parents=True)
    assert find_root(root / "a" / "b") == root.resolve()
    (root / "a" / "system.yaml").write_text(good_system())
    assert find_root(root / "a" / "b") == (root / "a").resolve()


def test_outside_of_any_system_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"No system\.yaml in .* `tanada init NAME`"):
        find_root(tmp_path)


def test_messages_name_files_from_the_root_and_no_folder_of_the_machine(tmp_path: Path) -> None:
    (line,) = refused(good(tmp_path, test=TEST + "colour: red\n"))
    assert str(tmp_path) not in line
    assert os.sep + "tmp" not in line


FIELDS = st.sampled_from(
    re.findall(
        r"\S+",
        "account domain removal services stores web backend sessions image port http health cpu memory count reach "
        "variables command writable logs days stop table key x main test.example.jp 512 null 60s {url} [] {}",
    )
)
VALUES = st.recursive(
    FIELDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3), max_leaves=10
)


def flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {flow(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value) if str(value) in ("null", "[]", "{}") else f'"{value}"'


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(FIELDS, VALUES, max_size=5), st.sampled_from(["system", "test", "review"]), st.booleans())
def test_whatever_a_file_says_is_a_system_or_mistakes(
    tmp_path: Path, value: dict[str, object], file: str, alone: bool
) -> None:
    text = good_system() if file == "system" else TEST.replace("test.", "review." if file == "review" else "test.")
    if alone or file == "system":
        text = flow(value) if alone else text.replace("blueprint:", f"blueprint: {flow(value)}\nx:")
    else:
        text += "".join(f'"{key}": {flow(item)}\n' for key, item in value.items())
    good(tmp_path, **{file: text})
    found = mistakes(tmp_path)
    good(tmp_path)
    assert [str(mistake) for mistake in found if not str(mistake).isprintable()] == []


def test_folders_and_files_of_nearly_the_right_name_are_not_passed_over(tmp_path: Path) -> None:
    root = good(tmp_path)
    (root / "environments").rename(root / "environment")
    assert refused(root) == ["environment/:1:1: is not read; rename it to environments/"]
    (root / "environments").write_text("")
    assert refused(root) == ["environments:1:1: is a file; expected a folder with one file for each"]
    (root / "environments").unlink()
    (root / "environment").rename(root / "other")
    assert not load(root).environments
    (root / "system.yaml").rename(root / "system.yml")
    with pytest.raises(DeclarationError, match=r"^system.yml is not read; rename it to system.yaml.$"):
        find_root(root)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("environment/x.yaml", "environment/:1:1: is not read; put its files into environments/"),
        ("Environments/x.yaml", "Environments/:1:1: is not read; put its files into environments/"),
        ("workspace/review.yml", "workspace/:1:1: is not read; put its files into workspaces/"),
        (
            "environments/a/b/x.yaml",
            "environments/a:1:1: is a folder, which is not read; put its files into environments/ itself",
        ),
        ("environments/x.yaml.txt", "environments/x.yaml.txt:1:1: is not read; declarations end in .yaml"),
        ("system.yml", "system.yml:1:1: is not read; system.yaml is, so put what it says there"),
        ("System.yaml", "System.yaml:1:1: is not read; system.yaml is, so put what it says there"),
    ],
)
def test_what_looks_like_a_declaration_is_said_to_be_unread(name: str, said: str, tmp_path: Path) -> None:
    root = good(tmp_path)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("account: main\ndomain: x.example.jp\n")
    assert refused(root) == [said]


@pytest.mark.parametrize("name", ["environment/x.txt", "environments/x.yaml~", "environments/README.md", "test.yaml"])
def test_what_is_no_declaration_may_lie_there(name: str, tmp_path: Path) -> None:
    root = good(tmp_path)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("")
    assert load(root)
