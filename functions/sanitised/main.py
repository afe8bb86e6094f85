"""Makes snapshots of databases without what is people's: restores a copy that only one task reaches, has the task
change it, drops its users, snapshots it and deletes it.

Called by a store's schedule to begin (`{"begin": "db"}`), and each five minutes to go on. Each call looks at what
stands, by the names that are the copies' alone, and does the next step: what died on its way is gone on with. Its log
says what it did and holds no data; two of its lines' values are metrics (CloudWatch user guide, "Embedded metric
format"): `Failed`, and `Hours` since the newest snapshot.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import secrets
import string
from collections.abc import Mapping
from typing import Any, NamedTuple

import boto3

BEGUN, STEP, TASK, OF = "SanitisedBegun", "SanitisedStep", "SanitisedTask", "SanitisedFrom"
"""Tags: of a copy when it was begun, what was done last and the task that runs; of a snapshot under the name that
others take, of which one it is a copy."""
SIGNS_IN, SNAPSHOT = "signs-in", "snapshot"
"""Steps: the password is ours; all tasks have ended well. Between them stand those that run tasks, by number."""
LONGEST = datetime.timedelta(hours=24)
"""A run that takes longer has failed."""
_BROKEN = ("failed", "inaccessible-encryption-credentials", "incompatible-", "restore-error", "storage-full")
"""How a status begins that nothing leads out of (RDS user guide, "Viewing DB instance status")."""
_SIGNS = string.ascii_letters + string.digits


class Snapshot(NamedTuple):
    """One that stands."""

    name: str
    status: str
    made: datetime.datetime | None
    tags: Mapping[str, str]


class Copy(NamedTuple):
    """The copy as it stands."""

    arn: str
    status: str
    tags: Mapping[str, str]
    values: Mapping[str, Any]
    """All that RDS says of it."""


def handler(event: Mapping[str, Any], _context: object) -> None:
    """A step of each store; one that fails stops no other, and fails the call in the end."""
    settings, at = json.loads(os.environ["SANITISED"]), now()
    failed: list[Exception] = []
    for name, store in settings["stores"].items():
        run = Run(settings, name, store, at)
        try:
            run.step(begin=event.get("begin") == name)
            run.tell(Hours=run.hours())
        except Exception as error:
            failed.append(error)
            run.say(error=f"{type(error).__name__}: {error}")
    if failed:
        raise failed[0]


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Run:
    """What is done of one store."""

    def __init__(self, settings: Mapping[str, Any], name: str, store: Mapping[str, Any], at: datetime.datetime) -> None:
        self._settings, self._name, self._store, self._now = settings, name, store, at
        self._ecs, self._secrets = boto3.client("ecs"), boto3.client("secretsmanager")
        self._server = (Cluster if store["kind"] == "cluster" else Instance)(store)

    def step(self, *, begin: bool) -> None:
        """The next one, where anything is to be done."""
        copy = self._server.find()
        if copy is None:
            if begin:
                self._server.restore({"Name": self._store["copy"], BEGUN: self._now.isoformat(timespec="seconds")})
                self.say(step="restored from the source's newest backup")
            else:
                self._hand_out()
            return
        if begin:
            self.say(left="the run before stands still; this one is left out")
        if copy.status == "deleting":
            return
        if BEGUN not in copy.tags:
            raise RuntimeError(f"{self._store['copy']} is none that this made: it has no tag {BEGUN}")
        if (why := self._wrong(copy)) is not None:
            self._give_up(copy, why)
        elif copy.status == "available":
            self._go_on(copy)

    def _wrong(self, copy: Copy) -> str | None:
        if self._now - datetime.datetime.fromisoformat(copy.tags[BEGUN]) > LONGEST:
            return f"it took longer than {LONGEST.total_seconds() / 3600:g} hours"
        return f"the copy's status is {copy.status}" if copy.status.startswith(_BROKEN) else None

    def _go_on(self, copy: Copy) -> None:
        step = copy.tags.get(STEP)
        if step is None:
            if self._server.ready():
                self._server.set_password(self._password(copy))
                self._server.tag(copy.arn, {STEP: SIGNS_IN})
                self.say(step="its user has another password")
        elif step == SIGNS_IN:
            if not copy.values.get("PendingModifiedValues"):
                self._start(copy, 0)
        elif step == SNAPSHOT:
            self._snapshot(copy)
        else:
            self._look(copy, int(step))

    def _password(self, copy: Copy) -> str:
        """One a run, made once: a call that comes twice, or again after it died, finds it (Secrets Manager API
        reference, PutSecretValue, "ClientRequestToken")."""
        secret, token = self._store["secret"], _digest(copy)
        if token in self._secrets.describe_secret(SecretId=secret).get("VersionIdsToStages", {}):
            kept = self._secrets.get_secret_value(SecretId=secret, VersionId=token)
            return str(json.loads(kept["SecretString"])["password"])
        password = "".join(secrets.choice(_SIGNS) for _ in range(32))
        user, host, port, name = *self._server.place(copy), self._store["name"]
        value = {
            "username": user,
            "password": password,
            "engine": self._store["engine"],
            "host": host,
            "port": port,
            "dbname": name,
            "url": f"{self._store['scheme']}://{user}:{password}@{host}:{port}/{name}",
        }
        self._secrets.put_secret_value(SecretId=secret, ClientRequestToken=token, SecretString=json.dumps(value))
        return password

    def _start(self, copy: Copy, number: int) -> None:
        """Run a task; the same one where it was started already (ECS API reference, RunTask, "clientToken")."""
        answer = self._ecs.run_task(
            cluster=self._settings["cluster"],
            taskDefinition=self._store["tasks"][number],
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": os.environ["SUBNETS"].split(","),
                    "securityGroups": self._store["security_groups"],
                    "assignPublicIp": "ENABLED" if self._settings["public"] else "DISABLED",
                }
            },
            propagateTags="TASK_DEFINITION",
            startedBy="tanada-sanitised",
            clientToken=f"{_digest(copy)[:60]}-{number}",
        )
        if answer["failures"]:
            raise RuntimeError(f"{self._store['tasks'][number]} can't be run: {answer['failures']}")
        task = answer["tasks"][0]["taskArn"]
        self._server.tag(copy.arn, {STEP: str(number), TASK: task})
        self.say(step="a task changes it", task=task)

    def _look(self, copy: Copy, number: int) -> None:
        """Whether the task that runs has ended, and how. ECS knows a stopped one for an hour."""
        task = copy.tags[TASK]
        found = self._ecs.describe_tasks(cluster=self._settings["cluster"], tasks=[task])["tasks"]
        if found and found[0]["lastStatus"] != "STOPPED":
            return
        codes = [each.get("exitCode") for each in found[0].get("containers", ())] if found else []
        if not codes or any(code != 0 for code in codes):
            why = found[0].get("stoppedReason") if found else "ECS knows it no more, so nobody knows how it ended"
            said = f": exit code {', '.join(map(str, codes))}" if codes else ""
            self._give_up(copy, f"{task} did not end well{said}: {why}")
        elif number + 1 < len(self._store["tasks"]):
            self._start(copy, number + 1)
        else:
            self._server.tag(copy.arn, {STEP: SNAPSHOT})
            self._snapshot(copy)

    def _snapshot(self, copy: Copy) -> None:
        begun = datetime.datetime.fromisoformat(copy.tags[BEGUN])
        name = f"{self._store['copy']}-{begun:%Y%m%d-%H%M%S}"
        one = next((each for each in self._server.snapshots() if each.name == name), None)
        if one is None:
            self._server.snapshot(name, {"Name": name, **self._of()})
            self.say(step="a snapshot is made of it", snapshot=name)
        elif one.status == "available":
            self._server.delete()
            self.say(step="it is deleted", snapshot=name)
        elif one.status.startswith(_BROKEN):
            self._give_up(copy, f"the status of the snapshot {name} is {one.status}")

    def _hand_out(self) -> None:
        """While no copy stands: the newest snapshot under the name that others take, and no more of them than are
        kept."""
        name = self._store["copy"]
        all_of_it = sorted(self._server.snapshots())
        dated = [each for each in all_of_it if self._is_own(each.name) and each.status == "available"]
        handed = next((each for each in all_of_it if each.name == name), None)
        if not dated:
            return
        if handed is None:
            self._server.copy_snapshot(dated[-1].name, name, {"Name": name, OF: dated[-1].name, **self._of()})
            self.say(step="it is handed out", snapshot=dated[-1].name)
        elif handed.status == "available" and handed.tags.get(OF) != dated[-1].name:
            self._server.delete_snapshot(name)
        elif handed.status == "available":
            for each in dated[: -self._store["keep"]]:
                self._server.delete_snapshot(each.name)
                self.say(step="an old one is deleted", snapshot=each.name)
        elif handed.status.startswith(_BROKEN):
            self._server.delete_snapshot(name)
            raise RuntimeError(f"the status of the snapshot {name} is {handed.status}: it is made anew")

    def _is_own(self, snapshot: str) -> bool:
        """Whether it was made here: what somebody copied, or made by hand, is called otherwise."""
        return re.fullmatch(re.escape(self._store["copy"]) + r"-\d{8}-\d{6}", snapshot) is not None

    def _of(self) -> dict[str, str]:
        return {"System": self._settings["system"], "Environment": self._settings["environment"]}

    def _give_up(self, copy: Copy, why: str) -> None:
        """Say why, and delete the copy: whatever is in it stays nowhere."""
        self.tell(Failed=1, why=why)
        if (task := copy.tags.get(TASK)) is not None and copy.tags.get(STEP, "").isdigit():
            try:
                self._stop(task)
            finally:  # what can't be stopped loses its database
                self._server.delete()
        else:
            self._server.delete()

    def _stop(self, task: str) -> None:
        cluster = self._settings["cluster"]
        found = self._ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"]
        if found and found[0]["lastStatus"] != "STOPPED":
            self._ecs.stop_task(cluster=cluster, task=task, reason="tanada: the copy is deleted")

    def hours(self) -> float:
        """Since the newest snapshot that is there; where there is none, since this was declared."""
        made = [each.made for each in self._server.snapshots() if each.made is not None and self._is_own(each.name)]
        since = max(made) if made else self._secrets.describe_secret(SecretId=self._store["secret"])["CreatedDate"]
        return round((self._now - since).total_seconds() / 3600, 1)

    def say(self, **what: object) -> None:
        print(json.dumps({"store": self._name, **what}))  # noqa: T201

    def tell(self, **what: Any) -> None:
        """A line of the log whose first value is a metric."""
        metric = next(iter(what))
        self.say(
            _aws={
                "Timestamp": int(self._now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": "Tanada/Sanitised",
                        "Dimensions": [["System", "Environment", "Store"]],
                        "Metrics": [{"Name": metric}],
                    }
                ],
            },
            **self._of(),
            Store=self._name,
            **what,
        )


class Instance:
    """A copy that is one DB instance."""

    def __init__(self, store: Mapping[str, Any]) -> None:
        self._store, self._name = store, store["copy"]
        self._rds = boto3.client("rds")

    def find(self) -> Copy | None:
        """As it stands; None where there is none."""
        try:
            found = self._rds.describe_db_instances(DBInstanceIdentifier=self._name)["DBInstances"][0]
        except self._rds.exceptions.DBInstanceNotFoundFault:
            return None
        return Copy(found["DBInstanceArn"], found["DBInstanceStatus"], _read(found.get("TagList")), found)

    def restore(self, tags: Mapping[str, str]) -> None:
        """From the source's newest backup, into a group that lets in the task alone."""
        self._rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=self._store["source"],
            TargetDBInstanceIdentifier=self._name,
            UseLatestRestorableTime=True,
            DBInstanceClass=self._store["class"],
            MultiAZ=False,
            PubliclyAccessible=False,
            DeletionProtection=False,
            # Else its steps would be written on its snapshots.
            CopyTagsToSnapshot=False,
            EnableIAMDatabaseAuthentication=False,
            DBSubnetGroupName=self._store["subnet_group"],
            DBParameterGroupName=self._store["parameter_group"],
            VpcSecurityGroupIds=[self._store["security_group"]],
            Tags=_written(tags),
        )

    def ready(self) -> bool:
        """Whether it answers."""
        return True

    def place(self, copy: Copy) -> tuple[str, str, int]:
        """Its user, its host and its port."""
        at = copy.values["Endpoint"]
        return copy.values["MasterUsername"], at["Address"], at["Port"]

    def set_password(self, password: str) -> None:
        self._rds.modify_db_instance(
            DBInstanceIdentifier=self._name, MasterUserPassword=password, ApplyImmediately=True
        )

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        self._rds.add_tags_to_resource(ResourceName=arn, Tags=_written(tags))

    def snapshots(self) -> list[Snapshot]:
        """All that were made of it, and copies of these."""
        pages = self._rds.get_paginator("describe_db_snapshots").paginate(
            DBInstanceIdentifier=self._name, SnapshotType="manual"
        )
        return [_snapshot(each, "DBSnapshotIdentifier") for page in pages for each in page["DBSnapshots"]]

    def snapshot(self, name: str, tags: Mapping[str, str]) -> None:
        self._rds.create_db_snapshot(DBInstanceIdentifier=self._name, DBSnapshotIdentifier=name, Tags=_written(tags))

    def copy_snapshot(self, name: str, to: str, tags: Mapping[str, str]) -> None:
        self._rds.copy_db_snapshot(SourceDBSnapshotIdentifier=name, TargetDBSnapshotIdentifier=to, Tags=_written(tags))

    def delete_snapshot(self, name: str) -> None:
        self._rds.delete_db_snapshot(DBSnapshotIdentifier=name)

    def delete(self) -> None:
        self._rds.delete_db_instance(DBInstanceIdentifier=self._name, SkipFinalSnapshot=True)


class Cluster(Instance):
    """A copy that is an Aurora cluster with one instance."""

    def __init__(self, store: Mapping[str, Any]) -> None:
        super().__init__(store)
        self._member = f"{self._name}-1"

    def find(self) -> Copy | None:
        try:
            found = self._rds.describe_db_clusters(DBClusterIdentifier=self._name)["DBClusters"][0]
        except self._rds.exceptions.DBClusterNotFoundFault:
            return None
        return Copy(found["DBClusterArn"], found["Status"], _read(found.get("TagList")), found)

    def restore(self, tags: Mapping[str, str]) -> None:
        """Sharing the source's storage: what either changes is its own (Aurora user guide, "Cloning a volume")."""
        capacity = self._store.get("capacity")
        self._rds.restore_db_cluster_to_point_in_time(
            SourceDBClusterIdentifier=self._store["source"],
            DBClusterIdentifier=self._name,
            RestoreType="copy-on-write",
            UseLatestRestorableTime=True,
            DeletionProtection=False,
            CopyTagsToSnapshot=False,
            EnableIAMDatabaseAuthentication=False,
            DBSubnetGroupName=self._store["subnet_group"],
            DBClusterParameterGroupName=self._store["parameter_group"],
            VpcSecurityGroupIds=[self._store["security_group"]],
            Tags=_written(tags),
            **({"ServerlessV2ScalingConfiguration": capacity} if capacity else {}),
        )

    def ready(self) -> bool:
        """It answers nothing before its instance is there, which is made here."""
        if (member := self._found()) is None:
            self._rds.create_db_instance(
                DBInstanceIdentifier=self._member,
                DBClusterIdentifier=self._name,
                DBInstanceClass=self._store["class"],
                Engine=self._store["engine"],
                PubliclyAccessible=False,
                Tags=_written({"Name": self._member}),
            )
            return False
        return bool(member["DBInstanceStatus"] == "available")

    def _found(self) -> Mapping[str, Any] | None:
        try:
            found = self._rds.describe_db_instances(DBInstanceIdentifier=self._member)["DBInstances"]
        except self._rds.exceptions.DBInstanceNotFoundFault:
            return None
        return dict(found[0])

    def place(self, copy: Copy) -> tuple[str, str, int]:
        return copy.values["MasterUsername"], copy.values["Endpoint"], copy.values["Port"]

    def set_password(self, password: str) -> None:
        self._rds.modify_db_cluster(DBClusterIdentifier=self._name, MasterUserPassword=password, ApplyImmediately=True)

    def snapshots(self) -> list[Snapshot]:
        pages = self._rds.get_paginator("describe_db_cluster_snapshots").paginate(
            DBClusterIdentifier=self._name, SnapshotType="manual"
        )
        found = (each for page in pages for each in page["DBClusterSnapshots"])
        return [_snapshot(each, "DBClusterSnapshotIdentifier") for each in found]

    def snapshot(self, name: str, tags: Mapping[str, str]) -> None:
        self._rds.create_db_cluster_snapshot(
            DBClusterIdentifier=self._name, DBClusterSnapshotIdentifier=name, Tags=_written(tags)
        )

    def copy_snapshot(self, name: str, to: str, tags: Mapping[str, str]) -> None:
        self._rds.copy_db_cluster_snapshot(
            SourceDBClusterSnapshotIdentifier=name, TargetDBClusterSnapshotIdentifier=to, Tags=_written(tags)
        )

    def delete_snapshot(self, name: str) -> None:
        self._rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)

    def delete(self) -> None:
        """RDS deletes no cluster before its instances are being deleted."""
        if (member := self._found()) is not None and member["DBInstanceStatus"] != "deleting":
            self._rds.delete_db_instance(DBInstanceIdentifier=self._member)
        self._rds.delete_db_cluster(DBClusterIdentifier=self._name, SkipFinalSnapshot=True)


def _digest(copy: Copy) -> str:
    """Of one run of one copy."""
    return hashlib.sha256(f"{copy.arn} {copy.tags[BEGUN]}".encode()).hexdigest()


def _read(tags: Any) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in tags or ()}


def _written(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _snapshot(found: Mapping[str, Any], name: str) -> Snapshot:
    made = found.get("SnapshotCreateTime")  # missing while it is being made
    return Snapshot(found[name], found["Status"], made, _read(found.get("TagList")))
