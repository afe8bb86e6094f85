"""Whatever the declaration and the command line gained since the last release has its line in the changelog."""

from __future__ import annotations

import re
from pathlib import Path

from tanada.cli.app import VERBS
from tests.declarations.test_guide import TABLES

RELEASED = Path(__file__).with_name("released.txt")
"""What the last release had, a word a line; written anew at a release, never by `make update`."""


def words() -> set[str]:
    fields = {f"{heading}: {name}" for heading, model in TABLES.items() for name in model.model_fields}
    return fields | {f"tanada {verb}" for verb in VERBS}


def test_what_is_new_since_the_last_release_stands_in_the_changelog() -> None:
    text = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = text.partition("## [Unreleased]")[2].partition("\n## [")[0]
    released = RELEASED.read_text(encoding="utf-8").splitlines()
    models = {each.rpartition(" ")[0] for each in released}  # a new model's own fields are its capability's
    new = {each for each in words() - set(released) if each.rpartition(" ")[0] in models}
    quoted = " ".join(re.findall(r"`([^`]+)`", unreleased))
    named = {*re.findall(r"\w+", quoted), *re.findall(r"[\w-]+", quoted)}
    missing = [each for each in sorted(new) if each.rpartition(" ")[2] not in named]
    assert missing == [], "a line under [Unreleased] in CHANGELOG.md: what the next plan shows"


if __name__ == "__main__":
    RELEASED.write_text("".join(f"{each}\n" for each in sorted(words())), encoding="utf-8")
