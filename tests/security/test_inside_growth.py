"""No text makes the door slow: what it costs grows as the text does, whoever wrote it.

Processor time of the same work at two sizes is compared, never a time with a limit: four times the text may cost four
times as much, and something beside; what is quadratic costs sixteen times.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable

import pytest

from tanada.plan import Message, Reason, Report, shown, summary
from tanada.secrecy import SENSITIVE, Secrets, decides, names_of
from tanada.secrecy.named import named
from tanada.secrecy.ordinary import ordinary
from tanada.terraform.messages import without_state

FACTOR, LIMIT = 4, 10
SIZE = 15_000
"""Characters of the smaller text: enough for milliseconds."""

_RANDOM = random.Random(11)
BYTES = base64.b64encode(_RANDOM.randbytes(SIZE * FACTOR)).decode()

REPEATED = [
    *(
        "a=",
        "://",
        "//",
        "@",
        '"',
        "'",
        "\\",
        "a@",
        "a.",
        "a-",
        "a:",
        "%",
        "%26",
        "\\u0026",
        "&amp;",
        "\n",
        " ",
        "│ \n",
    ),
    *("password=", 'password="', 'password=\\"', "password='", "password={", "password: ", "password:", "password\n"),
    *("password=,,", "password is ", "password=${", 'password="${', "password=\\", "--token ", "password" + " " * 30),
    *("x://u:", "x://u:p@", "//a:", "x://a:@<", "https://user:hunter2zz@example.jp/ ", '"postgres://a:b@h/c", '),
    *("jdbc:oracle:thin:", "jdbc:oracle:thin:/", "@jdbc:oracle:thin:", "a:a@tcp(", "-----BEGIN PRIVATE KEY-----"),
    *("-----BEGIN PRIVATE KEY-----x-----END", "Bearer ", "Bearer abcdef12 ", "arn:aws:secretsmanager:secret:"),
    *(f"{SENSITIVE} password=hunter2zz ", "hunter2zz ", "1234567 ", "1.", '{"token": "x1y2z3", ', "{", "[", '{"a":'),
    *(
        "//a@b:",
        "//a@b:c@",
        "a:bcdefgh@",
        "a:bcdefgh1@b.c",
        "<token>",
        "<token>x1y2z3</token>",
        "-u a:b1c2d3",
        "eyJaaaaaaaa.",
    ),
    *("ghp_", "eyJ", "eyJaaaaaaaa.eyJaaaa.", "hooks.slack.com/services/", "SG.aaaaaaaaaaaaaaaa."),
    *("Password=a ", "Password=a b;", "Pwd=a;", "Pwd=a;b;", "Pwd={", "Pwd={a}}", 'Pwd="', 'Pwd=""', "Pwd='", "Pwd = "),
    *("パスワード", "パスワード=", "パスワード：", "ﾊﾟ", "ﾟ", "＝", "合言葉は", "秘密", "ア", "々", "トークンは「"),
    *(
        "eyJ-",
        "eyJaaaaaaaa.a-",
        "sk-",
        "sk-proj-",
        "hf_",
        "hvs.",
        "glpat-",
        "pypi-AgE",
        "ya29.",
        "xoxb-",
        "_v1_",
        "whsec_",
    ),
    *(
        "\u200b",
        "name=API_TOKEN,value=",
        'name="token" ',
        "identified by '",
        "token := ",
        "\x1b[",
        "\x1b[1",
        "api.telegram.org/bot1",
        "hc-ping.com/a",
        "aws_secret_access_key a/",
        "68 ",
        "68:7",
        "\\x68",
        "\\x",
    ),
    *("webhook.office.com/", "logic.azure.com/", "discord.com/api/webhooks/1/", "chat.googleapis.com/v1/spaces/a"),
    *("auth:", "/auth:a1b2c3 ", "auth a1b2c3 → ", "--image auth=a ", "services.auth", "image_tags.auth: a1b2c3 "),
    *("{\n", '{"serial":\n', '{\n"lineage":', '{"l":[\n', "│ {\n", "\t\t\t\t\t\t\tx", "secret0001xx", "aaaaaaaa"),
]
ENDED = {
    "one word": ("a", ""),
    "a scheme": ("a", "://x:y@h"),
    "a URL's user": ("a", "@h"),
    "accounts": ("a:", "@tcp("),
    "a URL's passwords": ("x://u:", "@h"),
    "Oracle's": ("jdbc:oracle:thin:/", " @"),
    "a state at the end": ('{"l":[\n', '"serial":'),
}


def repeated(part: str, end: str = "") -> Callable[[int], str]:
    return lambda size: part * (size // len(part)) + end


TEXTS: dict[str, Callable[[int], str]] = {
    **{repr(part): repeated(part) for part in REPEATED},
    **{name: repeated(*parts) for name, parts in ENDED.items()},
    "base64": lambda size: BYTES[:size],
    "base64 in base64": lambda size: base64.b64encode(base64.b64encode(BYTES[: size // 2].encode())).decode(),
    "base64 over lines": lambda size: "\n".join(BYTES[at : at + 76] for at in range(0, size, 76)),
    "hex": lambda size: BYTES[: size // 2].encode().hex(),
    "JSON": lambda size: json.dumps({f"k{index}": f"v {index}" for index in range(size // 16)}),
    "JSON in JSON": lambda size: json.dumps(json.dumps({f"token{at}": f"v{at}xyz" for at in range(size // 24)})),
}  # fmt: skip
SECRETS = {
    "none": Secrets(),
    "one": Secrets(["hunter2zz"]),
    "thousands": Secrets([*(f"secret{index:04}xx" for index in range(3000)), *range(1_000_000, 1_003_000)]),
    "alike": Secrets(["a" * length for length in range(4, 600)]),
}


def growth(work: Callable[[int], None]) -> float:
    """How often as much processor time the larger size takes; the least of three tries, for others run beside us."""

    def taken(size: int) -> float:
        start = time.thread_time()
        work(size)
        return time.thread_time() - start

    least = float("inf")
    for _ in range(3):
        least = min(least, taken(SIZE * FACTOR) / max(taken(SIZE), 0.002))
        if least < LIMIT:
            break
    return least


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_costs_what_its_length_says(text: str) -> None:
    made = {size: TEXTS[text](size) for size in (SIZE, SIZE * FACTOR)}

    def work(size: int) -> None:
        for secrets in SECRETS.values():
            secrets.remove(made[size])
        without_state(made[size])

    assert growth(work) < LIMIT


@pytest.mark.parametrize(
    "text", ["'password='", "'x://u:'", "'a='", "a scheme", "JSON in JSON", "'{\"a\":'", "one word"]
)
def test_a_report_and_a_plan_cost_what_their_texts_say(text: str) -> None:
    made = {size: TEXTS[text](size) for size in (SIZE, SIZE * FACTOR)}

    def work(size: int) -> None:
        held = made[size]
        change = {"actions": ["update"], "before": {"a": "", "token": "x1y2z3"}, "after": {"a": held, "token": held}}
        entry = {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "change": change}
        made_of = summary({"format_version": "1.2", "resource_changes": [entry]})
        shown(
            Report(
                "environment-test", "environment-test", "environment", "main", False, "changes", summary=made_of,
                messages=(Message("error", held, held),), reasons=(Reason("a", 1, "x.token", held, f"{{{held}", held),),
            )
        )  # fmt: skip

    assert growth(work) < LIMIT


@pytest.mark.parametrize("path", ["[", '["', "a.", "a_", "aA", "cidr_", "Statement.", '["\\\\'])
def test_a_path_costs_what_its_length_says(path: str) -> None:
    def work(size: int) -> None:
        decides.cache_clear()
        assert isinstance(decides(names_of(path * (size // len(path)))), bool)

    assert growth(work) < LIMIT


def test_a_plan_of_more_resources_and_secrets_costs_as_much_more() -> None:
    def work(size: int) -> None:
        entries = []
        for index in range(size // 200):
            secret = f"tok-{index:06}xyz"
            after = {"token": secret, "note": f"see {secret}", "number": index + 1_000_000, "url": f"x://a:{secret}@h"}
            change = {"actions": ["update"], "before": {}, "after": after, "after_sensitive": {"number": True}}
            entries.append({"address": f"aws_x.y{index}", "mode": "managed", "type": "aws_x", "change": change})
        summary({"format_version": "1.2", "resource_changes": entries})

    assert growth(work) < LIMIT


def test_a_text_that_would_take_too_long_is_hidden_as_a_whole() -> None:
    """596 secrets begin alike, and so does the text, everywhere: nobody compares them all."""
    assert SECRETS["alike"].remove("b" + "aaaab" * 100_000) == SENSITIVE


def test_many_comparisons_in_a_text_of_usual_length_hide_nothing_else() -> None:
    secrets = Secrets([f"ghp_{index:05}" + "x" * (index % 50) for index in range(5000)])
    assert secrets.remove("ghp_ " * 200 + "ghp_00007xxxxxxx") == "ghp_ " * 200 + SENSITIVE


def test_what_is_deep_ends_no_run() -> None:
    deep = '{"a":' * 100_000
    assert without_state(f'{deep}\n"serial": 1') == "(a state, which is not shown)"
    assert named({"x": deep}) == []
    assert not ordinary(deep)
    assert Secrets(["hunter2zz"]).remove(f"{deep}hunter2zz") == f"{deep}{SENSITIVE}"


@pytest.mark.parametrize("length", [10, 399, 401, 5_000, 300_000])
def test_no_length_lets_a_credential_through(length: int) -> None:
    token = "eY1" * (length // 3)
    for text in (
        f"https://{token}@h",
        f"x://u:{token}@h",
        f"u:{token}@tcp(h)",
        f"jdbc:oracle:thin:u/{token}@h",
        f"password={token}",
        f'{{"password": "{token}"}}',
        f"Authorization: Bearer {token}",
    ):
        assert token[:9] not in Secrets().remove(text).replace(SENSITIVE, "")
