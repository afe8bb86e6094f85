"""`"{file: files/x}"` in a declaration: a literal, remembered, compared, shown and counted as what is in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.cache.meanings import Meanings
from tanada.cache.sources import read
from tanada.cache.store import Store
from tanada.declarations.changes import changes, secrets_of
from tanada.declarations.loader import compose, load
from tanada.declarations.meaning import meaning, of_tree
from tanada.declarations.origins import effective
from tanada.declarations.placeholders import expand
from tanada.errors import DeclarationError
from tanada.literal import literal
from tanada.terraform.changes_since import _alike

from .systems import good, good_system

TEXT = 'a: {url} {{x}} ${aws_vpc.x} %{if} {file: files/y} "\n'
SYSTEM = good_system().replace(
    'BACKEND_URL: "{backend.url}"', 'BACKEND_URL: "{backend.url}"\n        CONFIG: "{file: files/a.txt}"'
)


def written(folder: Path, text: str = TEXT, **files: str) -> Path:
    """A system that takes in this text."""
    good(folder, **{"system": SYSTEM, **files})
    (folder / "files").mkdir()
    (folder / "files" / "a.txt").write_bytes(text.encode())
    return folder


def test_it_is_a_literal(tmp_path: Path) -> None:
    text = load(written(tmp_path)).environments["test"].services["web"].variables["CONFIG"]
    assert expand(text, {}) == literal(TEXT)


@pytest.mark.parametrize(
    "where",
    [
        "services: {web: {command: [run, \"{file: files/a.txt}\"]}}",
        "services: {web: {entrypoint: [\"{file: files/a.txt}\"]}}",
        "services: {web: {health_check: {command: [CMD, \"{file: files/a.txt}\"]}}}",
        "services: {web: {sidecars: {log: {command: [\"{file: files/a.txt}\"]}}}}",
        "services: {web: {sidecars: {log: {variables: {A: \"{file: files/a.txt}\"}}}}}",
        "tasks: {migrate: {like: web, variables: {A: \"{file: files/a.txt}\"}}}",
        "tasks: {migrate: {like: web, command: [\"{file: files/a.txt}\"]}}",
        "defaults: {services: {variables: {A: \"{file: files/a.txt}\"}}}",
        "defaults: {sidecars: {variables: {A: \"{file: files/a.txt}\"}}}\nservices: {web: {sidecars: {log: {}}}}",
    ],
)  # fmt: skip
def test_it_stands_wherever_a_container_takes_a_text(tmp_path: Path, where: str) -> None:
    test = f"account: main\ndomain: test.example.jp\n{where}\n"
    root = written(tmp_path, "from the file", system=good_system(), test=test)
    assert "from the file" in load(root).environments["test"].model_dump_json()


def test_it_counts_in_the_task_definition(tmp_path: Path) -> None:
    others = "".join(f'\n        C{number}: "{{file: files/a.txt}}"' for number in range(2))
    with pytest.raises(DeclarationError, match=r"its texts make a task definition of 9\d,\d+ bytes, and ECS takes"):
        load(written(tmp_path, "x" * 30_000, system=SYSTEM.replace('a.txt}"', f'a.txt}}"{others}')))


def test_a_changed_file_is_a_change_of_the_line_that_names_it(tmp_path: Path) -> None:
    before, after = compose(written(tmp_path / "a", "one")), compose(written(tmp_path / "b", "two"))
    found = changes(before, after)
    assert list(found) == ["environment-production", "environment-test", "review"]
    (change,) = found["environment-test"]
    assert (change.path, change.before, change.after) == (
        "blueprint.services.web.variables.CONFIG",
        "{file: files/a.txt}, SHA-256 7692c3ad…",
        "{file: files/a.txt}, SHA-256 3fc4ccfe…",
    )
    assert changes(before, compose(written(tmp_path / "c", "one"))) == {}


def test_what_is_in_a_file_is_a_secret_like_what_is_in_the_yaml(tmp_path: Path) -> None:
    password = '{"key": "k9v{2}x7q"}'
    system = SYSTEM.replace("CONFIG:", "APP_PASSWORD:")
    after = compose(written(tmp_path, password, system=system))
    assert "k9v" not in secrets_of(after).remove(f"it is {password}")


def test_an_environment_is_like_the_bases_only_where_all_files_are(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a"), written(tmp_path / "b")
    assert _alike(one, other) == {"environments/production.yaml", "environments/test.yaml", "workspaces/review.yaml"}
    (other / "files" / "a.txt").write_text("other")
    assert _alike(one, other) == frozenset()


def test_show_names_the_file(tmp_path: Path) -> None:
    test = 'account: main\ndomain: test.example.jp\nservices: {web: {command: [run, "{file: files/a.txt}"]}}\n'
    declarations = compose(written(tmp_path, test=test))
    rows = effective(declarations.system.environments["test"], declarations.environments["test"])
    shown = {row.path: row.value for row in rows}
    assert shown["services.web.variables.CONFIG"] == '"{file: files/a.txt}"'
    assert shown["services.web.command"] == '[run, "{file: files/a.txt}"]'


def test_the_cache_sees_a_changed_file_and_not_what_a_yaml_file_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tanada.cache.sources._tools", lambda _: iter(()))
    root = written(tmp_path / "system")
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache")}

    def keys() -> tuple[str, str | None, frozenset[str]]:
        sources = read(root, environ)
        assert sources is not None
        with Store(environ) as store:
            meanings = Meanings(store, sources, meaning)
            known = {file: meaning(data) or "" for file, data in sources.declarations.items()}
            return sources.key, meanings.key(known), frozenset(meanings._keys(known).values())

    first = keys()
    assert keys() == first
    (root / "files" / "a.txt").write_text("other")
    second = keys()
    assert second[0] != first[0]
    assert second[1] not in (None, first[1])
    assert not second[2] & first[2], "what is remembered of environments holds for other texts"


def test_what_a_yaml_file_means_is_told_without_the_files_that_it_names(tmp_path: Path) -> None:
    root = written(tmp_path)
    assert of_tree(compose(root).files["system.yaml"]) == meaning((root / "system.yaml").read_bytes())
