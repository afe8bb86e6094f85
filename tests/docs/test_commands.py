"""Each command that a page shows is run by a newcomer's path, or listed with the reason why it isn't."""

from __future__ import annotations

from pathlib import Path

import pytest

from .commands import NO_COMMANDS, NOT_RUN, PAGES, PATH, ROOT, blocks, commands

RUN = [step.command for step in PATH]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_is_run_or_listed(page: Path) -> None:
    assert [each for each in commands(page) if each not in RUN and each not in NOT_RUN] == []


def test_all_that_is_run_or_listed_stands_on_a_page_and_in_one_list() -> None:
    shown = {command for page in PAGES for command in commands(page)}
    assert shown == {*RUN, *NOT_RUN}
    assert sorted({*RUN}) == sorted(RUN)
    assert not {*RUN} & {*NOT_RUN}


def test_commands_stand_in_blocks_of_their_own_language() -> None:
    languages = {language for page in PAGES for language, _ in blocks(page)}
    assert languages - NO_COMMANDS == {"console"}
