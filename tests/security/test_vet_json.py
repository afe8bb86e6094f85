"""Emitted JSON that nobody has approved: what may be planned with credentials, and every way around it that we know."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tanada.declarations.loader import load
from tanada.errors import TerraformError
from tanada.resources import DATA_SOURCES, reads
from tanada.resources.data_sources import EPHEMERAL, SAFE, SAFE_EPHEMERAL
from tanada.stacks.app import synthesize
from tanada.terraform.emitted import parsed
from tanada.terraform.template import calls
from tanada.terraform.vet import FUNCTIONS, vet, vet_folder, vet_stack
from tests.cli.program import tanada

ROOT = Path(__file__).parents[2]
SYSTEMS = [ROOT, *(each.parent for each in sorted(ROOT.glob("tests/capabilities/*/system.yaml")))]
Stack = dict[str, Any]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What each of the repository's own systems emits, the default one first."""
    made = []
    for folder in SYSTEMS:
        out = tmp_path_factory.mktemp("vet")
        synthesize(load(folder), out)
        made.append(out)
    return made


@pytest.fixture(scope="session")
def default(folders: list[Path]) -> dict[str, Stack]:
    return {file.parent.name: json.loads(file.read_text()) for file in folders[0].glob("stacks/*/cdk.tf.json")}


@pytest.fixture
def head(default: dict[str, Stack]) -> Stack:
    """A stack to spoil."""
    return copy.deepcopy(default["environment-test"])


@pytest.fixture
def base(default: dict[str, Stack]) -> Stack:
    return default["environment-test"]


def test_all_that_the_repositorys_systems_emit_passes(folders: list[Path]) -> None:
    for folder in folders:
        vetted = vet_folder(folder, folder)
        assert vetted.refused == {}
        assert len(vetted.passed) == len(list(folder.glob("stacks/*")))


ZONE, RECORD = "aws_route53_zone", "aws_route53_record"


def test_records_alone_are_made_by_a_provider_of_another_account_that_the_base_has(folders: list[Path]) -> None:
    system = next(out for out, each in zip(folders, SYSTEMS, strict=True) if each.name == "cluster")
    base = json.loads((system / "stacks" / "environment-test" / "cdk.tf.json").read_text())
    head = copy.deepcopy(base)
    records = head["resource"][RECORD]
    records["more"] = {**records["domain_a"], "name": "more.example.jp"}
    assert vet(head, base) == []
    others = {"resource": [RECORD, "aws_sqs_queue"], "data": [ZONE, "aws_vpc"]}
    for block, types in others.items():
        for type_ in types:
            for provider in ("aws.zone_example_jp", "aws.zone_example_biz", "aws", ["aws.zone_example_jp"]):
                spoilt = copy.deepcopy(base)
                spoilt.setdefault(block, {}).setdefault(type_, {})["more"] = {"provider": provider}
                refused = any("more.provider: chooses another provider" in each for each in vet(spoilt, base))
                assert refused == (type_ not in (RECORD, ZONE) or provider != "aws.zone_example_jp"), (type_, provider)
                assert block == "resource" or vet(spoilt, base) != [], "no data but the base's"
    spoilt = copy.deepcopy(base)
    spoilt["provider"]["aws"].append({"alias": "more"})
    spoilt["resource"][RECORD]["domain_a"]["provider"] = "aws.more"
    assert vet(spoilt, base) == ["provider: isn't what the base emits for this stack"]


def test_ordinary_changes_of_a_declaration_pass(folders: list[Path], tmp_path: Path) -> None:
    """More of what the base has: services, stores, variables, an environment, a zone of the network."""
    root = tmp_path / "system"
    for each in ("environments", "workspaces"):
        shutil.copytree(ROOT / each, root / each)
    text = (ROOT / "system.yaml").read_text()
    for old, new in (
        ("    availability_zones: 2\n", "    availability_zones: 3\n"),
        ("images: [web, backend]", "images: [web, backend, api-2]"),
        ("  services:\n", API),
        ("accounts:\n", 'tags: {owner: ops@example.jp, site: "{region}"}\naccounts:\n'),
        (
            "    sessions: {table: {partition_key: id}}",
            "    sessions: {table: {partition_key: id}}\n    orders: {table: {partition_key: id, sort_key: at}}",
        ),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (root / "system.yaml").write_text(text)
    (root / "environments/new.yaml").write_text("account: main\ndomain: new.example.jp\n")
    (root / "environments/test2.yaml").unlink()
    head = tmp_path / "head"
    head.mkdir()
    synthesize(load(root), head)
    vetted = vet_folder(head, folders[0])
    assert vetted.refused == {}
    assert "environment-new" in vetted.passed


API = """  services:
    api-2:
      image: api-2
      port: 9000
      health_check: /healthz
      reach: [backend, orders, sessions]
      variables: {BACKEND_URL: "{backend.url}", ORDERS: "{orders.name}", AT: "{environment}"}
"""


def test_environments_below_reviews_domain_may_come_and_go(folders: list[Path]) -> None:
    """Each is one more name that no workspace may have."""
    files = [file for folder in folders for file in folder.glob("stacks/review/cdk.tf.json")]
    [with_one] = [json.loads(file.read_text()) for file in files if "contains(" in file.read_text()]
    conditions = with_one["resource"]["terraform_data"]["workspace"]["lifecycle"]["precondition"]
    assert conditions[1]["condition"] == '${!contains(["demo"], terraform.workspace)}'
    with_two, without = copy.deepcopy(with_one), copy.deepcopy(with_one)
    changed = with_two["resource"]["terraform_data"]["workspace"]["lifecycle"]["precondition"]
    changed[1]["condition"] = '${!contains(["a-1", "demo"], terraform.workspace)}'
    without["resource"]["terraform_data"]["workspace"]["lifecycle"]["precondition"].pop()
    for head in (with_one, with_two, without):
        assert [vet(head, base) for base in (with_one, with_two, without)] == [[], [], []]


def test_the_list_of_functions_and_data_sources_is_what_is_emitted_and_no_more(folders: list[Path]) -> None:
    functions: set[str] = set()
    data: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                look(key)
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)
        elif isinstance(value, str):
            functions.update(calls(value))

    for file in (file for folder in folders for file in folder.glob("stacks/*/cdk.tf.json")):
        stack = json.loads(file.read_text())
        look(stack)
        data |= set(stack.get("data", {}))
    assert functions == FUNCTIONS
    assert data - {"terraform_remote_state"} == set(SAFE)


def test_an_ordinary_change_passes(head: Stack, base: Stack) -> None:
    head["resource"]["aws_sqs_queue"] = {"jobs": {"name": "${local.x}", "tags": {"Name": "jobs"}}}
    head["output"]["queue"] = {"value": "${aws_sqs_queue.jobs.arn}"}
    head["moved"] = [{"from": "aws_sqs_queue.a", "to": "aws_sqs_queue.jobs"}]
    head["resource"]["aws_ecs_service"].popitem()
    assert vet(head, base) == []


def test_a_teams_own_tags_differ_as_they_like_while_they_are_plain_texts(head: Stack, base: Stack) -> None:
    tags = head["provider"]["aws"][0]["default_tags"][0]["tags"]
    tags["owner"] = "ops"
    assert vet(head, base) == []
    for told in ("${aws_ecs_cluster.x.arn}", "%{if true}x%{endif}", ["ops"]):
        tags["owner"] = told
        assert "provider: isn't what the base emits for this stack" in vet(head, base)
    del tags["owner"]
    tags["System"] = "another"
    assert vet(head, base) == ["provider: isn't what the base emits for this stack"]


@pytest.mark.parametrize("stack", ["environment-test", "environment-new"])
def test_a_backend_that_asks_for_encryption_is_as_one_that_leaves_it_to_the_bucket(
    stack: str, default: dict[str, Stack]
) -> None:
    """Tanada wrote `encrypt: true` before: neither its update nor an older branch is held up by that."""
    before = copy.deepcopy(default["environment-test"])
    before["terraform"]["backend"]["s3"]["encrypt"] = True
    now = json.loads(json.dumps(default["environment-test"]).replace("environment-test", stack))
    now["provider"]["aws"][0]["default_tags"][0]["tags"]["Environment"] = stack.removeprefix("environment-")
    assert vet_stack(stack, now, {"environment-test": before}) == []
    assert vet_stack("environment-test", before, default) == []


def resource(key: str, value: Any) -> Callable[[Stack], None]:
    def spoil(head: Stack) -> None:
        next(iter(head["resource"]["aws_ecs_service"].values()))[key] = value

    return spoil


def block(name: str, value: Any) -> Callable[[Stack], None]:
    def spoil(head: Stack) -> None:
        head[name] = value

    return spoil


def within(name: str, key: str, value: Any) -> Callable[[Stack], None]:
    def spoil(head: Stack) -> None:
        head.setdefault(name, {})[key] = value

    return spoil


def both(*spoils: Callable[[Stack], None]) -> Callable[[Stack], None]:
    def spoil(head: Stack) -> None:
        for each in spoils:
            each(head)

    return spoil


RUN = {"local-exec": {"command": "id"}}
DEEP = json.loads("[" * 80 + "1" + "]" * 80)
SPOILT: dict[str, tuple[Callable[[Stack], None], str]] = {
    "backend": (within("terraform", "backend", {"local": {}}), r"^terraform: isn't what the base emits"),
    "cloud": (within("terraform", "cloud", {}), r"^terraform: isn't"),
    "no terraform": (lambda head: head.pop("terraform"), r"^terraform: isn't"),
    "true is not 1": (
        lambda head: head["terraform"]["backend"]["s3"].update(encrypt=1),
        r"^terraform: isn't",
    ),
    "another provider": (within("provider", "external", [{}]), r"^provider: isn't"),
    "endpoints": (
        lambda head: head["provider"]["aws"][0].update(endpoints=[{"sts": "https://x"}]),
        r"^provider: isn't",
    ),
    "another state": (
        lambda head: head["data"]["terraform_remote_state"]["common"]["config"].update(key="other/x.tfstate"),
        r"^data.terraform_remote_state: isn't",
    ),
    "a second state": (
        lambda head: head["data"]["terraform_remote_state"].update(more={"backend": "http"}),
        r"^data.terraform_remote_state: isn't",
    ),
    "module": (block("module", {"x": {"source": "git::https://x"}}), r"^module: no stack of Tanada holds"),
    "check": (block("check", {"x": {"data": {"http": {"x": {}}}}}), r"^check: no stack"),
    "removed": (block("removed", [{"from": "aws_x.y", "provisioner": RUN}]), r"^removed: isn't what the base emits"),
    "action": (block("action", {}), r"^action: no stack"),
    "capitals": (block("Resource", {}), r"^Resource: no stack"),
    "an unseen letter": (block("module\u200b", {}), r"^module\\u200b: no stack"),
    "provisioner": (resource("provisioner", RUN), r"provisioner: runs commands"),
    "provisioner in a list": (resource("provisioner", [RUN]), r"provisioner: runs commands"),
    "connection": (resource("connection", {"host": "x"}), r"connection: opens connections"),
    "provider of a resource": (resource("provider", "aws.other"), r"provider: chooses another provider"),
    "dynamic": (resource("dynamic", {"provisioner": {"for_each": [1], "content": {}}}), r"dynamic: makes blocks"),
    "action trigger": (resource("lifecycle", {"action_trigger": {}}), r"lifecycle.action_trigger: isn't what"),
    "lifecycle in a list": (resource("lifecycle", [{"replace_triggered_by": []}]), r"lifecycle: isn't shaped"),
    "type of another provider": (within("resource", "null_resource", {"x": {}}), r"null_resource: only resources"),
    "type in another script": (within("resource", "aws_\u0455qs", {"x": {}}), r"aws_\u0455qs: only resources"),
    "list of resources": (
        block("resource", [{"null_resource": {"x": {"provisioner": RUN}}}]),
        r"^resource: isn't shaped",
    ),
    "list of types": (
        within("resource", "aws_sqs_queue", [{"x": {"provisioner": RUN}}]),
        r"aws_sqs_queue: isn't shaped",
    ),
    "list of bodies": (
        within("resource", "aws_sqs_queue", {"x": [{"provisioner": RUN}]}),
        r"sqs_queue.x: isn't shaped",
    ),
    "external data": (
        within("data", "external", {"x": {"program": ["id"]}}),
        r"^data.external: only what reads nothing",
    ),
    "lambda": (within("data", "aws_lambda_invocation", {"x": {}}), r"^data.aws_lambda_invocation: only"),
    "secret": (within("data", "aws_secretsmanager_secret_version", {"x": {}}), r"^data.aws_secretsmanager"),
    "data in a list": (within("data", "aws_route53_zone", [{"x": {"provider": "x"}}]), r"route53_zone: isn't shaped"),
    "provider of data": (within("data", "aws_route53_zone", {"x": {"provider": "x"}}), r"provider: chooses"),
    "ephemeral": (block("ephemeral", {"aws_ssm_parameter": {"x": {}}}), r"^ephemeral.aws_ssm_parameter: only what"),
    "ephemeral secret into a write-only argument": (
        both(
            block("ephemeral", {"aws_secretsmanager_secret_version": {"x": {"secret_id": "theirs"}}}),
            within("resource", "aws_ssm_parameter", {"x": {"value_wo": "${ephemeral.x.y.z}"}}),
        ),
        r"^ephemeral.aws_secretsmanager_secret_version: only what reads nothing secret",
    ),
    "ephemeral in a list": (block("ephemeral", [{"aws_ssm_parameter": {}}]), r"^ephemeral: isn't shaped"),
    "provider of what is ephemeral": (
        block("ephemeral", {"aws_secretsmanager_random_password": {"x": {"provider": "x"}}}),
        r"provider: chooses",
    ),
    "file in what is ephemeral": (
        block("ephemeral", {"aws_secretsmanager_random_password": {"x": {"password_length": "${file(x)}"}}}),
        r"password_length: calls file\(\)",
    ),
    "import": (block("import", [{"to": "aws_ssm_parameter.x", "id": "/x"}]), r"^import: takes over what the base"),
    "file": (resource("name", '${file("/proc/self/environ")}'), r"name: calls file\(\)"),
    "file in a list in a mapping": (resource("a", [{"b": [["${file(x)}"]]}]), r"a\.b: calls file\(\)"),
    "file in a key": (resource("tags", {"${file(x)}": "a"}), r"calls file\(\)"),
    "file in a label": (within("output", "${file(x)}", {"value": 1}), r"calls file\(\)"),
    "file in a default": (within("variable", "x", {"default": "${file(x)}"}), r"variable.x.default: calls file"),
    "file in a local": (within("locals", "x", "a${filebase64(x)}"), r"locals.x: calls filebase64\(\)"),
    "file in a condition": (
        resource("lifecycle", {"precondition": [{"condition": "${fileexists(x)}", "error_message": "x"}]}),
        r"lifecycle.precondition.condition: calls fileexists\(\)",
    ),
    "a hidden value in a condition": (
        resource(
            "lifecycle",
            {"precondition": [{"condition": '${substr(var.pw, 0, 1) == "a"}', "error_message": "p0 is not a"}]},
        ),
        r"precondition.condition: uses a value as the base doesn't",
    ),
    "a hidden value in an output": (within("output", "c", {"value": '${can(regex("^h", var.pw))}'}), r"c.value: uses"),
    "a hidden value in a text": (resource("a", 'x-${"${try(var.pw, 1)}"}'), r"a: uses a value"),
    "a hidden value in a key": (resource("tags", {"${try(var.pw, 1)}": "a"}), r"uses a value"),
    "a hidden value in a number": (resource("count", '${var.pw == "a" ? 1 : 2}'), r"count: uses a value"),
    "a hidden value in each": (resource("for_each", '${toset([var.pw == "a" ? 1 : 2])}'), r"for_each: uses a value"),
    "a hidden value in a list": (
        resource("lifecycle", {"precondition": [{"condition": '${!contains(["a"], var.pw)}', "error_message": "x"}]}),
        r"precondition.condition: uses a value",
    ),
    "a hidden value for a workspace": (
        resource("count", '${!contains(["a", var.pw], terraform.workspace)}'),
        r"count: uses a value",
    ),
    "a hidden value in a workspace's name": (
        resource("count", '${!contains(["${var.pw}"], terraform.workspace)}'),
        r"count: uses a value",
    ),
    "a hidden value in a validation": (
        within("variable", "x", {"validation": [{"condition": "${var.pw > var.x}", "error_message": "x"}]}),
        r"validation.condition: uses a value",
    ),
    "file in JSON in a text": (resource("a", json.dumps([{"b": "${file(local.x)}"}])), r"a: calls file\(\)"),
    "file in a directive": (resource("a", "%{ for x in fileset(a, b) }${x}%{ endfor }"), r"a: calls fileset\(\)"),
    "file behind an escape": (resource("a", "$${x}${file(x)}"), r"a: calls file\(\)"),
    "file in a note": (block("//", {"x": "${file(x)}"}), r"//.x: calls file\(\)"),
    "template": (resource("a", "${templatefile(x, {})}"), r"a: calls templatefile\(\)"),
    "template in a text": (resource("a", "${templatestring(local.x, {})}"), r"a: calls templatestring\(\)"),
    "home": (resource("a", '${pathexpand("~")}'), r"a: calls pathexpand\(\)"),
    "clock": (resource("a", "${timestamp()}"), r"a: calls timestamp\(\)"),
    "bared": (resource("a", "${nonsensitive(aws_x.y.secret)}"), r"a: calls nonsensitive\(\)"),
    "function of a provider": (resource("a", "${provider::aws::arn_parse(x)}"), r"a: can't be read: :: in"),
    "comment": (resource("a", "${file/**/(x)}"), r"a: can't be read: /\* in an expression"),
    "heredoc": (resource("a", "${<<E\n${file(x)}\nE\n}"), r"a: can't be read: << in"),
    "deep": (resource("a", DEEP), r"nested more than 60"),
    "outputs in a list": (block("output", [{"x": {}}]), r"^output: isn't shaped"),
    "locals in a list": (block("locals", [{"x": 1}]), r"^locals: isn't shaped"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_what_runs_reads_or_redirects_is_refused(case: str, head: Stack, base: Stack) -> None:
    spoil, sentence = SPOILT[case]
    spoil(head)
    said = vet(head, base)
    assert any(re.search(sentence, each) for each in said), said


def test_a_zone_that_the_base_does_not_take_over_is_not_read(folders: list[Path]) -> None:
    folder = next(each for each, system in zip(folders, SYSTEMS, strict=True) if system.name == "hosted_zone")
    base = json.loads((folder / "stacks/common-main/cdk.tf.json").read_text())
    assert base["data"]["aws_route53_zone"]
    assert vet(base, base) == []
    head = copy.deepcopy(base)
    name, body = next(iter(head["data"]["aws_route53_zone"].items()))
    body["zone_id"] = "Z9999999999999"
    assert vet(head, base) == [f"data.aws_route53_zone.{name}: reads what the base doesn't"]
    head = copy.deepcopy(base)
    head["data"]["aws_route53_zone"]["more"] = {"zone_id": "Z9999999999999"}
    assert vet(head, base) == ["data.aws_route53_zone.more: reads what the base doesn't"]


def test_a_flood_of_sentences_is_cut(head: Stack, base: Stack) -> None:
    head["locals"] = {f"x{number}": "${file(x)}" for number in range(10_000)}
    said = vet(head, base)
    assert len(said) == 51
    assert said[-1] == "and 19,950 more of this"
    head["locals"] = {"x" * 5000: {"y" * 5000: "${file(x)}"}}
    assert max(map(len, vet(head, base))) < 400


def test_what_the_base_imports_already_passes(head: Stack, base: Stack) -> None:
    imports = [{"to": "aws_sqs_queue.x", "id": "x"}]
    assert vet({**head, "import": imports}, {**base, "import": imports}) == []
    for other in ({"to": "aws_sqs_queue.x", "id": "y"}, {"to": "aws_sqs_queue.y", "id": "x"}):
        [said] = vet({**base, "import": [other]}, {**base, "import": imports})
        assert said.startswith("import: takes over what the base doesn't"), "another id, or another address"


def test_nothing_is_too_deep_to_be_refused(head: Stack, base: Stack, default: dict[str, Stack]) -> None:
    """Not by Python's own limit, whose error would be a crash."""
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    head["data"]["terraform_remote_state"]["common"]["config"] = deep
    assert vet(head, base) == ["is nested more than 60 deep"]
    assert vet_stack("environment-new", head, default) == ["is nested more than 60 deep"]


def renamed(stack: Stack, old: str, new: str) -> Stack:
    """As the base's code emits an environment of another name."""
    changed: Stack = json.loads(
        json.dumps(stack).replace(f"environment-{old}", f"environment-{new}").replace(f'"{old}"', f'"{new}"')
    )
    return changed


def test_a_new_environment_takes_over_nothing(default: dict[str, Stack]) -> None:
    new = renamed(default["environment-test"], "test", "new")
    new["import"] = [{"to": "aws_ecs_service.web_service", "id": "kakei/web"}]
    [said] = vet_stack("environment-new", new, default)
    assert said.startswith("import: takes over what the base doesn't")


def test_a_new_environment_is_held_to_its_neighbours(default: dict[str, Stack]) -> None:
    new = renamed(default["environment-test"], "test", "new")
    assert vet_stack("environment-new", new, default) == []
    assert vet_stack("environment-other", new, default) != [], "the name of another stack in its key"
    assert vet_stack("environment-new", default["environment-test"], default) != [], "another's state"
    assert vet_stack("environment-new", renamed(default["environment-test"], "test", "newer"), default) != []
    assert vet_stack("environment-new", {**new, "provider": default["environment-production"]["provider"]}, default)
    foreign = copy.deepcopy(new)
    foreign["terraform"]["backend"]["s3"]["bucket"] = "elsewhere"
    assert vet_stack("environment-new", foreign, default) != []
    marked = copy.deepcopy(new)
    marked["terraform"]["backend"]["s3"]["key"] = "kakei\0stack\0"
    assert vet_stack("environment-new", marked, default) != []
    reading = copy.deepcopy(new)
    reading["data"]["terraform_remote_state"]["common"]["config"]["key"] = "kakei/environment-production.tfstate"
    assert vet_stack("environment-new", reading, default) != []
    running = copy.deepcopy(new)
    running["resource"]["terraform_data"]["workspace"]["provisioner"] = RUN
    assert vet_stack("environment-new", running, default) == [
        "resource.terraform_data.workspace.provisioner: runs commands"
    ]


def test_a_stack_without_neighbours_is_refused(default: dict[str, Stack]) -> None:
    without = {name: stack for name, stack in default.items() if name != "review"}
    assert vet_stack("review", default["review"], without) != []
    assert vet_stack("common-new", default["common-main"], default) != []


@pytest.mark.parametrize("name", ["..", "environment-", "environment-A", "environment-x\n", "other", "review-x"])
def test_a_name_that_is_no_stacks_is_refused(name: str, default: dict[str, Stack]) -> None:
    assert "is no name of a stack" in vet_stack(name, default["environment-test"], default)[0]


@pytest.mark.parametrize(
    "data",
    [
        b'{"resource": {}, "resource": {"null_resource": {}}}',
        b'{"a": {"b": 1, "b": 2}}',
        '{"\u00e9": 1, "e\u0301": 2}'.encode(),
        b'{"a": NaN}',
        b"[]",
        b'"x"',
        b"",
        b"{",
        b'{"a": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xef\xbb\xbf{}",
        b'{"a": "\\ud800"}',
        b'{"a": 1e400}',
    ],
)
def test_json_that_terraform_and_python_might_read_differently_is_refused(data: bytes) -> None:
    assert isinstance(parsed(data), str)


def tree(folder: Path, stacks: dict[str, Stack]) -> Path:
    for name, stack in stacks.items():
        (folder / "stacks" / name).mkdir(parents=True)
        (folder / "stacks" / name / "cdk.tf.json").write_text(json.dumps(stack))
    return folder


def _more(folder: Path) -> None:
    (folder / "zz.tf").write_text("")


def _hidden(folder: Path) -> None:
    (folder / ".terraform.lock.hcl").write_text("")


def _link(folder: Path) -> None:
    (folder / "cdk.tf.json").rename(folder.parent.parent / "elsewhere.json")
    (folder / "cdk.tf.json").symlink_to(folder.parent.parent / "elsewhere.json")


def _pipe(folder: Path) -> None:
    import os

    (folder / "cdk.tf.json").unlink()
    os.mkfifo(folder / "cdk.tf.json")


def _none(folder: Path) -> None:
    (folder / "cdk.tf.json").unlink()


def _linked_folder(folder: Path) -> None:
    folder.rename(folder.parent.parent / "elsewhere")
    folder.symlink_to(folder.parent.parent / "elsewhere")


def _large(folder: Path) -> None:
    with (folder / "cdk.tf.json").open("wb") as file:
        file.truncate(17 * 1024 * 1024)


@pytest.mark.parametrize("spoil", [_more, _hidden, _link, _pipe, _none, _linked_folder, _large])
def test_a_folder_holds_its_json_alone(
    spoil: Callable[[Path], None], default: dict[str, Stack], tmp_path: Path
) -> None:
    base, head = tree(tmp_path / "base", default), tree(tmp_path / "head", default)
    spoil(head / "stacks/environment-test")
    vetted = vet_folder(head, base)
    assert list(vetted.refused) == ["environment-test"]
    assert len(vetted.passed) == len(default) - 1


def test_a_base_that_can_not_be_read_is_an_error(default: dict[str, Stack], tmp_path: Path) -> None:
    head = tree(tmp_path / "head", default)
    base = tree(tmp_path / "base", default)
    (base / "stacks/review/cdk.tf.json").write_text("{")
    for wrong in (base, tmp_path / "nothing"):
        with pytest.raises(TerraformError):
            vet_folder(head, wrong)
    (tmp_path / "empty/stacks").mkdir(parents=True)
    with pytest.raises(TerraformError, match="holds no stacks"):
        vet_folder(tmp_path / "empty", head)


def test_the_verb_prints_what_passes_and_ends_with_2_where_something_does_not(
    default: dict[str, Stack], tmp_path: Path
) -> None:
    base, head = tree(tmp_path / "base", default), tree(tmp_path / "head", default)
    said = tanada("vet", "head", "--base", "base", folder=tmp_path)
    assert (said.returncode, said.stdout.split(), said.stderr) == (0, sorted(default), "")
    spoilt = {**default["environment-test"], "module": {}}
    (head / "stacks/environment-test/cdk.tf.json").write_text(json.dumps(spoilt))
    said = tanada("vet", "head", "--base", str(base), folder=tmp_path)
    assert said.returncode == 2
    assert said.stdout.split() == sorted({*default} - {"environment-test"})
    assert said.stderr == "environment-test: module: no stack of Tanada holds such a block.\n"
    said = tanada("vet", "nowhere", "--base", "base", folder=tmp_path)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "nowhere holds no stacks: expected stacks/<stack>/cdk.tf.json in it.\n"


def test_the_data_sources_that_are_vetted_are_those_that_are_emitted_and_that_the_plan_role_may_read() -> None:
    """One list says what each reads, the other what reading it asks of IAM: neither grows without the other."""
    assert SAFE.keys() == DATA_SOURCES.keys()
    allowed = set(reads())
    assert all(set(actions) <= allowed and actions for actions in DATA_SOURCES.values())
    assert all(SAFE.values()), "each says what it reads"
    assert SAFE_EPHEMERAL.keys() == EPHEMERAL.keys()
    assert all(SAFE_EPHEMERAL.values()), "each says what it opens"
    assert all(set(actions) <= allowed and actions for actions in EPHEMERAL.values())
