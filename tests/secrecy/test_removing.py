"""Taking secrets out of a text: where one ends, and what is left."""

from __future__ import annotations

import pytest

from tanada.secrecy import SENSITIVE, Secrets

MANY = [f"secret{index}" for index in range(100)]
"""So many that they are looked for by their beginnings."""


@pytest.mark.parametrize("secrets", [["abcd1", "abcd1-longer"], [*MANY, "abcd1", "abcd1-longer"]], ids=["few", "many"])
@pytest.mark.parametrize("escaped", ["", "\\u0026", "%26", "&amp;"])
def test_a_secret_at_the_end_is_found_where_a_longer_one_begins_alike(secrets: list[str], escaped: str) -> None:
    assert Secrets(secrets).remove(f"{escaped} abcd1") == f"{escaped} {SENSITIVE}"
    assert Secrets(secrets).remove(f"{escaped} abcd1-longer") == f"{escaped} {SENSITIVE}"


@pytest.mark.parametrize("number", [12345, -12345, 1234.5, 1e20])
def test_a_number_is_found_and_no_part_of_another(number: float) -> None:
    secrets = Secrets([number])
    assert secrets.remove(f"is {number} here.") == f"is {SENSITIVE} here."
    assert secrets.remove(f"is 9{abs(number)} here") == f"is 9{abs(number)} here"


def test_what_is_known_is_not_torn_out_of_our_own_words() -> None:
    text = f"a {SENSITIVE} and (known after apply)"
    assert Secrets(["sensitive", "known after"]).remove(text) == text


def test_secrets_that_overlap_leave_nothing_between_them() -> None:
    assert Secrets(["abcdefgh", "efghijkl"]).remove("xabcdefghijklx") == f"x{SENSITIVE}x"
    assert Secrets([*MANY, "abcdefgh", "efghijkl"]).remove("xabcdefghijklx") == f"x{SENSITIVE}x"
