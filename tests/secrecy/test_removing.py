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


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\x1b[0m", "\x1b[1;31m", "\\u200b", "\\u001b[31m"]
)
def test_what_no_reader_sees_within_a_secret_hides_it_from_nobody(unseen: str) -> None:
    for text in (f"tok-{unseen}x1y2z3", unseen.join("tok-x1y2z3")):
        assert Secrets(["tok-x1y2z3"]).remove(f"a {text} b") == f"a {SENSITIVE} b"
    assert "hunter9x2" not in Secrets().remove(f"password={unseen}hunter9x2")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (
            "aws configure set aws_secret_access_key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ),
        ('{"name":"API_TOKEN","value":"hunter9x2"}', "hunter9x2"),
        ('{"name": "API_TOKEN", "value": "hunter9x2"}', "hunter9x2"),
        ("name=API_TOKEN,value=hunter9x2", "hunter9x2"),
        ('<add key="password" value="hunter2x9"/>', "hunter2x9"),
        ("DB_PASSWORD := hunter2x9", "hunter2x9"),
        ("ALTER USER app IDENTIFIED BY 'hunter2x9'", "hunter2x9"),
        ("https://api.telegram.org/bot123456:AAabc-def_1/sendMessage", "AAabc-def_1"),
        ("https://hc-ping.com/5a2f5c2e-0d47-4d5e-9d0e-0a1b2c3d4e5f", "5a2f5c2e-0d47-4d5e-9d0e-0a1b2c3d4e5f"),
    ],
)
def test_more_credentials_that_show_themselves(text: str, secret: str) -> None:
    said = Secrets().remove(text)
    assert secret not in said
    assert SENSITIVE in said


@pytest.mark.parametrize("between", [" ", ":", "-", "\\x"])
def test_hex_is_known_with_signs_between_its_digits(between: str) -> None:
    digits = b"tok-x1y2z3".hex(between[-1]).replace("x", "\\x")
    told = f"{between if len(between) > 1 else ''}{digits}"
    for text in (told, told.replace("a", "A").replace("d", "D")):
        assert Secrets(["tok-x1y2z3"]).remove(f"is {text} .") == f"is {SENSITIVE} ."
