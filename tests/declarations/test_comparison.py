"""What differs between environments, as `tanada compare` says it: rows in, one line a value out."""

from __future__ import annotations

from tanada.declarations.comparison import Difference, differences, folded
from tanada.declarations.origins import Row


def rows(*said: str, default: tuple[str, ...] = ()) -> list[Row]:
    return [*_rows(said, "blueprint system.yaml:1"), *_rows(default, "default")]


def _rows(lines: tuple[str, ...], source: str) -> list[Row]:
    return [Row(path, value, source) for path, _, value in (line.partition(" ") for line in lines)]


def compared(*of: list[Row]) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.path, each.values) for each in differences(of)]


def test_what_is_the_same_has_no_line() -> None:
    assert compared(rows("domain a", "cpu 256"), rows("domain b", "cpu 256")) == [("domain", ("a", "b"))]


def test_of_a_part_that_one_does_not_have_one_line_says_so() -> None:
    cms = rows("services.web.cpu 256", "services.cms.image cms", "services.cms.http.health_check.path /")
    without = rows("services.web.cpu 256", "services.cms –")
    assert compared(cms, without) == [("services.cms", ("there", "–"))]
    assert compared(without, cms) == [("services.cms", ("–", "there"))]


def test_of_a_mapping_that_one_does_not_have_what_is_said_stands_there_and_no_default() -> None:
    scaled = rows("services.web.scale.min 2", default=("services.web.scale.cooldown.in 300s", "services.web.cpu 256"))
    counted = rows("services.web.count 1", default=("services.web.cpu 256",))
    assert compared(scaled, counted) == [
        ("services.web.count", ("–", "1")),
        ("services.web.scale.min", ("2", "–")),
    ]


def test_a_mapping_of_which_nothing_is_said_is_an_empty_one() -> None:
    public = rows(default=("services.web.http.sign_in false", "services.web.cpu 256"))
    private = rows(default=("services.web.cpu 256",))
    assert compared(private, public) == [("services.web.http", ("–", "{}"))]


def test_an_empty_mapping_has_no_line_beside_those_of_a_full_one() -> None:
    empty = rows(default=("services.web.variables {}",))
    full = rows("services.web.variables.A 1", "services.web.variables.B 2")
    assert compared(empty, full) == [
        ("services.web.variables.A", ("–", "1")),
        ("services.web.variables.B", ("–", "2")),
    ]


def test_a_short_form_stands_beside_a_long_one() -> None:
    short, long = rows("services.web.health_check /up"), rows("services.web.health_check.path /up")
    assert compared(short, long) == [
        ("services.web.health_check.path", ("–", "/up")),
        ("services.web.health_check", ("/up", "{…}")),
    ]


def test_a_default_that_only_one_kind_has_is_no_difference() -> None:
    assert compared(rows("domain a", default=("limit 20",)), rows("domain a")) == []
    assert compared(rows("domain a", "limit 5"), rows("domain a")) == [("limit", ("5", "–"))]


def test_what_differs_alike_in_three_parts_is_one_line() -> None:
    kept = [Difference(f"services.{name}.logs.days", ("30", "365")) for name in ("web", "api", "worker")]
    other = Difference("services.web.count", ("1", "2"))
    assert [each.path for each in folded([kept[0], other, *kept[1:]])] == ["logs.days of web, api, worker", other.path]
    assert [each.path for each in folded(kept[:2])] == [each.path for each in kept[:2]]
