"""What is kept by what was applied, whatever is declared; what a stack that is gone is taken down with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tanada.contract import removal as contract
from tanada.plan import ResourceChange, Summary
from tanada.resources import entries
from tanada.terraform import carry_out, command, gone, removal
from tanada.terraform.layout import Target
from tanada.terraform.run import ChangeOptions
from tests.terraform.team import Team
from tests.terraform.test_decisions import refusal, stack, system

KEPT = sorted(name for name, entry in entries().items() if entry.kept)


def state(type_: str = "aws_sqs_queue", **outputs: Any) -> dict[str, Any]:
    return {
        "resources": [{"mode": "managed", "type": type_, "name": "jobs_queue", "instances": [{}]}],
        "outputs": {name: {"value": value} for name, value in {"contract": 1, **outputs}.items()},
    }


def published(*, keep: bool) -> dict[str, Any]:
    return {name: {"value": value} for name, value in contract.outputs(keep=keep).items()}


@pytest.mark.parametrize("declared", ["keep", "delete"])
@pytest.mark.parametrize("applied", [published(keep=True), published(keep=False), {}], ids=["keep", "delete", "before"])
def test_only_what_is_let_go_by_the_declaration_and_by_what_was_applied_may_go(
    declared: str, applied: dict[str, Any]
) -> None:
    lets_go = declared == "delete" and applied == published(keep=False)
    assert removal.is_held(system(declared), stack(), applied) != lets_go
    assert removal.is_held(system(), stack("common"), applied), "as it is declared"
    assert not removal.is_held(system(), stack("review"), applied)


@pytest.mark.parametrize("type_", KEPT)
def test_no_kept_type_is_destroyed_before_the_word_was_applied(type_: str, team: Team) -> None:
    test, held = stack(), state(type_)
    said = refusal(removal.check_applied, team.root, system("delete"), test, held)
    assert said is not None
    assert "environment-test: removal: delete is written in environments/test.yaml:3, but what was last applied" in said
    assert f"1 resource that can't be made again ({type_}.jobs_queue)" in said
    assert refusal(removal.check_applied, team.root, system("delete"), test, state(type_, removal="delete")) is None
    gone_ = replace(test, declared=False)
    said = refusal(removal.check_applied, team.root, system(), gone_, held)
    assert said is not None
    assert "put environments/test.yaml back with removal: delete, and apply that" in said
    assert refusal(removal.check_applied, team.root, system(), gone_, state(type_, removal="delete")) is None


def test_a_destruction_that_was_begun_may_go_on(team: Team) -> None:
    begun = {**state(), "outputs": {}}
    for each in (stack(), replace(stack(), declared=False)):
        assert refusal(removal.check_applied, team.root, system("delete"), each, begun) is None


def test_what_holds_nothing_that_is_kept_waits_for_no_word(team: Team) -> None:
    assert refusal(removal.check_applied, team.root, system("delete"), stack(), state("aws_ecs_service")) is None


def test_where_it_is_written_is_said_with_the_line(team: Team) -> None:
    assert removal.place(team.root, stack()) == "environments/test.yaml:3"
    assert removal.place(team.root, stack(environment="www")) == "environments/www.yaml"
    assert removal.place(team.root, stack("common")) == "its common layer"
    file = team.root / "environments" / "test.yaml"
    file.write_text(f"{file.read_text()}stores:\n  jobs: {{queue: {{}}}}\n  jobs-late: {{queue: {{}}}}\n")
    assert removal.declared_at(team.root, stack(), "aws_sqs_queue.jobs_queue") == "environments/test.yaml:5"
    assert removal.declared_at(team.root, stack(), "aws_sqs_queue.jobs-late_queue") == "environments/test.yaml:6"
    assert removal.declared_at(team.root, stack(), "aws_eip.nat") is None


@pytest.mark.parametrize("type_", KEPT)
def test_the_word_and_the_loss_in_one_commit_lose_nothing(type_: str, team: Team) -> None:
    address = f"{type_}.other"
    summary = Summary("1.11.4", (ResourceChange(address, type_, "destroy", True),), 0)
    run: Any = SimpleNamespace(root=team.root, system=system("delete"))

    def said(options: ChangeOptions, **outputs: Any) -> str | None:
        shown = {"prior_state": {"values": {"outputs": state(**outputs)["outputs"]}}}
        fresh: Any = SimpleNamespace(summary=summary, shown=shown)
        return refusal(carry_out.check_kept, run, Target(stack()), fresh, options)

    for outputs in ({}, {"removal": "keep"}):
        refused = said(ChangeOptions(), **outputs)
        assert refused is not None
        assert f"This plan loses what removal: keep holds: {address}" in refused
        assert "removal: delete is written in environments/test.yaml:3, but not applied yet" in refused
        assert said(ChangeOptions(destroy=[address]), **outputs) is None
    assert said(ChangeOptions(), removal="delete") is None


# --- one store -------------------------------------------------------------------------------------------------------


def without(name: str, *stores: str, **applied: Any) -> tuple[Summary, dict[str, Any]]:
    """A plan after which one of some stores is no more, with the queue that it was."""
    before = {each: f"test-{each}" for each in stores}
    after = {each: called for each, called in before.items() if each != name}
    plan = {
        "prior_state": {
            "values": {"outputs": {"stores": {"value": before}, **{k: {"value": v} for k, v in applied.items()}}}
        },
        "output_changes": {"stores": {"actions": ["update"], "before": before, "after": after}},
    }
    return Summary(
        "1.11.4", (ResourceChange(f"aws_sqs_queue.{name}_queue", "aws_sqs_queue", "destroy", True),), 0
    ), plan


def test_a_store_goes_once_it_was_let_go_and_that_was_applied() -> None:
    said = refusal(removal.check_let_go, *without("jobs", "jobs", "jobs-late"))
    assert said is not None
    assert "loses what was not let go: jobs (aws_sqs_queue.jobs_queue). Removing it is two steps" in said
    assert refusal(removal.check_let_go, *without("jobs-late", "jobs", "jobs-late", let_go=["jobs"])) is not None
    assert refusal(removal.check_let_go, *without("jobs", "jobs", "jobs-late", let_go=["jobs"])) is None


def test_what_goes_with_no_store_is_no_store_that_goes() -> None:
    summary, plan = without("jobs", "jobs")
    plan["output_changes"]["stores"]["after"] = {"jobs": "test-jobs"}
    assert refusal(removal.check_let_go, summary, plan) is None, "it is declared still: Terraform prevents that"
    plan["output_changes"]["stores"] |= {"after": {}, "after_unknown": {"jobs": True}}
    assert refusal(removal.check_let_go, summary, plan) is None
    other = replace(summary, changes=(ResourceChange("aws_eip.nat", "aws_eip", "destroy", True),))
    assert refusal(removal.check_let_go, other, without("jobs", "jobs")[1]) is None


# --- any Terraform command -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "changes", "destroys"),
    [
        ("state list", False, False),
        ("state pull", False, False),
        ("state show aws_eip.a", False, False),
        ("plan -destroy", False, False),
        ("output -json people", False, False),
        ("providers schema -json", False, False),
        ("workspace list", False, False),
        ("destroy -help", False, False),
        ("state rm aws_eip.a", True, False),
        ("state mv a b", True, False),
        ("state push file", True, False),
        ("import a b", True, False),
        ("taint a", True, False),
        ("untaint a", True, False),
        ("force-unlock 1", True, False),
        ("workspace delete a", True, False),
        ("refresh", True, False),
        ("test", True, False),
        ("apply", True, False),
        ("apply -auto-approve", True, False),
        ("apply -destroy", True, True),
        ("apply --destroy=true", True, True),
        ("destroy", True, True),
        ("destroy -target=aws_eip.a", True, True),
        ("what-comes-one-day", True, False),
    ],
)
def test_what_changes_something_is_told_from_what_reads(words: str, changes: bool, destroys: bool) -> None:
    assert (command.changes(words.split()), command.destroys(words.split())) == (changes, destroys)


def test_what_changes_a_protected_account_wants_its_name_and_reading_does_not(team: Team) -> None:
    ran = team.run("terraform", "environment-www", "--", "state", "rm", "a")
    assert (ran.code, ran.errors.count("\n")) == (2, 1)
    assert "environment-www belongs to the protected account production: add --protected production." in ran.errors
    ran = team.run("terraform", "environment-www", "--protected", "production", "--", "destroy")
    assert ran.code == 2
    assert "environment-www is kept (removal: keep). Removing it is two steps" in ran.errors


# --- stacks that are gone --------------------------------------------------------------------------------------------


def test_what_a_gone_stack_is_taken_down_with_has_no_resource() -> None:
    aws = {"source": "hashicorp/aws", "version": "6.28.0"}
    zone = {"alias": "zone_a", "assume_role": [{"role_arn": '${var.role_of_zones == "plan" ? "a" : "b"}'}]}
    common: dict[str, Any] = {
        "terraform": {
            "backend": {"s3": {"bucket": "states", "key": "kakei/common-main.tfstate"}},
            "required_providers": {"aws": aws},
        },
        "provider": {"aws": [{"region": "ap-northeast-1"}]},
        "resource": {"aws_vpc": {"a": {}}},
        "output": {"contract": {"value": 1}},
    }
    test = {
        "terraform": {"backend": {"s3": {"key": "kakei/environment-test.tfstate"}}, "required_providers": {"aws": aws}},
        "provider": {"aws": [{"region": "elsewhere"}, zone], "other": {"url": "${aws_lb.a.dns_name}"}},
        "variable": {"role_of_zones": {"default": "apply"}, "image_tags": {}},
        "data": {"aws_vpc": {"a": {}}},
    }
    old = replace(stack(), name="environment-old", state_key="kakei/environment-old.tfstate", declared=False)
    made = gone.configuration(old, [common, test])
    assert made == {
        "terraform": {
            "backend": {"s3": {"bucket": "states", "key": "kakei/environment-old.tfstate"}},
            "required_providers": {"aws": aws},
        },
        "provider": {"aws": [{"region": "ap-northeast-1"}, zone]},
        "variable": {"role_of_zones": {"default": "apply"}},
    }
    assert common["terraform"]["backend"]["s3"]["key"] == "kakei/common-main.tfstate", "nothing given is changed"
    review = gone.configuration(replace(old, kind="review", state_key="kakei/review.tfstate"), [common])
    assert review["terraform"]["backend"]["s3"]["workspace_key_prefix"] == "kakei/review"

    def held(provider: str, mode: str = "managed") -> dict[str, Any]:
        return {"resources": [{"mode": mode, "type": "aws_route53_record", "name": "a", "provider": provider}]}

    ours = 'provider["registry.terraform.io/hashicorp/aws"]'
    for provider in (ours, f"{ours}.zone_a", 'provider["terraform.io/builtin/terraform"]'):
        assert refusal(gone.check_providers, old, held(provider), made) is None
    assert refusal(gone.check_providers, old, held(f"{ours}.zone_b", mode="data"), made) is None
    for provider, called in ((f"{ours}.zone_b", "aws.zone_b"), ('provider["registry.example/x/evil"]', "evil")):
        said = refusal(gone.check_providers, old, held(provider), made)
        assert said is not None
        assert f"holds aws_route53_record.a of the provider {called}, which no stack of account main has" in said


def left(team: Team, name: str, arn: str = "", workspace: str | None = None) -> Path:
    folder = team.root / ".tanada" / "offline" / name
    file = folder / (f"terraform.tfstate.d/{workspace}" if workspace else "") / "terraform.tfstate"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"resources": [{"mode": "managed"}], "outputs": {"cluster_arn": {"value": arn}}}))
    return file


def test_a_stack_that_neither_is_declared_nor_has_a_state_is_refused_with_the_way(team: Team) -> None:
    ran = team.run("destroy", "environment-tset", "--offline", "--yes")
    assert ran.code == 2
    assert 'did you mean "test"? Nor does a state of it lie in .tanada/offline.' in " ".join(ran.errors.split())
    left(team, "environment-old", "arn:aws:ecs:eu-west-1:333333333333:cluster/old")
    ran = team.run("destroy", "environment-old", "--offline", "--yes")
    assert ran.code == 2
    said = " ".join(ran.errors.split())
    assert "environment-old is declared no more, and neither is its account 333333333333 in eu-west-1" in said
    assert "declare that again (accounts: its name, id, region and role), and destroy it then." in said


def test_a_gone_stack_of_a_protected_account_wants_the_second_word_too(team: Team) -> None:
    left(team, "environment-old", "arn:aws:ecs:ap-northeast-1:222222222222:cluster/old")
    for words in (("destroy", "environment-old", "--yes"), ("terraform", "environment-old")):
        more = ("--", "state", "rm", "a") if words[0] == "terraform" else ()
        ran = team.run(*words, "--offline", *more)
        assert ran.code == 2
        assert "environment-old belongs to the protected account production: add --protected" in ran.errors


def test_of_review_that_is_gone_a_workspace_is_named(team: Team) -> None:
    left(team, "review", workspace="kokuyou")
    (team.root / "workspaces" / "review.yaml").unlink()
    ran = team.run("destroy", "review", "--offline", "--yes")
    assert ran.code == 2
    assert "review needs --workspace NAME" in ran.errors
    ran = team.run("destroy", "review", "--workspace", "..", "--offline", "--yes")
    assert ran.code == 2


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_names_every_kind_that_is_kept_and_what_aws_protects_of_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "removal.md").read_text(encoding="utf-8")
    table = page.partition("| what | AWS's own protection |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:4] for line in table.splitlines()[2:]]
    said = {what.strip(): lock.strip() for what, lock, _ in rows}
    assert all(left.strip() for *_, left in rows)
    locks: dict[str, set[str]] = {}
    for entry in entries().values():
        if entry.kept:
            locks.setdefault(str(entry.lost), set()).update(each.lock for each in entry.refusals if each.lock)
    assert said == {lost: ", ".join(f"`{lock}`" for lock in sorted(each)) for lost, each in locks.items()}
    assert list(said) == sorted(said, key=str.lower)
    words = page.partition("## Words")[2].partition("## What protects")[0]
    assert [each for each in ("removal", "protected", "data") if f"`{each}" not in words] == []
