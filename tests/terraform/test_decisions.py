"""What the runner decides, as plain functions: names, tags, guards, records, messages, jobs."""

from __future__ import annotations

import errno
import json
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tanada import files, sentences
from tanada.contract import state
from tanada.declarations import content
from tanada.declarations.inventory import Stack, inventory
from tanada.declared.http import Http
from tanada.declared.service import Service
from tanada.declared.system import System
from tanada.errors import TerraformError, WaitsForCommonError
from tanada.plan import Message, ResourceChange, Summary
from tanada.terraform import (
    folders,
    foreseen,
    guards,
    images,
    leftovers,
    parallel,
    program,
    records,
    targets,
    workspaces,
)
from tanada.terraform.answered import Neighbour, refusals
from tanada.terraform.command import colourless
from tanada.terraform.layout import Layout, Target
from tanada.terraform.messages import Line, bounded, hint, plain, read_line, read_text, waits_for_common
from tanada.terraform.plan_tags import kept_tags
from tanada.terraform.records import Origin, Record, check_fresh, differences
from tanada.terraform.request import Request, request_of


def stack(kind: str = "environment", **more: object) -> Stack:
    names = {"environment": "environment-test", "common": "common-main", "review": "review"}
    made = Stack(
        name=names[kind],
        kind=kind,  # type: ignore[arg-type]
        environment="test" if kind == "environment" else None,
        account="main",
        account_id="111111111111",
        region="ap-northeast-1",
        role=None,
        protected=False,
        bucket="states",
        state_key="kakei/x.tfstate",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def system(removal: str = "keep") -> System:
    services = {"web": {"image": "web", "port": 80}, "api": {"image": "api"}, "worker": {"image": "api"}}
    return System.model_validate(
        {
            "name": "kakei",
            "accounts": {"main": {"id": "111111111111", "region": "ap-northeast-1"}},
            "blueprint": {},
            "environments": {
                "test": {"account": "main", "domain": "test.example.jp", "removal": removal, "services": services}
            },
            "review": {"account": "main", "domain": "review.example.jp", "services": {"web": services["web"]}},
        }
    )


def refusal(check: Callable[..., object], *given: object) -> str | None:
    """What a check says against it; None where it lets it pass."""
    try:
        check(*given)
    except TerraformError as error:
        return str(error)
    return None


# --- names of workspaces ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kokuyou", "a", "1", "feat-a", "a--b", "a" * 56])
def test_a_dns_label_is_a_workspace(name: str) -> None:
    target = workspaces.choose(system(), stack("review"), name)
    assert (target.workspace, target.label) == (name, f"review-{name}")


@pytest.mark.parametrize(
    "name",
    ["", "..", ".", "-a", "a-", "Feat-A", "feat:a", "feat/a", "feat_a", "a b", "a\n", "ü", "a" * 57, "default", "a.b"],
)
def test_anything_else_is_refused_before_terraform_sees_it(name: str) -> None:
    with pytest.raises(TerraformError, match="--workspace"):
        workspaces.check_name(name, "review.example.jp")


def test_a_name_that_makes_the_domain_too_long_is_refused() -> None:
    domain = ".".join(["a" * 58] * 2)  # and a dot: 117 characters
    workspaces.check_name("a" * 10, domain)
    with pytest.raises(TerraformError, match="more than 128 characters"):
        workspaces.check_name("a" * 11, domain)


def test_a_name_that_a_label_of_a_host_makes_another_ones_or_too_long_is_refused() -> None:
    labels = ("admin", "a" * 20)
    workspaces.check_name("a" * 42, "review.example.jp", labels)
    workspaces.check_name("admin", "review.example.jp", labels)
    with pytest.raises(TerraformError, match="name of at most 42"):
        workspaces.check_name("a" * 43, "review.example.jp", labels)
    with pytest.raises(
        TerraformError, match=r"workspace demo answers at demo-admin.review.example.jp \(hosts: \[admin\]\)"
    ):
        workspaces.check_name("demo-admin", "review.example.jp", labels)
    domain = ".".join(["a" * 58] * 2)
    workspaces.check_name("a" * 4, domain, ("admin",))
    with pytest.raises(TerraformError, match="more than 128 characters"):
        workspaces.check_name("a" * 5, domain, ("admin",))


def beside_review(**domains: str) -> System:
    """With environments at these domains, beside review's at review.example.jp."""
    environments = {name: {"account": "main", "domain": domain} for name, domain in domains.items()}
    main = {
        "id": "111111111111",
        "region": "ap-northeast-1",
        "common": {"hosted_zones": ["example.jp", "z.review.example.jp"]},
    }
    review = {"account": "main", "domain": "review.example.jp"}
    return System.model_validate(
        {"name": "kakei", "accounts": {"main": main}, "blueprint": {}, "environments": environments, "review": review}
    )


def test_no_workspace_is_called_like_a_permanent_environment_below_reviews_domain_or_a_zone_there() -> None:
    team = beside_review(demo="stage.review.example.jp", deep="a.b.review.example.jp", far="c.example.jp")
    stacks = inventory(team)
    for name, whose in (("stage", "environment demo's"), ("z", "a hosted zone's")):
        for choose, words in ((targets.one, "review"), (targets.several, ())):
            said = refusal(choose, team, stacks, words, name)
            assert said is not None
            assert f"--workspace {name}: {name}.review.example.jp is {whose}; choose another name" in said
        assert targets.standing(team, stacks, "review", name).workspace == name  # to take it down
    for name in ("demo", "a", "b", "c", "deep"):
        assert targets.one(team, stacks, "review", name).workspace == name


def test_no_workspace_has_a_host_that_is_a_permanent_environments() -> None:
    team = beside_review(demo="stage-api.review.example.jp")
    api = Service(image="web", port=80, http=Http(health_check="/", hosts=("api",)))
    assert team.review is not None
    team = team.model_copy(update={"review": team.review.model_copy(update={"services": {"api": api}})})
    said = refusal(targets.one, team, inventory(team), "review", "stage")
    assert said is not None
    assert "--workspace stage: stage-api.review.example.jp is environment demo's; choose another name" in said
    assert refusal(targets.one, team, inventory(team), "review", "stage-api") is not None


def test_only_an_environment_below_reviews_domain_asks_for_the_review_environment_at_its_host() -> None:
    team = beside_review(demo="stage.review.example.jp", far="c.example.jp")
    requests = [request_of(team, Target(each), {}) for each in inventory(team)]
    assert {request.target.label: request.review and request.review.label for request in requests} == {
        "common-main": None,
        "environment-demo": "review-stage",
        "environment-far": None,
        "review": None,
    }


def test_the_limit_counts_the_others_alone() -> None:
    workspaces.check_limit("b", ["a", "b"], 2, list)
    workspaces.check_limit("c", ["a"], 2, list)
    with pytest.raises(TerraformError, match="limit: 2"):
        workspaces.check_limit("c", ["a", "b"], 2, list)
    with pytest.raises(TerraformError, match="limit: 1"):
        workspaces.check_room("b", ["a", "b"], 1, list)


def test_the_limit_counts_those_that_hold_something_and_asks_only_where_all_would_be_too_many() -> None:
    workspaces.check_limit("d", ["a", "b", "c"], 2, lambda names: [name for name in names if name == "b"])
    with pytest.raises(TerraformError, match=r"2 other review environments exist.*: a, c\.$"):
        workspaces.check_limit("d", ["a", "b", "c"], 2, lambda names: [name for name in names if name != "b"])

    def unasked(_names: object) -> list[str]:
        raise AssertionError

    workspaces.check_room("c", ["a", "b", "c"], 3, unasked)
    workspaces.check_limit("c", ["a", "b", "c"], 1, unasked)  # it is there already


# --- image tags ------------------------------------------------------------------------------------------------------


def test_tags_are_read_from_the_command_line() -> None:
    assert images.parse(["web=1a2b", "api=v1.2_3-4", "x=_" + "a" * 127]) == {
        "web": "1a2b",
        "api": "v1.2_3-4",
        "x": "_" + "a" * 127,
    }


@pytest.mark.parametrize(
    "text", ["web", "web=", "=1", "web=latest", "web=a:b", "web=a b", "web=-x", "web=.x", "web=" + "a" * 129]
)
def test_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(TerraformError, match=r"--image (web|=1)"):
        images.parse([text])


@pytest.mark.parametrize("tag", ["LATEST", "Latest", "TAG", "<tag>", "$TAG", "${IMAGE_TAG}", "YOUR_TAG", "GIT_SHA"])
def test_what_stands_for_a_tag_is_none(tag: str) -> None:
    with pytest.raises(TerraformError, match=r"such as 1a2b3c4|name the commit's tag"):
        images.parse([f"web={tag}"])


@pytest.mark.parametrize("tag", ["STAGE", "V1", "tag", "stage-latest", "TAG-1", "SHA256"])
def test_what_only_looks_like_it_is_one(tag: str) -> None:
    assert images.parse([f"web={tag}"]) == {"web": tag}


def test_two_tags_for_one_image_are_refused() -> None:
    with pytest.raises(TerraformError, match="given twice, as 1 and 2"):
        images.parse(["web=1", "web=2"])


def test_a_tag_that_only_other_stacks_use_is_a_note_and_one_that_none_uses_is_refused() -> None:
    assert images.check_known({"web": "1", "api": "2"}, {"web"}, {"api", "web"}) == [
        "--image api=…: not used here, only by other stacks."
    ]
    assert images.check_known({"web": "1"}, {"web"}, {"api", "web"}) == []
    with pytest.raises(TerraformError, match=r"--image wbe=…: no stack uses the image .*did you mean .web"):
        images.check_known({"web": "1", "wbe": "1"}, {"web"}, {"api", "web"})
    with pytest.raises(TerraformError, match="they use none"):
        images.check_known({"web": "1"}, (), ())


def test_a_stack_uses_each_image_of_its_services_once() -> None:
    assert content.images(system(), stack()) == ("api", "web")
    assert content.images(system(), stack("review")) == ("web",)
    assert content.images(system(), stack("common")) == ()


def test_a_given_tag_wins_over_the_applied_one_and_none_is_one_sentence() -> None:
    known = ({"web": "2"}, {"web": "1", "api": "1", "old": "1"})
    assert images.choose("x", ("api", "web"), known, "") == {"api": "1", "web": "2"}
    with pytest.raises(TerraformError) as refused:
        images.choose("review-a", ("api", "job", "web"), ({"web": "2"}, {}), "aws ecr list-images")
    assert str(refused.value) == (
        "review-a was not applied yet with the images api, job: say which tag runs, with --image api=TAG --image "
        "job=TAG. Those that are there: aws ecr list-images"
    )


# --- guards ----------------------------------------------------------------------------------------------------------


def test_a_protected_accounts_name_is_needed_there_and_a_note_elsewhere() -> None:
    www = stack(name="environment-www", account="production", protected=True)
    test, protected = stack(), {"production"}
    assert guards.check_protected(www, "production", protected) is None
    assert guards.check_protected(test, None, protected) is None
    note = "--protected production: not used here; environment-test belongs to the account main."
    assert guards.check_protected(test, "production", protected) == note
    for each, named, said in (
        (www, None, "add --protected production."),
        (www, "main", "--protected main: environment-www belongs to the account production."),
        (test, "prodution", 'no protected account of this name; expected production; did you mean "production"?'),
        (test, "other", "no protected account of this name; expected production"),
    ):
        assert said in str(refusal(guards.check_protected, each, named, protected))
    assert "none is" in str(refusal(guards.check_protected, test, "production", set()))


def losing(address: str, kind: str, *, destroys: bool = True) -> Summary:
    change = ResourceChange(address, kind, "replace" if destroys else "update", destroys, replace_paths=("name",))
    return Summary("1.11.4", (change,), unchanged=0)


@pytest.mark.parametrize(
    "kind",
    [
        "aws_dynamodb_table",
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_s3_bucket",
        "aws_efs_file_system",
        "aws_elasticache_replication_group",
        "aws_elasticache_cluster",
        "aws_eip",
        "aws_backup_vault",
        "aws_cognito_user_pool",
        "aws_ebs_volume",
        "aws_kms_key",
        "aws_secretsmanager_secret",
        "aws_sqs_queue",
        "aws_mq_broker",  # nothing is known of it
    ],
)
def test_a_store_or_fixed_address_is_lost_only_by_its_name(kind: str) -> None:
    address = f'{kind}.sessions["a"]'
    with pytest.raises(TerraformError) as refused:
        guards.check_kept(losing(address, kind), [])
    assert f"{address} (replace: can't change in place: name)" in str(refused.value)
    assert f"--destroy '{address}'" in str(refused.value)
    guards.check_kept(losing(address, kind), [address])


def test_a_store_that_stays_and_a_service_that_goes_are_no_loss() -> None:
    assert refusal(guards.check_kept, losing("aws_s3_bucket.a", "aws_s3_bucket", destroys=False), []) is None
    assert refusal(guards.check_kept, losing("aws_ecs_service.a", "aws_ecs_service"), []) is None
    assert refusal(guards.check_kept, losing("aws_s3_bucket_policy.a", "aws_s3_bucket_policy"), []) is None


def prevented(address: str) -> Message:
    detail = f"Resource {address} has\nlifecycle.prevent_destroy set, but the plan calls for …"
    return Message("error", "Instance cannot be destroyed", detail)


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        (
            "hash_key",
            {},
            "aws_dynamodb_table.a (hash_key: id → cid). partition_key and sort_key of",
        ),
        (
            "hash_key",
            {"after_sensitive": {"hash_key": True}},
            "aws_dynamodb_table.a (hash_key). partition_key and",
        ),
        ("region", {}, "aws_dynamodb_table.a (region: id → cid). An account's region can't change once applied:"),
    ],
)
def test_what_forces_it_is_said_with_the_way_that_fits(name: str, more: dict[str, Any], said: str) -> None:
    change = {"before": {name: "id"}, "after": {name: "cid"}, "replace_paths": [[name]], **more}
    plan = {"resource_changes": [{"address": "aws_dynamodb_table.a", "change": change}]}
    assert said in guards.in_our_words(["aws_dynamodb_table.a"], [], "test", plan)


def test_what_has_to_be_done_first_stands_in_the_refusal() -> None:
    with pytest.raises(TerraformError, match=r"empty it first, once nothing runs them\. If that is meant, add"):
        guards.check_kept(losing("aws_ecr_repository.a", "aws_ecr_repository"), [])


def test_what_aws_protects_is_let_go_before_it_goes() -> None:
    table, balancer = losing("aws_dynamodb_table.a", "aws_dynamodb_table"), losing("aws_lb.a", "aws_lb")
    assert refusal(guards.check_locked, table) is None
    for summary, way in (
        (table, "removal: delete beside it in stores"),
        (balancer, "removal: delete beside it in common.load_balancers"),
        (losing("aws_db_instance.a", "aws_db_instance"), "old: delete of what it was restored from"),
    ):
        locked = replace(summary, changes=tuple(replace(change, locked=True) for change in summary.changes))
        said = refusal(guards.check_locked, locked)
        assert said is not None
        assert way in said


def test_terraforms_own_refusal_is_said_in_our_words() -> None:
    vpc, table, key = "aws_vpc.a", "aws_dynamodb_table.a", 'aws_kms_key.a["b"]'
    assert guards.prevented([prevented(vpc), prevented(key)]) == [vpc, key]
    for others in ((), (prevented(vpc), Message("error", "No tag is known"))):
        assert guards.prevented(others) == [], "another error may be the cause"
    assert "network.cidr can't change" in guards.in_our_words([vpc, "aws_subnet.b"], [], "common-main", {})
    assert "partition_key and sort_key of a table" in guards.in_our_words([table], [], "test", {})
    assert "removal: delete, applied before" in guards.in_our_words([key], ["aws_lb.a"], "common-main", {})


def test_an_import_that_would_replace_is_refused_with_what_forces_it() -> None:
    def entry(address: str, **change: Any) -> dict[str, Any]:
        return {"address": address, "change": {"importing": {"id": "x"}, "actions": ["delete", "create"], **change}}

    vpc = entry("aws_vpc.a", before={"cidr_block": "10.0.0.0/16"}, after={"cidr_block": "10.1.0.0/16"})
    vpc["change"]["replace_paths"] = [["cidr_block"], ["cidr_block"]]
    subnet = entry("aws_subnet.a", before={"vpc_id": "vpc-1"}, after={}, after_unknown={"vpc_id": True})
    subnet["change"] |= {"replace_paths": [["vpc_id"], ["secret"]], "before_sensitive": {"secret": True}}
    subnet["change"]["after_sensitive"] = True
    queue = entry("aws_sqs_queue.a", actions=["update"])
    # Of a block marks are `[{}]` where they mark nothing.
    repository = entry("aws_ecr_repository.a", before={"encryption": [{"type": "AES256"}]}, after_unknown={})
    repository["change"] |= {"after": {"encryption": [{"type": "KMS"}]}, "replace_paths": [["encryption", 0, "type"]]}
    repository["change"] |= {each: {"encryption": [{}]} for each in ("before_sensitive", "after_sensitive")}
    repository["change"]["after_unknown"] = {"encryption": [{}]}
    lb = entry("aws_lb.a")
    made = {"address": "aws_lb.b", "change": {"actions": ["delete", "create"], "replace_paths": [["name"]]}}
    plan = {"resource_changes": [vpc, subnet, queue, repository, lb, made]}
    found = guards.replaced_imports(plan)
    assert list(found) == ["aws_vpc.a", "aws_subnet.a", "aws_ecr_repository.a", "aws_lb.a"]
    assert 'encryption is [{"type": "AES256"}], declared [{"type": "KMS"}]' in found["aws_ecr_repository.a"]
    assert "known after apply" not in found["aws_ecr_repository.a"]
    assert found["aws_vpc.a"] == (
        'aws_vpc.a would be destroyed by its import and made anew (cidr_block is "10.0.0.0/16", declared '
        '"10.1.0.0/16"): declare what is there, by the field that says it or by patches: {aws_vpc.a: {…}}, or take its '
        "line out of imports, and another one is made beside it."
    )
    assert (
        'vpc_id is "vpc-1", declared (known after apply); secret is (hidden), declared (hidden)'
        in found["aws_subnet.a"]
    )
    assert found["aws_subnet.a"].endswith("What is only known after apply is made by this plan: import that, too.")
    assert "(what it depends on is made anew)" in found["aws_lb.a"]
    # What is imported is no change of what we made.
    assert guards.in_our_words(["aws_vpc.a"], [], "common-main", plan) == found["aws_vpc.a"]
    both = guards.in_our_words(["aws_vpc.a", "aws_lb.b"], [], "common-main", plan)
    assert both.startswith("This plan would destroy and make anew what removal: keep holds: aws_lb.b (name).")
    assert both.endswith(found["aws_vpc.a"])


def test_what_the_provider_gave_up_on_is_not_to_be_put_back() -> None:
    key = 'aws_kms_key.a["b"]'
    alone = guards.in_our_words([key], [key], "common-main", {})
    assert f"Once it is well: tanada terraform common-main -- untaint '{key}'." in alone
    assert "Put back" not in alone
    beside = guards.in_our_words(["aws_vpc.a", key], [key], "common-main", {})
    assert "network.cidr can't change once applied" in beside
    assert f"untaint '{key}'" in beside


def _answering(name: str, domain: str | None, held: str) -> tuple[Neighbour, state.State]:
    """An environment that is declared to answer one domain, and answers another one."""
    made = stack(name=f"environment-{name}", environment=name)
    return Neighbour(made, domain), state.State(None, None, {}, 1, hosts=frozenset({held}))


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ([("www", "c", "b")], "environment-www still answers b, and AWS refuses a record that is there: apply"),
        ([("www", None, "b")], "environment-www still answers b, and AWS refuses a record that is there: apply"),
        ([("www", "a", "b")], "environment-www answers b, and waits for what this one answers: AWS refuses"),
        ([("www", "c", "b"), ("x", "a", "c")], "environment-www answers b, and waits for what this one answers"),
        ([("www", "c", "b"), ("x", "d", "c")], "environment-www still answers b, and AWS refuses a record that is"),
        # Two others that wait for each other are their own matter.
        ([("www", "c", "b"), ("x", "b", "c")], "environment-www still answers b, and AWS refuses a record that is"),
        ([("www", "b", "c")], ""),
    ],
)
def test_a_domain_that_another_environment_still_answers_is_not_taken(
    others: list[tuple[str, str | None, str]], sentence: str
) -> None:
    made = [_answering(*each) for each in others]
    states = {neighbour.stack.name: held for neighbour, held in made}
    own = state.State(None, None, {}, 1, hosts=frozenset({"a"}))
    around = tuple(neighbour for neighbour, _ in made)
    found = refusals(frozenset({"b"}), own, around, lambda other: states[other.name])
    assert len(found) == bool(sentence)
    assert all(each.startswith(sentence) for each in found)
    assert refusals(frozenset(), own, around, lambda _: pytest.fail("nobody is asked")) == ()


def test_a_name_that_the_plan_does_not_destroy_is_refused() -> None:
    with pytest.raises(TerraformError, match="this plan doesn't destroy it"):
        guards.check_named(losing("aws_eip.a", "aws_eip"), ["aws_eip.b"])


def test_common_is_always_kept_review_never_and_an_environment_as_declared() -> None:
    assert content.kept(system(), stack("common"))
    assert not content.kept(system(), stack("review"))
    assert content.kept(system("keep"), stack())
    assert not content.kept(system("delete"), stack())


def test_common_goes_last() -> None:
    guards.check_unused(stack("common"), [])
    with pytest.raises(TerraformError, match=r"still hold resources: kakei/environment-test\.tfstate"):
        guards.check_unused(stack("common"), ["kakei/environment-test.tfstate"])


def test_an_address_that_a_plan_does_not_destroy_is_refused_with_those_that_it_does() -> None:
    summary = Summary("1.11.4", tuple(losing(f"aws_eip.{name}", "aws_eip").changes[0] for name in ("nat", "fixed")), 0)
    guards.check_named(summary, ["aws_eip.nat"])
    with pytest.raises(TerraformError, match=r"doesn't destroy it; it destroys aws_eip\.fixed, aws_eip\.nat\.$"):
        guards.check_named(summary, ["aws_eip.fixd"])
    with pytest.raises(TerraformError, match=r"doesn't destroy it; it destroys nothing\.$"):
        guards.check_named(Summary("1.11.4", (), 3), ["aws_eip.nat"])


def test_a_plan_that_another_run_used_meanwhile_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=r"is gone: another run applied it.*plan environment-test --image web=2$"):
        records.open_plan(tmp_path, Record(ORIGIN, False, {}, {"web": "2"}, "", {}), tmp_path / "run", None)


def test_where_no_plan_is_saved_those_that_are_get_named(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    review = stack("review")
    for target in (Target(stack()), Target(review, "kokuyou")):
        records.save(layout.plans(target), Record(ORIGIN, False, {}, {}, "", {}), None, None)
    asked = Target(review, "kokuyo")
    with pytest.raises(TerraformError, match=r"first\. Saved are those of review-kokuyou, environment-test\.$"):
        records.read(layout.plans(asked), asked, offline=False)


def test_a_plan_that_took_the_used_ones_place_stays(tmp_path: Path) -> None:
    used = Record(ORIGIN, False, {}, {}, "", {})
    newer = replace(used, origin=replace(ORIGIN, plan="another"))
    folder, plan = tmp_path / "plans", tmp_path / "plan"
    for saved, left in ((newer, True), (replace(used, begun=True), False)):
        plan.write_bytes(b"1")
        records.save(folder, saved, plan, None)
        records.discard(folder, used)
        assert (folder / records.PLAN).exists() == (folder / records.RECORD).exists() == left
    records.save(folder, newer, plan, None)
    records.discard(folder)
    assert list(folder.iterdir()) == []


def test_without_room_nothing_is_begun(tmp_path: Path) -> None:
    guards.check_room(tmp_path, 32 * 1024**2)
    with pytest.raises(TerraformError, match=r"31 MiB are free there, and what changes something needs 32"):
        guards.check_room(tmp_path, 32 * 1024**2 - 1)


# --- records ---------------------------------------------------------------------------------------------------------

ORIGIN = Origin(
    stack="environment-test",
    workspace=None,
    offline=False,
    terraform_version="1.11.4",
    terraform="local terraform 1.11.4",
    commit="a" * 40,
    configuration="b" * 64,
    lineage="lineage",
    serial=3,
    plan="e" * 64,
)


def test_a_plan_and_its_record_are_kept_both_or_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, plan = tmp_path / "plans", tmp_path / "fresh"
    plan.write_bytes(b"1")
    records.save(folder, Record(ORIGIN, False, {}, {}, "", {}), plan, None)

    def held() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    before, write = held(), files._staged
    plan.write_bytes(b"2")

    def full(path: Path, content: bytes | str, mode: int) -> Path:
        if path.name == records.RECORD:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content, mode)

    monkeypatch.setattr(files, "_staged", full)
    with pytest.raises(OSError, match="No space"):
        records.save(folder, Record(ORIGIN, True, {}, {}, "", {}), plan, None)
    with pytest.raises(OSError, match="No space"):
        records.begin(folder, Record(ORIGIN, True, {}, {}, "", {}), None)
    assert held() == before
    monkeypatch.undo()
    records.begin(folder, Record(ORIGIN, True, {}, {}, "", {}), None)
    assert [*held()] == [records.RECORD]


def test_the_same_origin_is_fresh() -> None:
    record = Record(ORIGIN, False, {}, {}, "", {})
    assert refusal(check_fresh, "environment-test", record, replace(ORIGIN)) is None


def test_a_stale_plan_is_planned_again_with_its_tags() -> None:
    record = Record(ORIGIN, False, {"web": "2", "api": "1"}, {"web": "2"}, "", {})
    with pytest.raises(TerraformError, match=r"Plan again: tanada plan environment-test --image web=2$"):
        check_fresh("environment-test", record, replace(ORIGIN, serial=4))


def test_what_waits_has_no_plan_to_apply_and_its_tags_are_said(tmp_path: Path) -> None:
    records.save(tmp_path, Record(ORIGIN, False, {"web": "2"}, {"web": "2"}, "", {}, waits=True), None, None)
    assert not (tmp_path / records.PLAN).exists()
    expected = (
        "environment-test waits for common-main: apply that first, then plan again: "
        "tanada plan environment-test --image web=2"
    )
    with pytest.raises(TerraformError, match=f"^{expected}$"):
        records.read(tmp_path, Target(stack()), offline=False)


@pytest.mark.parametrize(
    ("configuration", "played"),
    [
        ({"resource": {"aws_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}}, "terraform_data": {"note": {}}}}, True),
        ({}, True),
        ({"resource": {"local_file": {"x": {}}}}, False),
        ({"resource": {"aws_vpc": {"vpc": {"provisioner": [{"local-exec": {"command": "id"}}]}}}}, False),
        ({"resource": [{"aws_vpc": {}}]}, False),
        ({"module": {"x": {"source": "./x"}}}, False),
    ],
)
def test_a_plan_foresees_only_what_runs_nothing_here(configuration: dict[str, Any], played: bool) -> None:
    assert foreseen.makes_nothing_here(configuration) is played


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"commit": "c" * 40}, "the commit was aaaaaaaaaaaa and is cccccccccccc"),
        (
            {"configuration": "d" * 64},
            "the configuration (cdk.tf.json or the lock file) was bbbbbbbbbbbb and is dddddddddddd",
        ),
        ({"lineage": None, "serial": None}, "the state's lineage was lineage and is none"),
        ({"serial": 4}, "the state's serial was 3 and is 4"),
        ({"terraform_version": "1.11.5"}, "Terraform's version was 1.11.4 and is 1.11.5"),
        (
            {"terraform": "container mirror/terraform:1.11.4"},
            "what runs Terraform was local terraform 1.11.4 and is container mirror/terraform:1.11.4",
        ),
        ({"plan": "f" * 64}, "the plan file (plan.tfplan) was eeeeeeeeeeee and is ffffffffffff"),
        ({"offline": True}, "--offline was off and is on"),
        ({"workspace": "a"}, "the workspace was none and is a"),
    ],
)
def test_each_difference_is_said(change: dict[str, object], sentence: str) -> None:
    assert sentence in differences(ORIGIN, replace(ORIGIN, **change))  # type: ignore[arg-type]


def test_data_sources_are_no_resources_wherever_a_state_is_looked_at(tmp_path: Path) -> None:
    read_alone = {"resources": [{"mode": "data"}, {"mode": "data"}]}
    assert state.resources({}) == state.resources(read_alone) == 0
    assert state.resources({"resources": [{"mode": "data"}, {"mode": "managed"}]}) == 1
    assert state.read(json.dumps(read_alone)).resources == 0
    layout = Layout(tmp_path)
    file = layout.offline / "environment-test" / state.FILE
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(read_alone))
    assert folders.occupied_offline(layout, ["environment-test"]) == []
    assert leftovers.offline(layout, []) == []


def test_a_state_that_is_not_there_has_no_lineage() -> None:
    assert state.read("\n").lineage is None
    content = {
        "lineage": "l",
        "serial": 2,
        "outputs": {"image_tags": {"value": {"web": "1"}}},
        "resources": [{"mode": "managed"}],
    }
    read = state.read(json.dumps(content))
    assert (read.lineage, read.serial, read.image_tags, read.resources) == ("l", 2, {"web": "1"}, 1)


# --- messages --------------------------------------------------------------------------------------------------------

BOXED = "\n".join(
    [
        "\x1b[31m╷\x1b[0m",
        "│ Error: Unable to find remote state",
        "│ ",
        "│   with data.terraform_remote_state.common,",
        "│ ",
        "│ ",
        "│ No stored state was found for the given workspace in the given backend.",
        "╵",
        "",
    ]
)


def test_terraforms_box_and_colours_are_taken_off() -> None:
    assert plain(BOXED).splitlines() == [
        "Error: Unable to find remote state",
        "",
        "  with data.terraform_remote_state.common,",
        "",
        "No stored state was found for the given workspace in the given backend.",
    ]


def test_only_errors_about_common_are_waiting() -> None:
    assert waits_for_common(read_text(BOXED))
    printed = textwrap.fill(sentences.waits_for_common("environment-test", "common-main", 2), 25)
    assert sentences.WAITS not in printed, "it stands on two lines"
    assert waits_for_common(read_text(f"Error: Resource postcondition failed\n\n{printed}"))
    assert waits_for_common([Message("warning", "Old."), *read_text(BOXED)])
    assert not waits_for_common(read_text(BOXED + "Error: Invalid value\n\nNo."))
    assert not waits_for_common([Message("warning", "Unable to find remote state")])
    assert not waits_for_common([])


def test_a_printed_error_is_a_message_with_its_address() -> None:
    (message,) = read_text(BOXED)
    assert message.summary == "Unable to find remote state"
    assert message.detail == "No stored state was found for the given workspace in the given backend."
    assert message.address == "data.terraform_remote_state.common"
    first, second = read_text("Error: One\n\n  on cdk.tf.json line 3:\n   3: x\n\nWhy.\n\nError: Two\n")
    assert first == Message("error", "One", "Why.")
    assert second == Message("error", "Two")
    assert read_text("docker is not installed\nInstall it.") == (
        Message("error", "docker is not installed", "Install it."),
    )
    assert read_text("\n") == ()


JSON_LINE = {
    "@level": "error",
    "@message": "Error: Resource precondition failed",
    "type": "diagnostic",
    "diagnostic": {
        "severity": "error",
        "summary": "Resource precondition failed",
        "detail": "No.",
        "address": "aws_x.y",
        "range": {"filename": "cdk.tf.json", "start": {"line": 3}},
        "snippet": {
            "context": "resource.aws_x.y",
            "code": '  "condition": "' + "x" * 300,
            "start_line": 3,
            "values": [{"traversal": "terraform.workspace", "statement": 'is "default"'}],
        },
    },
}


def test_an_error_in_json_reads_as_terraform_prints_it() -> None:
    line = read_line(json.dumps(JSON_LINE))
    assert line.message == Message("error", "Resource precondition failed", "No.", "aws_x.y")
    first, where, detail = line.text.split("\n\n")
    assert (first, detail) == ("Error: Resource precondition failed", "No.")
    assert where.splitlines()[:2] == ["  with aws_x.y,", "  on cdk.tf.json line 3, in resource.aws_x.y:"]
    assert where.splitlines()[2].endswith("…")
    assert where.splitlines()[3] == '    terraform.workspace is "default"'


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{"@message":"aws_x.y: Plan to create","type":"planned_change"}\n', "aws_x.y: Plan to create"),
        ("terraform-docker: no engine\n", "terraform-docker: no engine"),
        ('{"a": 1}\n', '{"a": 1}'),
        ("[1]\n", "[1]"),
    ],
)
def test_any_other_line_reads_as_it_is(line: str, text: str) -> None:
    assert replace(read_line(line), of_plan=False) == Line(text)


def test_messages_stay_within_what_a_comment_can_hold() -> None:
    many = [Message("warning", f"{number}" + "x" * 3000, "y" * 30_000) for number in range(200)]
    kept = bounded([*many, *many, Message("error", "Broken.")])
    assert kept[0] == Message("error", "Broken.")
    assert len(kept) == 101
    assert kept[-1].summary == "101 more messages stand in the log."
    assert max(len(message.summary) for message in kept) == 2_000
    assert max(len(message.detail) for message in kept) == 20_000


def test_a_missing_bucket_names_the_command_that_makes_it() -> None:
    text = 'Error: Failed to get existing workspaces: S3 bucket "x" does not exist.'
    assert hint(text, account="main", stack="review") == "Make the state bucket: tanada bootstrap main"
    assert hint("Error: No.", account="main", stack="review") is None
    gone = (
        "To work with aws_route53_record.x (orphan) its original provider configuration at\n"
        'provider["registry.terraform.io/hashicorp/aws"].zone_{} is required, but it has been removed.'
    )
    text = f"Error: Provider configuration not present\n\n{gone}"
    advice = hint(text.format("example_jp"), account="main", stack="common-main")
    assert advice is not None
    assert "Put it back" in advice
    assert advice.endswith("tanada terraform common-main -- state rm ADDRESS")
    assert hint(text.replace(".zone_{}", ".theirs"), account="main", stack="common-main") is None


# --- what to run -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cpus", "gigabytes", "expected"), [(2, 23.0, 2), (64, 3.0, 4), (8, 0.1, 1), (1, 64.0, 1)])
def test_as_many_jobs_as_processors_and_memory_allow(cpus: int, gigabytes: float, expected: int) -> None:
    assert parallel.jobs(cpus, int(gigabytes * 1024**3)) == expected


def test_what_runs_terraform_is_a_container_unless_said_otherwise() -> None:
    assert program.choice({}) == program.choice({"TANADA_TERRAFORM": ""}) == "container"
    assert program.choice({"TANADA_TERRAFORM": "local"}) == "local"
    with pytest.raises(TerraformError, match="expected container"):
        program.choice({"TANADA_TERRAFORM": "docker"})


def test_a_named_image_wins_over_the_pinned_one(tmp_path: Path) -> None:
    (tmp_path / ".terraform-image").write_text("hashicorp/terraform:1@sha256:0\n")
    assert program.image(tmp_path, {}) == "hashicorp/terraform:1@sha256:0"
    assert program.image(tmp_path, {"TANADA_TERRAFORM_IMAGE": "mirror/terraform:1"}) == "mirror/terraform:1"


def test_offline_states_that_hold_something_are_found_with_their_workspaces(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    states: dict[str, list[object]] = {
        "environment-test/terraform.tfstate": [],
        "environment-www/terraform.tfstate": [{}],
        "review/terraform.tfstate.d/kokuyou/terraform.tfstate": [{}],
        "review/terraform.tfstate.d/suishou/terraform.tfstate": [],
    }
    for name, resources in states.items():
        path = layout.offline / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"resources": resources}))
    found = folders.occupied_offline(layout, ["review", "environment-test", "environment-www", "environment-none"])
    assert found == ["environment-www", "review-kokuyou"]


def test_a_common_layer_without_outputs_is_waited_for(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    file = layout.offline / "common-main" / state.FILE
    file.parent.mkdir(parents=True)
    for text in (None, "", '{"outputs": {}}'):
        if text is not None:
            file.write_text(text)
        with pytest.raises(WaitsForCommonError, match=r"^environment-test waits for common-main\.$"):
            folders.check_common(layout.offline, Target(stack()))
    file.write_text('{"outputs": {"contract": {"value": 1}}}')
    assert refusal(folders.check_common, layout.offline, Target(stack())) is None
    assert refusal(folders.check_common, None, Target(stack())) is None


def test_terraform_colours_nothing_where_no_terminal_reads() -> None:
    assert colourless(["state", "list"], terminal=False) == ("state", "list", "-no-color")
    assert colourless(["plan", "-no-color"], terminal=False) == ("plan", "-no-color")
    assert colourless(["plan"], terminal=True) == ("plan",)


def test_tags_of_an_earlier_plan_count_until_somebody_applies_or_names_others(tmp_path: Path) -> None:
    records.ask(tmp_path, records.Asked({"web": "two", "job": "two", "gone": "two"}, serial=3))
    kept = records.asked(tmp_path, offline=False)
    assert records.asked(tmp_path, offline=True) == records.Asked(), "another state"
    request = Request(Target(stack()), images=("web", "job"), given={"job": "three"}, kept=kept)
    held = state.State("1", 3, {"web": "one", "job": "one"}, 1)
    assert kept_tags(request, held) == {"web": "two"}
    assert kept_tags(request, replace(held, serial=4)) == {}
    assert kept_tags(request, replace(held, image_tags={"web": "two"})) == {}
    records.discard_plan(tmp_path)
    assert records.asked(tmp_path, offline=False) == kept, "the plan is stale, the tags are not"
    records.discard(tmp_path)
    assert records.asked(tmp_path, offline=False) == records.Asked()
