"""Each capability by a small system of its own: what it emits, what it needs, what it refuses, and its page.

A capability is a word that has a file in tanada/declared/ and one in modules/. Its folder here holds a system,
`emitted/<stack>.<construct>.json` (what stands below that construct, reviewed like code; `make update` writes it anew)
and `broken/<case>/` (what differs from the system, and the messages).
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.declared import blueprint, rule_numbers
from tanada.declared.blueprint import Environment, Review
from tanada.declared.cdn import ACL, ORIGIN, SETS
from tanada.declared.model import Need
from tanada.declared.service import REGISTERED, TARGETS
from tanada.declared.store import Store
from tanada.declared.table import Table
from tanada.errors import DeclarationError
from tanada.stacks.app import synthesize
from tests.golden import held
from tests.stacks.emitted import documents

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[2]
CAPABILITIES = sorted(folder.name for folder in HERE.iterdir() if (folder / "system.yaml").is_file())
GOLDENS = sorted(str(file.relative_to(HERE)) for file in HERE.glob("*/emitted/*.json"))
BROKEN = sorted(str(folder.relative_to(HERE)) for folder in HERE.glob("*/broken/*"))
FOLDERS = (ROOT / "tanada" / "declared", ROOT / "modules")
WORDS = sorted(
    set.intersection(*({file.stem for file in folder.glob("*.py")} for folder in FOLDERS))
    - {"__init__", "sanitised", "store"}
)
"""`store` gathers the kinds of stores, each a capability; what is `sanitised` is a database, or aurora."""
QUESTIONS = ("## Why this", "## What else, and why not", "## What fails, and what to do then")


def below(stack: dict[str, Any], construct: str) -> dict[str, Any]:
    """The resources of a stack that stand below a construct, and their imports: `stores` for `(stores)/…`."""
    found: dict[str, dict[str, Any]] = {}
    for kind, resources in stack["resource"].items():
        for name, resource in resources.items():
            path = resource["//"]["metadata"]["path"].split("/")
            if path[1].strip("()") == construct:
                found.setdefault(kind, {})[name] = resource
    imports = [each for each in stack.get("import", ()) if _has(found, each["to"])]
    return {"resource": documents(found), **({"import": imports} if imports else {})}


def _has(found: dict[str, dict[str, Any]], address: str) -> bool:
    type_, _, name = address.partition(".")
    return name in found.get(type_, {})


def test_every_capability_has_its_system_and_its_page() -> None:
    assert set(Store.known_kinds()) <= set(WORDS)
    assert WORDS == CAPABILITIES, "a word has a file in tanada/declared, one in modules, a folder here and a page"
    for word in WORDS:
        page = ROOT / "docs" / "capabilities" / f"{word}.md"
        assert page.is_file(), f"docs/capabilities/{word}.md: why this, what else and why not, what fails"
        text = page.read_text(encoding="utf-8")
        assert [question for question in QUESTIONS if question not in text] == [], page.name


def test_every_capability_has_a_golden_file() -> None:
    assert {golden.split("/")[0] for golden in GOLDENS} == set(CAPABILITIES)


@pytest.mark.parametrize("golden", GOLDENS)
def test_what_it_emits_is_as_reviewed(golden: str, emitted: dict[str, dict[str, Any]]) -> None:
    capability, _, file = golden.split("/")
    stack, construct, _ = file.split(".")
    resources = below(emitted[capability][stack], construct)
    assert resources["resource"], f"nothing stands below {construct} in {stack}"
    held(HERE / golden, json.dumps(resources, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("kind", Store.known_kinds())
def test_every_kind_of_store_shows_what_it_refuses(kind: str) -> None:
    assert [case for case in BROKEN if case.startswith(f"{kind}/")] != [], f"tests/capabilities/{kind}/broken/<case>/"


@pytest.mark.parametrize("kind", Store.known_kinds())
def test_whatever_reaches_a_store_can_enter_it(kind: str, emitted: dict[str, dict[str, Any]]) -> None:
    """Each of its groups has a rule that lets someone in, and without a group there is a permission on it."""
    for stack in emitted[kind].values():
        resource = stack["resource"]
        ours = [
            f"{type_}.{name}"
            for type_, named in resource.items()
            for name, each in named.items()
            if each["//"]["metadata"]["path"].split("/")[1] == "(stores)"
        ]
        inside = json.dumps(resource.get("aws_vpc_security_group_ingress_rule", {}))
        groups = [address for address in ours if address.startswith("aws_security_group.")]
        assert [address for address in groups if f"{address}.id" not in inside] == [], "doors in its Reachable"
        granted = json.dumps(resource.get("aws_iam_role_policy", {}))
        assert not ours or groups or any(f"{address}." in granted for address in ours), "access in its Reachable"


@pytest.mark.parametrize("words", [{}, {"name": "…", "host": "…"}])
def test_a_construct_gives_exactly_the_words_of_its_model(
    words: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = load(HERE / "table")
    monkeypatch.setattr(Table, "WORDS", words)
    with pytest.raises(TypeError, match=r"sessions: its construct gives \['name'\], its model"):
        synthesize(system, tmp_path / "cdktf.out")


def summed(needs: Iterable[Need]) -> Counter[str]:
    numbers: Counter[str] = Counter()
    for need in needs:
        numbers[need.type] += need.number
    return numbers


def needed(settings: Environment | Review) -> list[Need]:
    parts = {name: part for _, name, part in settings.parts()}
    backup = settings.backup is not None and isinstance(settings, Environment)
    return list(
        blueprint.needs(parts, settings.domain or "", settings.statics, backup=backup, people=len(settings.people))
    )


def listed(block: Any) -> list[Any]:
    return block if isinstance(block, list) else [block] if block else []


COUNTED = (
    "aws_apigatewayv2_vpc_link",
    "aws_cloudfront_distribution",
    "aws_cloudfront_function",
    "aws_cloudfront_response_headers_policy",
    "aws_default_security_group",
    "aws_dynamodb_table",
    "aws_eip",
    "aws_iam_role",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_route53_health_check",
    "aws_security_group",
)
"""What limits.py counts; a capability that emits one of these says so in its `needs`."""


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_what_is_counted_against_limits_is_what_it_emits(capability: str, emitted: dict[str, dict[str, Any]]) -> None:
    system = load(HERE / capability)
    for entry in inventory(system):
        if entry.kind == "common":
            mine = [each for each in system.environments.values() if each.account == entry.account]
            layer = system.accounts[entry.account].common
            floors = rule_numbers.floors((needed(each) for each in mine), layer.made_load_balancers)
            needs = summed([*layer.needs(), *floors])
        elif entry.kind == "environment":
            needs = summed(needed(system.environments[str(entry.environment)]))
        else:
            assert system.review is not None
            needs = summed(needed(system.review))
        resources = emitted[capability][entry.name]["resource"]
        numbers = {kind: len(resources.get(kind, {})) for kind in COUNTED}
        assert numbers == {kind: needs[kind] for kind in COUNTED}, entry.name
        services = resources.get("aws_ecs_service", {})
        scaled = resources.get("aws_appautoscaling_target", {})
        # One that scales may have as many as its target allows.
        most = {
            name: scaled.get(name.replace("_service", "_scale_target"), {}).get("max_capacity") for name in services
        }
        for made, block in ((TARGETS, "load_balancer"), (REGISTERED, "service_registries")):
            # Behind two load balancers a task is registered twice.
            ways = [
                most[name] or each["desired_count"] for name, each in services.items() for _ in listed(each.get(block))
            ]
            assert needs[made] == sum(ways), "ECS makes these"
        if entry.kind == "environment":
            assert {kind: needs[kind] for kind in (ACL, SETS)} == {
                kind: len(resources.get(kind, {})) for kind in (ACL, SETS)
            }
        # The last one is the common layer's.
        assert set(needs) <= {*COUNTED, TARGETS, REGISTERED, ACL, SETS, ORIGIN}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_refused_with_these_messages(case: str, tmp_path: Path) -> None:
    capability = case.split("/")[0]
    for name in ("system.yaml", "environments", "workspaces", "files"):
        source = HERE / capability / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name)
        elif source.is_file():
            shutil.copy(source, tmp_path / name)
    shutil.copytree(HERE / case, tmp_path, dirs_exist_ok=True)
    with pytest.raises(DeclarationError) as caught:
        load(tmp_path)
    held(HERE / case / "expected.txt", f"{caught.value}\n")
