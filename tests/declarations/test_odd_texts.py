"""Odd YAML and odd overrides: one sentence each, at its place, that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from .systems import good, good_system, mistakes

HEAD = "account: main\ndomain: test.example.jp\n"
ODD = {
    # what is written after the two lines of HEAD → where it is wrong, and how the sentence begins
    "removal: &a keep": "3:10: removal: &a is an anchor",
    "services: {web: {reach: *a}}": "3:25: services.web.reach: *a is an alias",
    "services: {*a : {}}": "3:12: services: *a is an alias",
    "services: {web: {<<: [*a, *b]}}": "3:18: services.web: << is a merge key",
    "!!str removal: keep": "3:1: !!str is a tag",
    "removal: !e!x keep": "3:10: a tag",
    "? {a: b}\n: c": "3:3: a key that is no text",
    "~: x": "3:1: a key that is no text",
    '"a\\0": x': "3:1: holds U+0000",
    "...\nx: y": '4:1: a second document; a file holds one, so take out the "---" or "..." before it',
    "removal:\xa0keep": '3:1: a ":" and a plain blank belong here, not U+00A0',
    "removal：keep": '3:1: a ":" and a plain blank belong here, not U+FF1A',
    "removal: keep\u2028": "3:14: the character U+2028 can't stand here",
    "# x\x85": "3:4: the character U+0085 can't stand here",
    "\ufeffremoval: keep": "3:1: the character U+FEFF can't stand here",
    "services: {web:{}}": "3:11: a bracket is opened here and never closed, or a blank is missing behind a",
    "services: {web: {}}}": "3:20: a bracket is closed here that was not opened",
    "services: ]": "3:11: a bracket is closed here that was not opened",
    "removal: @keep": "3:10: a text can't begin with @ here; quote it",
    "removal: `keep`": "3:10: a text can't begin with ` here; quote it",
    "removal: *": "3:11: a lone * or &",
    "removal: - keep": '3:10: a "-" where no list can begin',
    'removal: "keep" x': "3:17: text behind a closing quote; quote all of it",
    'removal: "C:\\Users"': "3:15: an unknown escape in double quotes",
    "removal: yes": '3:10: removal: "yes" is unknown; expected one of keep, delete',
    "services: {web.cpu: 512}": '3:12: services.web.cpu: "web.cpu" can\'t be a name here',
    f"{'a' * 200}: x": f"3:1: {'a' * 59}…: unknown field",
    # overrides
    "replicas: 2": "3:1: replicas: unknown field; the nearest of 21 are redirects, services, stores",
    "services: {web: {replicas: 2}}": "3:18: services.web.replicas: unknown field; write count",
    "services: {web: {env: {A: x}}}": "3:18: services.web.env: unknown field; write variables",
    "services: {web: {reach: ~}}": "3:25: services.web.reach: with this, blueprint.services.web.variables.BACKEND_URL",
    "services: {backend: {port: ~, health_check: /x}}": "3:28: services.backend.port: is taken away here, but h",
    "services: {sessions: {image: web}}": "3:12: services.sessions: with this, blueprint.stores.sessions (system.yaml",
    "stores: {backend: {table: {partition_key: id}}}": "3:10: stores.backend: a service has this name already",
    "services: {web: {reach: [backedn]}}": '3:26: services.web.reach: "backedn" is no service or store',
    "stores: ~": "3:9: stores: with this, blueprint.services.web.reach (system.yaml:22:24) is wrong",
}


@pytest.mark.parametrize("text", ODD)
def test_an_odd_text_of_an_environment_is_one_sentence_at_its_place(text: str, tmp_path: Path) -> None:
    [said] = map(str, mistakes(good(tmp_path, test=f"{HEAD}{text}\n")))
    assert said.startswith(f"environments/test.yaml:{ODD[text]}")


OF_THE_SYSTEM = {
    # of the good system.yaml this is replaced by that → what is said
    ("[web, backend]", "[web, ~]"): "15:17: common.images: nothing stands here; expected a text",
    ("[web, backend]", "[[web]]"): "15:12: common.images: a list stands here; expected a text",
    ("[web, backend]", "web"): "15:11: common.images: a text stands here; expected a list such as [a, b], or a mapping",
    (
        "[example.jp]",
        "[[a]]",
    ): "14:18: common.hosted_zones: a list stands here; expected a text, or a mapping of name, existing",
    ("[example.jp]", "{example.jp: }"): "14:3: common.hosted_zones: a mapping stands here; expected a list",
    (
        "system: kakei",
        "name: kakei",
    ): "1:1: name: unknown field; write system",
    ("{id: 111111111111, region: ap-northeast-1}", ""): "4:3: accounts.main: is empty",
    ("main: {", '"": {'): '4:3: accounts."": "" can\'t be a name here',
}


@pytest.mark.parametrize(("old", "new"), OF_THE_SYSTEM)
def test_an_odd_text_of_the_system_is_one_sentence_at_its_place(old: str, new: str, tmp_path: Path) -> None:
    [said] = map(str, mistakes(good(tmp_path, system=good_system().replace(old, new, 1))))
    assert said.startswith(f"system.yaml:{OF_THE_SYSTEM[old, new]}")


def test_two_environments_that_break_the_same_are_two_mistakes_each_at_its_own_place(tmp_path: Path) -> None:
    root = good(tmp_path, test=f"{HEAD}stores: ~\n", review="account: main\ndomain: r.example.jp\nstores: ~\n")
    assert [mistake.place.file for mistake in mistakes(root)] == ["environments/test.yaml", "workspaces/review.yaml"]
