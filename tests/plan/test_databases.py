"""What a plan does to databases: another major version, restarts, what can't be restored, new passwords."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.plan import impossible, summary
from tests.plan.test_cautions import Json, change, said, words

RUNS = {"engine": "postgres", "engine_version": "16", "instance_class": "db.t4g.micro", "apply_immediately": True}
RUNS |= {"allocated_storage": 20, "multi_az": True, "backup_retention_period": 7, "password_wo_version": 1}
MORE = {"engine_version": "17", "allow_major_version_upgrade": True, "parameter_group_name": "new"}


def server(**after: Any) -> Json:
    return change("aws_db_instance.main_instance", "update", RUNS, {**RUNS, **after})


def snapshot(of: str) -> Json:
    after = {"db_snapshot_identifier": "s", "tags": {"UpgradeFrom": of}}
    return change("aws_db_snapshot.main_before_upgrade[0]", "create", None, after)


def group(**after: str) -> Json:
    def values(family: str, **parameters: str) -> Json:
        listed = [{"name": name, "value": value} for name, value in parameters.items()]
        return {"family": family, "parameter": listed}

    return change(
        "aws_db_parameter_group.main_parameters",
        "create+delete",
        values("postgres16", work_mem="1"),
        values("postgres17", **{"work_mem": "1", **after}),
    )


def refused(*changes: Json) -> tuple[str, ...]:
    return impossible({"resource_changes": list(changes)})


def test_another_major_version_needs_its_word() -> None:
    [sentence] = refused(server(engine_version="17"))
    assert sentence == (
        "main runs 16, and this plan makes another major version of it, 17: that can't be taken back. "
        'Put version back, or say upgrade_from: "16" beside it.'
    )
    assert refused(server(**MORE), snapshot("16"), group()) == ()
    assert refused(server(engine_version="16.4"), group()) == (), "a minor one needs none"


def test_the_word_names_the_version_that_runs() -> None:
    [sentence] = refused(server(**MORE), snapshot("15"))
    assert sentence == 'main runs 16, not 15, as upgrade_from says. If it is meant: upgrade_from: "16".'
    assert refused(server(**MORE), snapshot("16.3")) == ()


@pytest.mark.parametrize(
    ("more", "beside", "what"),
    [
        ({"instance_class": "db.t4g.small"}, group(), "instance_class"),
        ({"allocated_storage": 30, "multi_az": False}, group(), "allocated_storage, multi_az"),
        ({}, group(jit="0"), "parameters"),
    ],
)
def test_another_major_version_goes_alone(more: Json, beside: Json, what: str) -> None:
    [sentence] = refused(server(**MORE, **more), snapshot("16"), beside)
    assert sentence.startswith(f"main gets another major version, 17, and more at once ({what}): if it fails, ")


def test_a_snapshot_for_an_upgrade_that_is_over_is_named() -> None:
    [over] = words(server(), snapshot("16"))
    assert over == (
        "a snapshot of main is taken though its version stays: upgrade_from is for the one apply that raises it; take "
        "it out"
    )
    other = change("aws_db_snapshot.main_kept", "create", None, {"tags": {}})
    assert words(server(), other) == []


def test_of_another_major_version_everybody_is_told() -> None:
    [caution] = said(server(**MORE), snapshot("16"), group())
    assert caution.grave
    assert caution.headline == "a database gets another major version"
    assert caution.words == (
        "main goes from postgres 16 to 17: that can't be taken back, a snapshot is taken first, and it answers nothing "
        "for some minutes. Try it with a copy before"
    )
    [without] = words(server(**MORE))
    assert "no snapshot but RDS's own is taken first" in without


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (
            {"instance_class": "db.t4g.small"},
            "main restarts with another class (db.t4g.micro → db.t4g.small), at once: it answers nothing for some "
            "minutes, with multi_zone for about one",
        ),
        ({"allocated_storage": 30}, "the storage of main grows from 20 to 30 GiB, and can't be reduced again"),
        ({"multi_az": False}, "main has no instance in a second zone any more: it is gone while its zone is"),
        (
            {"backup_retention_period": 1},
            "main can be restored to the last 1 day alone, not 7: older backups go at once",
        ),
        (
            {"password_wo_version": 2},
            "main gets a new password at once: tasks that run have the old one, and connect no more until they are "
            "replaced",
        ),
        ({"tags": {"Name": "x"}}, None),
    ],
)
def test_what_changes_in_place_says_what_comes_with_it(after: Json, sentence: str | None) -> None:
    assert words(server(**after)) == ([sentence] if sentence else [])


def test_what_waits_for_the_weekly_window_says_so() -> None:
    [sentence] = words(server(instance_class="db.t4g.small", apply_immediately=False))
    assert "in its weekly window, and plans show it until then" in sentence


def test_instances_of_a_cluster_restart_too_and_it_has_a_version_of_its_own() -> None:
    runs = {"instance_class": "db.t4g.medium", "apply_immediately": True}
    member = change(
        "aws_rds_cluster_instance.main_instance_2", "update", runs, {**runs, "instance_class": "db.r7g.large"}
    )
    [sentence] = words(member)
    assert sentence.startswith("main restarts with another class (db.t4g.medium → db.r7g.large), at once: ")
    cluster = {"engine": "aurora-mysql", "engine_version": "8.0"}
    [sentence] = refused(
        change("aws_rds_cluster.main_cluster", "update", cluster, {**cluster, "engine_version": "8.4"})
    )
    assert sentence.startswith("main runs 8.0, and this plan makes another major version of it, 8.4")


def test_static_parameters_wait_for_a_restart() -> None:
    def values(memory: str) -> Json:
        return {"family": "postgres16", "parameter": [{"name": "shared_buffers", "value": memory}]}

    of = change("aws_db_parameter_group.main_parameters", "update", values("1"), values("2"))
    assert words(of) == ["main takes on shared_buffers when it restarts, not before"]


def noted(**users: str) -> Json:
    return {"input": {"task": "main", "databases": users, "definitions": {}}}


def test_what_is_declared_no_more_stays_in_the_server() -> None:
    here = server()
    gone = change("terraform_data.main_databases_done", "update", noted(a="a", b="reader"), noted(a="a"))
    assert words(here, gone) == [
        "database b and its user reader stay in main with all that is in them: nothing is dropped. Their secret goes "
        "at once; declared again, the user gets a new password. To drop them, by hand in the server: "
        "DROP DATABASE b; DROP USER reader;"
    ]
    all_gone = change("terraform_data.main_databases_done", "delete", noted(a="a"))
    assert [each.startswith("database a and its user a stay in main") for each in words(here, all_gone)] == [True]
    no_more = change("aws_db_instance.main_instance", "delete", RUNS)
    assert not any("stay in main" in each for each in words(no_more, all_gone)), "the server goes, too"


def test_another_user_or_password_of_a_further_database_is_said() -> None:
    other = change("terraform_data.main_databases_done", "update", noted(a="a"), noted(a="reader"))
    [sentence] = words(server(), other)
    assert sentence.startswith("database a in main gets another user, reader: what a made in it stays a's")
    same = change("terraform_data.main_databases_done", "update", noted(a="a"), noted(a="a"))
    version = "aws_secretsmanager_secret_version.main_a_credentials_value"
    again = change(version, "delete+create", {"secret_string_wo_version": 1}, {"secret_string_wo_version": 2})
    assert words(server(), same, again) == [
        "user a of main gets a new password: tasks that run have the old one, and connect no more until they are "
        "replaced"
    ]
    assert words(server(), same, change(version, "create", None, {"secret_string_wo_version": 1})) == []


def test_of_one_that_is_made_it_is_said_whose_data_it_begins_with() -> None:
    copied = change(
        "aws_db_instance.main_instance",
        "create",
        None,
        {"restore_to_point_in_time": [{"source_db_instance_identifier": "test-main-kakei-1"}]},
    )
    cloned = change(
        "aws_rds_cluster.main_cluster",
        "create",
        None,
        {"restore_to_point_in_time": [{"source_cluster_identifier": "test-main-kakei-2"}]},
    )
    filled = change("aws_db_instance.small_instance", "create", None, {"snapshot_identifier": "before"})
    begins = [each for each in words(copied, cloned, filled) if " begins as " in each]
    assert [each.partition(",")[0].partition(":")[0] for each in begins] == [
        "main begins as a copy of test-main-kakei-1",
        "main begins as a copy of test-main-kakei-2",
        "small begins as the snapshot before",
    ]
    everything = summary({"format_version": "1.2", "resource_changes": [copied]})
    assert [each.headline for each in everything.cautions] == ["a database begins as a copy of another"]


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("aws_db_instance.main_{}_instance", {"source_db_instance_identifier": "old", "restore_time": "T"}),
        ("aws_rds_cluster.main_{}_cluster", {"source_cluster_identifier": "old", "restore_to_time": "T"}),
    ],
)
def test_of_one_that_is_restored_a_headline_says_to_when(address: str, block: Json) -> None:
    made = change(address.format("restored_20261120_030000"), "create", None, {"restore_to_point_in_time": [block]})
    [caution] = said(made)
    assert caution.headline == "main is restored to T"
    assert "old serves until then and stays" in caution.words
