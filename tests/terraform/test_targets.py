"""Which stack a word means, for every verb that takes one."""

from __future__ import annotations

import pytest

from tanada.declarations.lookup import find_stack, find_stacks
from tanada.errors import TanadaError
from tests.terraform.team import Team
from tests.terraform.test_approval import STACKS
from tests.terraform.test_decisions import stack


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("test", "environment-test"),
        ("environment-test", "environment-test"),
        ("common-production", "common-production"),
        ("review", "review"),
    ],
)
def test_a_stack_goes_by_its_name_and_an_environment_by_its_own_too(word: str, name: str) -> None:
    assert find_stack(STACKS, word).name == name


def test_an_environment_that_is_called_like_a_stack_does_not_hide_it() -> None:
    named = stack(name="environment-common-main", environment="common-main")
    assert find_stack([*STACKS, named], "common-main").name == "common-main"


def test_an_environment_that_is_called_like_an_account_is_the_environment() -> None:
    named = stack(name="environment-production", environment="production")
    assert find_stack([*STACKS, named], "production") == named


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("tset", '; did you mean "test"?'),
        ("enviroment-test", '; did you mean "test"?'),
        ("main", '; did you mean "common-main"?'),
        ("production", '; did you mean "common-production"?'),
        ("reveiw", '; did you mean "review"?'),
        ("zzz", ""),
    ],
)
def test_any_other_word_is_refused_with_what_was_probably_meant(word: str, near: str) -> None:
    with pytest.raises(TanadaError) as refused:
        find_stack(STACKS, word)
    assert str(refused.value) == (
        f'There is no stack "{word}"; expected one of common-main, common-production, test, www, review{near}'
    )


def test_of_a_fleet_not_every_name_is_listed() -> None:
    fleet = [stack(name=f"environment-e{number}", environment=f"e{number}") for number in range(40)]
    with pytest.raises(TanadaError, match=r"e10, e11 and 28 more; did you mean \"e7\"\?$"):
        find_stack(fleet, "environment-e7x")


def test_words_give_each_stack_once_and_in_order() -> None:
    chosen = find_stacks(STACKS, ["test", "common-main", "environment-test"])
    assert [each.name for each in chosen] == ["common-main", "environment-test"]


@pytest.mark.terraform
def test_every_verb_takes_an_environments_own_name(team: Team) -> None:
    team.given("common-main")
    assert "environment-test" in team.good("plan", "test", "--image", "web=one").output
    assert "environment-test: applied: 2 created" in team.good("apply", "test", "--yes", "--no-synth").output
    assert "terraform_data.web" in team.good("terraform", "test", "--no-synth", "--", "state", "list").output
    assert "environment-test: valid" in team.good("validate", "test", "--no-synth").output
    assert "environment-test: 2 destroyed" in team.good("destroy", "test", "--yes", "--no-synth").output


@pytest.mark.parametrize("verb", ["plan", "apply", "destroy", "terraform", "validate", "show"])
def test_every_verb_refuses_another_word_by_the_same_sentence(team: Team, verb: str) -> None:
    ran = team.run(verb, "tset", *(["--", "show"] if verb == "terraform" else []))
    assert ran.code == 2
    assert ran.errors == (
        'There is no stack "tset"; expected one of common-main, common-production, test, www, review; '
        'did you mean "test"?\n'
    )
