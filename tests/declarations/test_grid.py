"""Every field × every wrong kind of value: well, or one sentence, at its place, that can be printed."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest
from pydantic import BaseModel

from tanada.declarations import folder, loader
from tanada.declarations.mistakes import Mistake
from tanada.declarations.model_info import fields_at, kind_at, written_fields
from tanada.declarations.tree import Node, plain
from tanada.declarations.validation import validate
from tanada.declarations.yaml import read
from tanada.declared.api_gateway import ApiGateway, Cors, Jwt
from tanada.declared.blueprint import Blueprint, Environment, Review
from tanada.declared.cdn import Cdn
from tanada.declared.container import Container
from tanada.declared.http import Http
from tanada.declared.jobs import Job, StartedBy
from tanada.declared.model import Kind, Model
from tanada.declared.moved_pages import MovedPages
from tanada.declared.operators import Operator
from tanada.declared.people import Look
from tanada.declared.sanitised import Sanitised
from tanada.declared.scale import Scale
from tanada.declared.sidecar import Sidecar
from tanada.declared.sign_in import SignIn
from tanada.declared.sites import Kept
from tanada.declared.system import System, SystemFile
from tanada.declared.tasks import RunsOnce
from tests import golden

from .systems import good, good_system, mistakes

VALUES = {
    "nothing": "",
    "null": "~",
    "a list": "[]",
    "a mapping": "{}",
    "a list in a list": "[[a]]",
    "another mapping": "{x: y}",
    "a list of nothing": "[~]",
    "a list of mappings": "[{a: b}]",
    "true": "true",
    "yes": "yes",
    "a number": "12",
    "a negative number": "-1",
    "a huge number": "9" * 30,
    "a fraction": "1.5",
    "infinity": "1e999",
    "hexadecimal": "0x10",
    "octal": "012",
    "a blank": '" "',
    "words": '"a b"',
    "a shell's": '"$(id)"',
    "Terraform's": '"${x}"',
    "CDKTF's": '"${Token[TOKEN.1]}"',
    "a brace": '"{"',
    "NUL": '"\\0"',
    "half a character": '"\\ud800"',
    "bidirectional": '"\\u202e"',
    "an escape": '"\\e[2J"',
    "long": "a" * 3000,
    "capitals": "ABC",
    "kanji": "テスト",
    "a way up": "../..",
    "two lines": '"a\\nb"',
    "a tag": "!!str x",
    "an alias": "*x",
    "an anchor": "&x y",
    "a date": "2026-01-01",
}
ALL = ("nothing", "null", "a number", "words", "true", "a mapping")
"""What each field is given."""
ODD = [*VALUES][[*VALUES].index("a huge number") : [*VALUES].index("a tag")]


def of(kind: str) -> int:
    """Of how many fields one is given a kind, by the fields' names, so that a new one moves no other: what reads a
    text, or a number, is written once a kind of field."""
    return 1 if kind in ALL else 6 if kind in ODD else 2


EMPTY = {VALUES[kind] for kind in ("nothing", "null", "a list", "a mapping", "another mapping")}
"""Right where they stand: what goes without it is what others say."""
NAMES = {"services": "web", "stores": "sessions", "accounts": "main", "variables": "BACKEND_URL", "images": "web"}
NAMES |= {"writable": "/tmp", "ulimits": "nofile", "secrets": "A_KEY", "permissions": "send-mail"}
NAMES |= {"jobs": "nightly", "tasks": "migrate"}
NAMES |= {"tags": "owner", "parameters": "max_connections"}
NAMES |= {"sidecars": "nginx", "scratch": "shared", "depends_on": "nginx", "volumes": "media"}
NAMES |= {"load_balancers": "public", "allow": "/admin", "addresses": "office", "databases": "metabase"}
NAMES |= {"redirects": "/old", "fixed_responses": "/gone", "schedule": "day"}
NAMES |= {"partition_key": "id", "sort_key": "at", "indexes": "by-mail"}
NAMES |= {"options": "Tag", "rules": "common"}
NAMES |= {"sites": "www", "headers": "X-Robots-Tag", "paths": "/contact*"}
NAMES |= {"operators": "design"}
NAMES |= {"extensions": "pdf", "patches": "aws_sqs_queue.work_queue", "aws_sqs_queue.work_queue": "delay_seconds"}
NAMES |= {"ports": "22"}
NAMES |= {"people": "auditor"}
NAMES |= {"imports": "aws_vpc.network_vpc"}
NAMES |= {"conditions": "StringEquals", "StringEquals": "aws:SourceAccount"}
BESIDE: dict[str, dict[str, object]] = {
    "firelens": {"options": {"Name": "stdout"}},
    "options": {"Name": "stdout"},
    "mail": {"match": "ERROR"},
    "metrics": {"port": "9394", "to": "cloudwatch"},
    "mutual_tls": {"bundle": "s3://kakei-partners/authorities.pem"},
    "health_check": {"path": "/up"},
    "route53_health_check": {"path": "/up"},
    "tcp": {"ports": {"22": "2222"}, "host": "ssh"},
    "common.mail": {"domain": "example.jp"},
    "migrate": {"image": "web"},
    "nightly": {"image": "web", "schedule": "30 3 * * *"},
    "rollout": {"minimum": "50", "maximum": "200"},
    "spot": {"share": "50"},
    "scale": {"min": "1", "max": "100", "cpu": "60"},
    "day": {"at": "0 8 * * *", "min": "2", "max": "100"},
    "nofile": {"soft": "1", "hard": "1000"},
    "image": {"from": "ghcr.io/example/tool:1"},
    "existing": {"host": "db.example.net", "port": "3306"},
    "aurora": {"engine": "postgresql", "version": "17"},
    "database": {"engine": "postgres", "version": "17"},
    "backup": {"daily": "35d"},
    "cache": {"engine": "valkey", "version": "8"},
    "search": {"version": "2.19"},
    "sessions": {"table": None},  # the blueprint's, for a store is of one kind
    "by-mail": {"partition_key": "mail"},
    "/old": {"url": "/new"},
    "/gone": {"status": "410"},
    "www": {"hosts": ["www"]},
    "dns_firewall": {"allow": ["api.example.com"]},
    "auditor": {"from": ["arn:aws:iam::111111111111:role/audit"], "reach": ["sessions"]},
    "send-mail": {"actions": ["ses:GetSendQuota"], "resources": ["*"]},
    "google": {"client_id": "1-a.apps.googleusercontent.com", "client_secret": "sign-in/google"},
    "oidc": {"issuer": "https://id.example.jp", "client_id": "kakei", "client_secret": "sign-in/oidc"},
}
BESIDE["sign_in"] = {"google": BESIDE["google"], "domains": ["example.jp"]}
"""What else a mapping needs."""
INSTEAD = {"started_by": "schedule", "oidc": "google", "command": "path", "renamed_from": "table"}
ENVIRONMENT = "account: main\ndomain: test.example.jp\n"
REVIEW = "account: main\ndomain: review.example.jp\n"
_ROLE = "arn:aws:iam::333333333333:role/dns"
BESIDE["role"] = {"plan": f"{_ROLE}-plan", "apply": f"{_ROLE}-apply"}
ITEMS: dict[str, dict[str, object]] = {
    "hosted_zones": {"name": "example.jp", "existing": "Z0123456789ABCDEFGHIJ"},
    "certificates": {
        "existing": "arn:aws:acm:ap-northeast-1:111111111111:certificate/1-2",
        "names": ["www.example.org"],
    },
}
"""What else an item of a list has to say."""
ACCEPTED = Path(__file__).parent / "accepted"
"""Of each kind of value the fields that take it, held so that none begins to take more unseen."""
Loc = tuple[str | int, ...]


AS_A_SERVICES = (written_fields(Container).keys() | {"http"}) - {"cpu", "memory"}
"""Fields of a sidecar that are the same in a service, where they are tried."""
AS_A_TASKS = written_fields(RunsOnce).keys()
"""Likewise of a job."""
OF_A_QUEUE = {"queue"}
"""Of a scale: it needs a queue among the stores, tests/capabilities/service/broken."""
OF_PEOPLE = {"sign_in"}
"""Of `http`: it needs people whom the account knows, tests/capabilities/sign_in/broken."""
OF_AN_INTERNAL_ONE = {"api_gateway", "cdn"}
"""The same: they need an internal load balancer, tests/capabilities/cdn/broken, …/load_balancer/broken."""
OF_A_BUCKET = written_fields(StartedBy).keys()
"""They need a bucket among the stores: tests/capabilities/jobs/broken."""
OF_A_TASK = written_fields(Sanitised).keys()
"""They need a task that reaches the store: tests/capabilities/database/broken."""


OF_SITES = written_fields(Kept).keys() | written_fields(MovedPages).keys() | written_fields(Operator).keys()
"""One is called as a store's kind, one needs a file, one more of its own: tests/capabilities/sites/broken."""


OF_LOOKS = written_fields(Look).keys()
"""An item of `reach` as others have: tests/capabilities/people/broken."""


@pytest.fixture(autouse=True)
def _each_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten thousand loads all have the same files but for one; trees don't change."""
    monkeypatch.setattr(folder, "read", functools.lru_cache(maxsize=8)(read))


def fields(model: type[BaseModel], loc: Loc = ()) -> Iterator[Loc]:
    """The way to every field, to one part of each mapping of names, and to one item of each list."""
    if loc:
        yield loc
    known = fields_at(model, loc)
    if known is not None:
        of = kind_at(model, loc)
        elsewhere = {
            Sidecar: AS_A_SERVICES,
            Job: AS_A_TASKS,
            StartedBy: OF_A_BUCKET,
            Sanitised: OF_A_TASK,
            Scale: OF_A_QUEUE,
            Http: OF_PEOPLE | OF_AN_INTERNAL_ONE,
            Kept: OF_SITES,
            MovedPages: OF_SITES,
            Operator: OF_SITES,
            Look: OF_LOOKS,
        }.get(of, ())
        for name in (each for each in known if each not in elsewhere):
            yield from fields(model, (*loc, name))
    elif typing.get_origin(kind_at(model, loc)) is dict:
        yield from fields(model, (*loc, NAMES[str(loc[-1])]))
    elif typing.get_origin(kind_at(model, loc)) is tuple:
        yield from fields(model, (*loc, 0))


def written(tree: object, loc: Loc, text: str, depth: int = 0, above: str = "") -> str:
    """A tree as YAML, each key in a line of its own, with this text at the end of the way."""
    if not loc:
        return f" {text}\n"
    if loc[0] == 0:
        return f"\n{'  ' * depth}-{written(ITEMS.get(above, {}), loc[1:], text, depth + 1)}"
    keys = dict(tree) if isinstance(tree, dict) else {}
    keys.setdefault(loc[0], {})
    lines = ""
    for key, value in keys.items():
        needed = BESIDE.get(f"{above}.{key}", BESIDE.get(key))
        if key == loc[0] and needed is not None and len(loc) > 1 + (key == "sessions"):
            own = value if isinstance(value, dict) else {}
            beside = {name: each for name, each in needed.items() if name != INSTEAD.get(str(loc[1]))}
            value = {**beside, **own}
        after = written(value, loc[1:], text, depth + 1, str(key)) if key == loc[0] else flow(value)
        lines += f"{'  ' * depth}{key}:{after}"
    return f"\n{lines}" if depth else lines


def flow(value: object) -> str:
    def inner(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {inner(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(inner, value)) + "]"
        return "~" if value is None else f'"{value}"'

    return f" {inner(value)}\n"


@functools.cache
def tree_of(text: str) -> object:
    node, wrong = read("", text.encode())
    assert node is not None
    assert not wrong
    return plain(node)


_TWO_ARE_NEEDED = (
    "aurora",
    "cache",
    "database",
    "existing",
    "google",
    "metrics",
    "oidc",
    "old",
    "sanitised",
    "scale",
    "tcp",
)
"""What has two fields without a default; one of the times of `restored`."""


def held(root: Path, file: str, text: str, loc: Loc, value: str) -> bool:
    """Load, look at what is said, and say whether the value is taken."""
    marked = written(tree_of(text), loc, "MARKED")
    line = next(n for n, each in enumerate(marked.splitlines(), 1) if each.endswith(" MARKED"))
    (root / file).write_text(marked.replace("MARKED", value), encoding="utf-8")
    found = mistakes(root)
    said = [str(each) for each in found]
    where = f"{dotted(loc)}: {value[:40]}: {said}"
    assert all(each.isprintable() and len(each) < 400 for each in said), where
    # An anchor is one mistake, what stands there may be another.
    two_are_needed = loc[-2:-1] in [("operators",), ("people",), ("permissions",)] or loc[-1:] in [
        (each,) for each in _TWO_ARE_NEEDED
    ]
    two_are_needed |= loc[-3:] == ("images", "web", "account")  # well by itself, and then the other image is missing
    most = 1 + value.startswith("&") + two_are_needed
    if file != "system.yaml":
        assert len(said) <= most, where
        # Options that say nothing are as none: what is around them lacks something then.
        lines = {line, line - 1} if loc[-2:] == ("firelens", "options") and value == "{}" else {line}
        assert {each.place.line for each in found if each.place.file == file} <= lines, where
    elif value not in EMPTY:
        assert len(said) <= most or loc == ("accounts",), where
    return not said


def dotted(loc: Loc) -> str:
    return ".".join(map(str, loc))


@pytest.mark.parametrize("kind", VALUES)
def test_a_wrong_value_is_one_sentence_at_its_place_and_a_field_takes_what_it_took(kind: str, tmp_path: Path) -> None:
    ci = "common:\n  ci: {github: example/kakei, ids: {owner: 1, repository: 2}}\n"
    system = good_system().replace("\ncommon:\n", f"\n{ci}")
    accepted = []
    for file, text, ways in (
        ("environments/test.yaml", ENVIRONMENT, WAYS[Environment]),
        # the other fields are an environment's
        ("workspaces/review.yaml", REVIEW, [loc for loc in WAYS[Review] if loc not in WAYS[Environment]]),
        # those of an account's own `common` are those of `common`; those deep in the blueprint an environment's
        ("system.yaml", system, [loc for loc in WAYS[SystemFile] if not _seen_elsewhere(loc)]),
    ):
        good(tmp_path)
        if file != "system.yaml":  # which all others read; they ask nothing of each other
            mailed = good_system().replace("\ncommon:\n", "\ncommon:\n  alarms: {mail: ops@example.jp}\n")  # logs.mail
            (tmp_path / "system.yaml").write_text(mailed, encoding="utf-8")
            for other in tmp_path.glob("*/*.yaml"):
                other.unlink()
        tried = [loc for loc in ways if (crc32(dotted(loc).encode()) + [*VALUES].index(kind)) % of(kind) == 0]
        accepted += [f"{file}: {dotted(loc)}\n" for loc in tried if held(tmp_path, file, text, loc, VALUES[kind])]
    golden.held(ACCEPTED / f"{kind.replace(' ', '-')}.txt", "".join(accepted))


def _seen_elsewhere(loc: Loc) -> bool:
    return loc[:3] == ("accounts", "main", "common") or (
        loc[0] == "blueprint" and (len(loc) > 4 or loc[1:2] in (("redirects",), ("fixed_responses",)))
    )


def test_the_grid_has_every_field_of_every_model() -> None:
    models = {each for each in subclasses(Model) if each.__module__.startswith("tanada.declared.")}
    models -= {Kind, System, Container, RunsOnce}
    walked = {(fields_model(model, loc), loc[-1]) for model, ways in WAYS.items() for loc in ways}
    missing = {(each, field) for each in models - {Blueprint} for field in written_fields(each)} - walked
    missing -= {(Sidecar, field) for field in AS_A_SERVICES} | {(Job, field) for field in AS_A_TASKS}
    missing -= {(StartedBy, field) for field in OF_A_BUCKET} | {(Scale, field) for field in OF_A_QUEUE}
    missing -= {(Sanitised, field) for field in OF_A_TASK}
    missing -= {(Http, field) for field in OF_AN_INTERNAL_ONE}
    missing -= {(each, field) for each in (ApiGateway, Cdn, Cors, Jwt) for field in written_fields(each)}
    missing -= {(Http, field) for field in OF_PEOPLE} | {(SignIn, field) for field in written_fields(SignIn)}
    missing -= {(each, field) for each in (Kept, MovedPages, Operator) for field in OF_SITES}
    missing -= {(Look, field) for field in OF_LOOKS}
    assert missing == set()


def fields_model(model: type[BaseModel], loc: Loc) -> object:
    return kind_at(model, loc[:-1])


def subclasses(model: type[BaseModel]) -> set[type[BaseModel]]:
    return {each for below in model.__subclasses__() for each in (below, *subclasses(below))}


WAYS = {
    # What defaults say is what the parts say under which it is laid.
    model: [loc for loc in fields(model) if "defaults" not in loc[:-2]]
    for model in (Environment, Review, SystemFile)
}


@pytest.mark.parametrize("break_", ["twice", "elsewhere", "endless", "unseen"])
def test_a_field_that_says_it_badly_is_caught(break_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(model: type[BaseModel], tree: Node, **said: bool) -> tuple[object, list[Mistake]]:
        instance, wrong = validate(model, tree, **said)
        ways: dict[str, Callable[[Mistake], list[Mistake]]] = {
            "twice": lambda each: [each, replace(each, sentence=f"{each.sentence}, once more")],
            "elsewhere": lambda each: [replace(each, place=replace(each.place, line=1))],
            "endless": lambda each: [replace(each, sentence=each.sentence * 40)],
            "unseen": lambda each: [replace(each, sentence=f"{each.sentence}\u202e")],
        }
        return instance, [new for each in wrong for new in ways[break_](each)]

    loc = ("services", "web", "cpu")
    good(tmp_path)
    assert not held(tmp_path, "environments/test.yaml", ENVIRONMENT, loc, "x")
    monkeypatch.setattr(loader, "validate", broken)
    with pytest.raises(AssertionError):
        held(tmp_path, "environments/test.yaml", ENVIRONMENT, loc, "x")
