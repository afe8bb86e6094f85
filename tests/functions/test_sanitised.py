"""The function that makes snapshots without what is people's, on moto's RDS and Secrets Manager; ECS is played, as
moto's starts a second task for the same `clientToken`."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID

from functions.sanitised import main

COPY, SECRET = "sanitised-production-db-kakei-1a2b3c4d", "kakei/production/db/sanitised-copy/credentials"
STORE: dict[str, Any] = {
    "kind": "instance",
    "source": "production-db-kakei-5e6f7a8b",
    "copy": COPY,
    "class": "db.t4g.small",
    "engine": "postgres",
    "scheme": "postgres",
    "name": "kakei",
    "subnet_group": "db",
    "parameter_group": "db-postgres17",
    "security_group": "sg-copy",
    "secret": SECRET,
    "keep": 2,
    "tasks": ["arn:scrub:3", "arn:users:1"],
    "security_groups": ["sg-task"],
}
CLUSTER: dict[str, Any] = {
    **STORE,
    "kind": "cluster",
    "engine": "aurora-postgresql",
    "class": "db.serverless",
    "capacity": {"MinCapacity": 0.5, "MaxCapacity": 2},
}
TICK: dict[str, Any] = {}
BEGIN = {"begin": "db"}


class KilledError(BaseException):
    """The function dies here."""


@cache
def real(service: str) -> Any:
    """moto's; made once, as making one takes longer than all that a test asks of it."""
    session: Any = boto3.session.Session("test", "test", region_name="ap-northeast-1")
    return session.client(service)


class World:
    """AWS as the function sees it: what it asks that changes something is kept, and it may die after one of these."""

    def __init__(self) -> None:
        self.real = {each: real(each) for each in ("rds", "secretsmanager")}
        self.changes: list[tuple[str, dict[str, Any]]] = []
        self.tasks: dict[str, dict[str, Any]] = {}
        self.ends: list[tuple[int | None, ...]] = []
        """How tasks end; those that none is left for end well."""
        self.dies: int | None = None
        self.now = datetime.datetime.now(datetime.UTC)

    def client(self, service: str) -> Any:
        return self if service == "ecs" else _Client(self, self.real[service])

    def changed(self, name: str, request: dict[str, Any], call: Any) -> Any:
        self.changes.append((name, request))
        answer = call(**request)
        if self.dies == len(self.changes):
            raise KilledError
        return answer

    def run_task(self, **request: Any) -> dict[str, Any]:
        return dict(self.changed("run_task", request, self._run))

    def _run(self, **request: Any) -> dict[str, Any]:
        arn = f"arn:task/{request['clientToken']}"
        self.tasks.setdefault(arn, {"taskArn": arn, "lastStatus": "RUNNING", "request": request})
        return {"tasks": [self.tasks[arn]], "failures": []}

    def stop_task(self, **request: Any) -> None:
        self.changed("stop_task", request, lambda **_: None)

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert cluster == "arn:cluster"
        return {"tasks": [self.tasks[each] for each in tasks if each in self.tasks]}

    def end_tasks(self) -> None:
        for each in self.tasks.values():
            if each["lastStatus"] == "RUNNING":
                codes = self.ends.pop(0) if self.ends else (0,)
                containers = [{"exitCode": code} for code in codes]
                each |= {"lastStatus": "STOPPED", "stoppedReason": "it ended", "containers": containers}

    def call(self, event: dict[str, Any]) -> None:
        """The function, once; that it died is what the next call goes on from."""
        self.now += datetime.timedelta(minutes=5)
        try:
            main.handler(event, None)
        except KilledError:
            self.dies = None
        self.end_tasks()

    def rounds(self, most: int = 14) -> None:
        """So many calls, or until one has nothing to do where no task runs."""
        for _ in range(most):
            before = len(self.changes)
            self.call(TICK)
            if len(self.changes) == before:
                break

    def made(self, name: str) -> list[dict[str, Any]]:
        return [request for called, request in self.changes if called == name]

    @property
    def snapshots(self) -> list[str]:
        rds = self.real["rds"]
        alone = [each["DBSnapshotIdentifier"] for each in rds.describe_db_snapshots()["DBSnapshots"]]
        of_clusters = rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
        named = [*alone, *(each["DBClusterSnapshotIdentifier"] for each in of_clusters)]
        return sorted(each for each in named if each.startswith("sanitised"))

    @property
    def servers(self) -> list[str]:
        rds = self.real["rds"]
        alone = [each["DBInstanceIdentifier"] for each in rds.describe_db_instances()["DBInstances"]]
        return sorted([*alone, *(each["DBClusterIdentifier"] for each in rds.describe_db_clusters()["DBClusters"])])


class _Client:
    def __init__(self, world: World, real: Any) -> None:
        self._world, self._real = world, real

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._real, name)
        if name.startswith(("describe", "get")) or name == "exceptions":
            return call
        return lambda **request: self._world.changed(name, request, call)


@pytest.fixture
def store(request: pytest.FixtureRequest) -> dict[str, Any]:
    return CLUSTER if getattr(request, "param", "") == "cluster" else STORE


BOTH = pytest.mark.parametrize("store", ["instance", "cluster"], indirect=True)


@pytest.fixture
def world(store: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("SUBNETS", "subnet-1,subnet-2")
    settings = {
        "system": "kakei",
        "environment": "production",
        "cluster": "arn:cluster",
        "public": False,
        "stores": {"db": store},
    }
    monkeypatch.setenv("SANITISED", json.dumps(settings))
    with mock_aws():
        world = World()
        _source(world.real["rds"], store)
        world.real["secretsmanager"].create_secret(Name=SECRET)
        monkeypatch.setattr(boto3, "client", world.client)
        monkeypatch.setattr(main, "now", lambda: world.now)
        yield world


def _source(rds: Any, store: dict[str, Any]) -> None:
    subnets = [each["SubnetId"] for each in real("ec2").describe_subnets()["Subnets"][:2]]
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=subnets)
    user = {"MasterUsername": "app", "MasterUserPassword": "production's"}
    if store["kind"] == "cluster":
        rds.create_db_cluster(DBClusterIdentifier=store["source"], Engine=store["engine"], **user)
        return
    rds.create_db_parameter_group(
        DBParameterGroupName="db-postgres17", DBParameterGroupFamily="postgres17", Description="db"
    )
    rds.create_db_instance(
        DBInstanceIdentifier=store["source"],
        DBInstanceClass="db.t4g.large",
        Engine="postgres",
        AllocatedStorage=20,
        Port=5432,
        BackupRetentionPeriod=1,
        **user,
    )


@BOTH
def test_a_copy_is_changed_by_the_task_before_anything_is_kept_of_it(world: World, store: dict[str, Any]) -> None:
    world.call(TICK)
    assert world.changes == [], "nothing begins by itself"
    world.call(BEGIN)
    world.rounds()
    if store["kind"] == "instance":
        steps = ["restore_db_instance_to_point_in_time", "modify_db_instance", "create_db_snapshot"]
        steps += ["delete_db_instance", "copy_db_snapshot"]
    else:
        steps = ["restore_db_cluster_to_point_in_time", "modify_db_cluster", "create_db_cluster_snapshot"]
        steps += ["delete_db_cluster", "copy_db_cluster_snapshot"]
    wanted = [steps[0], "put_secret_value", steps[1], "run_task", "run_task", *steps[2:]]
    assert [name for name, _ in world.changes if name in wanted] == wanted
    assert [each["taskDefinition"] for each in world.made("run_task")] == ["arn:scrub:3", "arn:users:1"]
    networks = [each["networkConfiguration"]["awsvpcConfiguration"] for each in world.made("run_task")]
    assert [each["securityGroups"] for each in networks] == [["sg-task"]] * 2
    [restored] = world.made(steps[0])
    assert restored["VpcSecurityGroupIds"] == ["sg-copy"]
    assert restored["UseLatestRestorableTime"] is True
    assert world.servers == [store["source"]]
    assert len(world.snapshots) == 2
    assert world.snapshots[0] == COPY, "the name that others take"
    assert world.snapshots[1].startswith(f"{COPY}-20")
    before = len(world.changes)
    world.rounds(2)
    assert len(world.changes) == before, "then there is nothing left to do"


def test_its_user_gets_a_password_that_its_secret_alone_holds(
    world: World, store: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    world.call(BEGIN)
    world.rounds(3)
    value = json.loads(world.real["secretsmanager"].get_secret_value(SecretId=SECRET)["SecretString"])
    [modified] = world.made("modify_db_instance" if store["kind"] == "instance" else "modify_db_cluster")
    assert modified["MasterUserPassword"] == value["password"]
    assert value["username"] == "app"
    assert value["url"] == f"postgres://app:{value['password']}@{value['host']}:{value['port']}/kakei"
    assert sorted(value) == sorted(["username", "password", "engine", "host", "port", "dbname", "url"])
    assert value["password"] not in capsys.readouterr().out
    assert value["password"] not in json.dumps(world.made("run_task"))


@pytest.mark.parametrize("store", ["cluster"], indirect=True)  # of the two the one with more calls
def test_killed_after_each_call_it_ends_the_same(
    world: World, store: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    world.call(BEGIN)
    world.rounds()
    whole = len(world.changes)
    assert whole > 10
    from moto.rds.models import rds_backends  # here: it takes a second, and each of a run's processes imports all tests

    backend = rds_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"]
    for number in range(1, whole + 1):
        for kept in (backend.database_snapshots, backend.cluster_snapshots):
            for name in [each for each in kept if COPY in each]:
                del kept[name]
        world.changes.clear()
        world.tasks.clear()
        world.dies = number
        world.call(BEGIN)
        world.rounds()
        assert world.dies is None, number
        assert world.servers == [store["source"]], number
        assert len(world.snapshots) == 2, number
        assert [each["request"]["taskDefinition"] for each in world.tasks.values()] == store["tasks"], number
    assert '"Failed"' not in capsys.readouterr().out


@pytest.mark.parametrize("ends", [[(1,)], [(0,), (0, 3)], [(None,)]], ids=["task", "users", "unstarted"])
def test_what_does_not_end_well_is_told_and_leaves_nothing(
    ends: list[tuple[int | None, ...]], world: World, store: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    world.ends = list(ends)
    world.call(BEGIN)
    world.rounds()
    assert (world.servers, world.snapshots) == ([store["source"]], [])
    [failed] = [line for text in capsys.readouterr().out.splitlines() if (line := json.loads(text)).get("Failed")]
    [metric] = failed["_aws"]["CloudWatchMetrics"]
    assert {name: failed[name] for name in metric["Dimensions"][0]} == {
        "System": "kakei",
        "Environment": "production",
        "Store": "db",
    }
    assert "did not end well" in failed["why"]


def test_what_takes_too_long_is_stopped_and_deleted(
    world: World, store: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.call(BEGIN)
    monkeypatch.setattr(world, "end_tasks", lambda: None)
    world.rounds(4)
    assert world.made("stop_task") == []
    monkeypatch.setattr(main, "LONGEST", datetime.timedelta(0))
    main.handler(TICK, None)
    assert len(world.made("stop_task")) == 1
    assert (world.servers, world.snapshots) == ([store["source"]], [])
    assert "it took longer than 0 hours" in capsys.readouterr().out


def test_a_copy_goes_though_its_task_can_not_be_stopped(
    world: World, store: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.call(BEGIN)
    monkeypatch.setattr(world, "end_tasks", lambda: None)
    world.rounds(4)
    monkeypatch.setattr(main, "LONGEST", datetime.timedelta(0))

    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "StopTask")

    monkeypatch.setattr(world, "stop_task", denied)
    with pytest.raises(ClientError):
        main.handler(TICK, None)
    assert (world.servers, world.snapshots) == ([store["source"]], [])


def test_what_somebody_copied_is_neither_handed_out_nor_deleted(world: World, store: dict[str, Any]) -> None:
    world.call(BEGIN)
    world.rounds(18)
    [_, made] = world.snapshots
    theirs = [f"{made}-shared", f"{COPY}-raw"]
    for name in theirs:
        world.real["rds"].copy_db_snapshot(SourceDBSnapshotIdentifier=made, TargetDBSnapshotIdentifier=name)
    world.now += datetime.timedelta(days=7)
    for _ in range(2):
        world.call(BEGIN)
        world.rounds(18)
        world.now += datetime.timedelta(days=7)
    assert {*theirs} < {*world.snapshots}
    assert made not in world.snapshots
    [*_, copied] = world.made("copy_db_snapshot")
    assert copied["SourceDBSnapshotIdentifier"] not in theirs


def test_a_task_that_nobody_knows_any_more_has_failed(world: World, store: dict[str, Any]) -> None:
    world.call(BEGIN)
    world.rounds(2)
    assert world.tasks, "it runs"
    world.tasks.clear()
    world.rounds(1)
    assert (world.servers, world.snapshots) == ([store["source"]], [])


def test_no_more_are_kept_than_is_said_and_the_newest_is_handed_out(world: World, store: dict[str, Any]) -> None:
    names = []
    for _ in range(3):
        world.call(BEGIN)
        world.rounds(18)
        names.append(world.snapshots[-1])
        world.now += datetime.timedelta(days=7)
    assert world.snapshots == [COPY, *names[1:]]
    copied = [*world.made("copy_db_snapshot"), *world.made("copy_db_cluster_snapshot")][-1]
    assert names[-1] in copied.values()


def test_a_second_beginning_leaves_the_first_one_alone(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.call(BEGIN)
    world.call(BEGIN)
    restored = [name for name, _ in world.changes if name.startswith("restore")]
    assert len(restored) == 1
    assert "this one is left out" in capsys.readouterr().out


@BOTH
def test_a_server_of_that_name_that_it_did_not_make_is_left_alone(world: World, store: dict[str, Any]) -> None:
    of = {"Engine": store["engine"], "MasterUsername": "app", "MasterUserPassword": "somebody's"}
    if store["kind"] == "instance":
        world.real["rds"].create_db_instance(DBInstanceIdentifier=COPY, DBInstanceClass="db.t4g.micro", **of)
    else:
        world.real["rds"].create_db_cluster(DBClusterIdentifier=COPY, **of)
    with pytest.raises(RuntimeError, match="is none that this made"):
        main.handler(TICK, None)
    assert world.changes == []


def test_a_step_that_aws_refuses_fails_the_function(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = json.loads(os.environ["SANITISED"])
    settings["stores"]["db"]["source"] = "gone"
    monkeypatch.setenv("SANITISED", json.dumps(settings))
    with pytest.raises(ClientError):
        main.handler(BEGIN, None)


def test_it_tells_how_old_the_newest_is(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.call(TICK)
    [line] = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert line["Hours"] == pytest.approx(0, abs=0.1)
