"""What is noted of tags that worked, that failed, and that were taken back."""

from __future__ import annotations

import pytest

from tanada.contract.ran import MOST, History, Ran, parse, written


def after(*steps: tuple[dict[str, str], dict[str, str]]) -> History:
    """Applies one after another, each with the tags that worked and those that failed."""
    history = History()
    for number, (worked, failed) in enumerate(steps):
        history = history.after(worked, failed, str(number))
    return history


def tags(history: History, image: str = "web") -> list[str]:
    return [each.tag for each in history.worked[image]]


def test_a_tag_that_failed_is_none_that_last_worked_whatever_the_state_names() -> None:
    history = after(({"web": "a", "job": "a"}, {}), ({"job": "b"}, {"web": "b"}))
    assert history.tags({"web": "b", "job": "b"}) == {"web": "a", "job": "b"}
    assert history.tags({"web": "c"}) == {"web": "c"}, "applied by another hand since"
    assert after(({}, {"web": "a"})).tags({"web": "a"}) == {}, "nothing worked yet"
    assert History().tags({"web": "a"}) == {"web": "a"}, "a state of before anything was noted"
    assert after(({"web": "a"}, {}), ({}, {"web": "b"}), ({"web": "b"}, {})).failed == {}, "it worked after all"


def test_a_rollback_goes_to_what_worked_before_and_never_to_what_was_taken_back() -> None:
    history = after(*(({"web": tag}, {}) for tag in "abc"))
    assert history.before("web") == Ran("b", "1")
    back = history.undone({"web": "c"}).after({"web": "b"}, {}, "3")
    assert back.before("web") == Ran("a", "0")
    forward = back.after({"web": "d"}, {}, "4")
    assert forward.before("web") == Ran("b", "3")
    assert after(({"web": "a"}, {}), ({}, {"web": "b"})).before("web") == Ran("a", "0"), "what failed runs nowhere"
    assert after(({"web": "a"}, {})).before("web") is None
    assert History().before("web") is None


def test_what_ran_before_anything_was_noted_is_known_without_its_time() -> None:
    history = History().since({"web": "a"}).after({"web": "b"}, {}, "1")
    assert history.before("web") == Ran("a", "")
    assert history.since({"web": "b"}) == history


def test_the_last_apply_is_what_changed_with_it() -> None:
    history = after(({"web": "a", "job": "a"}, {}), ({"web": "b", "job": "a"}, {}))
    assert history.last() == {"web"}
    assert history.after({}, {"job": "c"}, "5").last() == {"job"}
    assert History().since({"web": "a"}).last() == frozenset()


def test_ten_are_remembered() -> None:
    history = after(*(({"web": str(number)}, {}) for number in range(MOST + 3)))
    assert tags(history) == [str(number) for number in range(MOST + 2, 2, -1)]


def test_it_comes_back_as_it_was_written() -> None:
    history = after(({"web": "a"}, {}), ({"web": "b"}, {"job": "b"})).undone({"web": "a"})
    assert parse(written(history)) == history


@pytest.mark.parametrize("text", ["", " ", "{}"])
def test_where_nothing_was_written_nothing_is_known(text: str) -> None:
    assert parse(text) == History()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        "\0\0",
        '{"worked": {"web": [{"of": "later"}]}}',
        '{"worked": 1}',
        '{"failed": {"web": null}}',
        '{"failed": {"web": {"tag": ["b"], "at": ""}}}',
    ],
)
def test_what_is_of_another_form_is_not_taken_for_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"holds something else|JSON|Expecting"):
        parse(text)


def test_what_a_later_one_says_besides_is_passed_over() -> None:
    text = '{"later": 1, "failed": {"web": {"tag": "b", "at": "1", "why": "x"}}}'
    assert parse(text) == History(failed={"web": Ran("b", "1")})
