"""What every SQL database consists of beside its servers: where it stands, its door, its logs, its secret."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from cdktf import ITerraformDependable, TerraformResource
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from constructs import Construct

from modules.alarms import Alarm
from modules.credentials import Credentials
from modules.here import Here, local_of, store_version
from modules.iam import Statement
from modules.password import password
from modules.reachable import Door, Reachable
from modules.security_group import security_group
from modules.sql_databases import Databases, Serving
from tanada.declared.copies import Data
from tanada.declared.engines import Engine, SqlLogs
from tanada.declared.restored import Server
from tanada.declared.sanitised import BEGIN
from tanada.names import Names
from tanada.regions import partition

IDENTIFIER = 63
"""Characters of a DB instance's or cluster's identifier, and of a cluster's snapshots (RDS API reference,
CreateDBInstance, CreateDBCluster, CreateDBClusterSnapshot)."""
NUMBERED = IDENTIFIER - len("-16")
"""Of a cluster, whose instances have its own and a number."""
FINAL = IDENTIFIER - len("-00000000-0000-0000-0000-000000000000")
"""Of a snapshot's name before the id that no other has."""
STAMP = "-20261127-030000"
"""Of a snapshot's name, when it was begun."""
CA = "rds-ca-rsa2048-g1"
"""AWS's default, written out: of a server that is there it changes with a restart; it ends in 2061 (RDS user guide,
"Using SSL/TLS to encrypt a connection")."""
KEYS = {"url": "url", "user": "username", "password": "password"}
"""Word → key of the secret's JSON."""
ONCE = ("restore_to_point_in_time", "snapshot_identifier")
"""What says where a database's data come from: read when it is made, and a change of it would make it anew, without all
that came since (`replaces` of the entries; terraform-aws-modules/terraform-aws-rds-aurora#545, #392): it is ignored."""


@dataclass(frozen=True)
class Place:
    """Where one of a store's servers stands: the first in the store itself, a restored one below its own name."""

    scope: Construct
    server: Server
    identifier: str
    log_groups: Sequence[ITerraformDependable]
    final: str | None
    """The name of the snapshot that is left when it is destroyed."""


class Sql(Construct):
    """The parts that a database has whatever serves it; `id` begins its resources' addresses no more than its own."""

    def __init__(self, scope: Construct, here: Here, part: str, engine: Engine, logs: SqlLogs, *, kind: str) -> None:
        """`kind` is `instance` or `cluster`, as AWS calls whose logs they are."""
        super().__init__(scope, "(sql)")
        self._here, self._part, self._engine = here, part, engine
        self._called = here.called(part)
        self._kind, self._logs = kind, logs
        self._limit = NUMBERED if kind == "cluster" else IDENTIFIER
        self._name = here.names.identifier(self._called, self._limit)
        self.group_id = security_group(
            self,
            "group",
            names=here.names,
            part=self._called,
            description=f"Database {self._called}",
            vpc_id=here.shared.vpc_id,
        )
        self.subnet_group = DbSubnetGroup(
            self,
            "subnets",
            name=self._name,
            description=f"Private subnets of {self._called}",
            subnet_ids=here.shared.private_subnet_ids,
            tags={"Name": self._name},
        )
        self.exported = sorted(engine.logs if logs.export is None else logs.export)

    def place(self, store: Construct, server: Server, *replacing: str) -> Place:
        """Where a server stands, with what is made for it alone; `replacing` is what makes it anew."""
        scope, parts = store, cast("Construct", self)
        if server.stamp is not None:
            scope, parts = (Construct(each, f"restored_{server.stamp.replace('-', '_')}") for each in (store, self))
        identifier = self._here.names.identifier(server.called(self._called), self._limit)
        # Made before RDS makes them, which then keeps lines for ever.
        groups = [
            CloudwatchLogGroup(
                parts,
                f"log_{each.replace('-', '_')}",
                name=(name := f"/aws/rds/{self._kind}/{identifier}/{each}"),
                retention_in_days=self._logs.days,
                tags={"Name": name},
            )
            for each in self.exported
        ]
        return Place(scope, server, identifier, groups, self._final_snapshot(parts, identifier, *replacing))

    @property
    def copied_as(self) -> str:
        """What a copy is called whose users are taken away, and the snapshot of it that others take."""
        return f"{BEGIN}{self._here.names.identifier(self._called, NUMBERED - len(BEGIN) - len(STAMP))}"

    @property
    def subnets(self) -> str:
        """The name of its subnet group."""
        return self._name

    def restored_from(self, server: Server) -> str | None:
        """What the server is called in AWS from whose backups one is restored."""
        if server.at is None:
            return None
        called = self._called if server.source is None else f"{self._called}-{server.source}"
        return self._here.names.identifier(called, self._limit)

    @property
    def version(self) -> str:
        """The number that its password carries."""
        return store_version(self._called)

    def before(self, version: str) -> str:
        """What the snapshot before a new major version is called."""
        major = self._engine.major(version).replace(".", "-")
        return self._here.names.identifier(f"{self._called}-before-{major}", IDENTIFIER)

    @property
    def there_already(self) -> str:
        """The count of what is made of a database that an earlier apply made: the runner gives the numbers of these."""
        return f'${{lookup(var.store_versions, "{self._called}", 0) == 0 ? 0 : 1}}'

    def source(self, data: Data) -> str | None:
        """What the database of another environment is called in AWS that this one begins as a copy of."""
        if data.clone is None:
            return None
        theirs = Names(system=self._here.names.system, environment=data.clone, label=data.clone)
        return theirs.identifier(self._here.sources[self._part], self._limit)

    @property
    def password(self) -> str:
        """The expression of its password, for write-only arguments alone."""
        return password(self, f"{self._part}_password")

    def parameter_group_name(self, version: str) -> str:
        """Of the version's family: the group of the next major version stands beside this one."""
        family = self._engine.family(version)
        return self._here.names.identifier(f"{self._called}-{family.replace('.', '-')}", IDENTIFIER, family)

    def parameters(self, parameters: Mapping[str, str]) -> list[dict[str, str]]:
        """Each with when it is taken on: what needs a restart waits for one, an immediate change of it is refused."""
        return [
            {
                "name": name,
                "value": value,
                "apply_method": "pending-reboot" if name in self._engine.static else "immediate",
            }
            for name, value in sorted(parameters.items())
        ]

    def _final_snapshot(self, parts: Construct, identifier: str, *replacing: str) -> str | None:
        """The name of the snapshot that is left when a server is destroyed; None in review, where none is.

        No two that ever were have the same: it ends in the id of a note that is made with the database, and anew with
        it; between that it stays, so no plan shows it.
        """
        here = self._here
        if not here.instance.permanent:
            return None
        made = TerraformResource(parts, "made", terraform_resource_type="terraform_data")
        made.add_override("triggers_replace", [identifier, *replacing])
        return f"{here.names.identifier(self._called, FINAL)}-{made.get_string_attribute('id')}"

    def reachable(
        self,
        host: str,
        user: str,
        database: str,
        access: Sequence[Statement],
        ready: Sequence[ITerraformDependable] = (),
        further: Mapping[str, str] = MappingProxyType({}),
    ) -> Reachable:
        """Its door, its words and its secrets: made once the host is known, each with a password of its own. The user
        is the one that it has: a copy has that of what it was made from.

        `further` are the users of the databases beside the first one, which are made before anything reaches it.
        """
        here, door = self._here, Door(self.group_id, self._engine.port)
        first = self._kept(self, "", host, database, user)
        others = Construct(self, "(databases)")
        kept = {
            each: self._kept(Construct(others, each), each, host, each, own) for each, own in sorted(further.items())
        }
        written = [first.written, *(each.written for each in kept.values())]
        if kept:
            numbers = dict(number for each in (first, *kept.values()) for number in each.numbers.values())
            secrets = {each: secret.name for each, secret in kept.items()}
            serving = Serving(
                self._engine, host, user, database, door, first.name, self._logs.days, numbers, (*written, *ready)
            )
            ready = (*ready, Databases(self, here, self._part, serving, further, secrets).done)
        offers = [first, *kept.values()]
        return Reachable(
            words={word: value for each in offers for word, value in each.words.items()},
            doors=(door,),
            places=(),
            access=access,
            narrowed={},
            secrets={word: place for each in offers for word, place in each.secrets.items()},
            asked={word: statements for each in offers for word, statements in each.asked.items()},
            ready=(*written, *ready),
            numbers={name: number for each in offers for name, number in each.numbers.items()},
        )

    def _kept(self, scope: Construct, further: str, host: str, database: str, user: str) -> _Kept:
        """The secret of a database and what is said of it; `further` is empty text for the first one."""
        engine = self._engine
        known, place, before = self._called, self._called, ""
        made = self.password
        if further:
            known, place, before = f"{known}.{further}", f"{place}/{further}", f"{further}."
            made = password(self, f"{self._part}_{further}_password")
        credentials = Credentials(scope, self._here, place)
        name = credentials.name
        value = {
            "username": user,
            "password": made,
            "engine": engine.name,
            "host": host,
            "port": engine.port,
            "dbname": database,
            # Letters and digits alone in the password: nothing in it has to be escaped.
            "url": f"{engine.scheme}://{user}:{made}@{host}:{engine.port}/{database}",
        }
        written = SecretsmanagerSecretVersion(
            scope, "credentials_value", secret_id=credentials.secret.id, secret_string_wo=json.dumps(value)
        )
        written.add_override("secret_string_wo_version", store_version(known))
        words = {"host": host, "port": str(engine.port), "name": database, "secret": credentials.arn}
        secrets = {**{word: f"{name}:{key}" for word, key in KEYS.items()}, "secret": name}
        return _Kept(
            name=name,
            written=written,
            words={f"{before}{word}": value for word, value in words.items()},
            secrets={f"{before}{word}": value for word, value in secrets.items()},
            asked={f"{before}secret": (credentials.reading,)},
            numbers={name: (known, f"${{local.{local_of(known)}}}")},
        )


@dataclass(frozen=True)
class _Kept:
    """The secret of one database, with what it adds to what its server offers."""

    name: str
    written: ITerraformDependable
    words: Mapping[str, str]
    secrets: Mapping[str, str]
    asked: Mapping[str, Sequence[Statement]]
    numbers: Mapping[str, tuple[str, str]]


def as_it_was(settings: Mapping[str, Any], *more: str) -> list[str]:
    """What is ignored of a server that serves no more: all that its store may say otherwise by now, and `more`; whether
    it may go is said of it alone."""
    return sorted({name for name in (*settings, *more) if not name.endswith("_wo")} - {"deletion_protection", "tags"})


def signing_in(here: Here, resource_id: str) -> Statement:
    """To sign in by IAM, as any user of this database that was granted that (RDS user guide, "Creating and using an IAM
    policy for IAM database access")."""
    place = f"arn:{partition(here.region)}:rds-db:{here.region}:{here.account_id}"
    return Statement(actions=("rds-db:connect",), resources=(f"{place}:dbuser:{resource_id}/*",))


def busy(dimensions: Mapping[str, str]) -> Alarm:
    """Its processors, of a server or the busiest of several."""
    return Alarm(
        word="cpu",
        namespace="AWS/RDS",
        metric="CPUUtilization",
        dimensions=dimensions,
        statistic="Average",
        above=90,
        periods=3,
        why="Above 90% for a quarter of an hour: queries wait for each other, and a peak, a backup or a vacuum has no "
        "room. Find the query (Performance Insights), or take a larger class.",
    )


def crowded(dimensions: Mapping[str, str], most: int) -> Alarm:
    """Its connections, before the next one is refused."""
    return Alarm(
        word="connections",
        namespace="AWS/RDS",
        metric="DatabaseConnections",
        dimensions=dimensions,
        statistic="Maximum",
        above=most * 4 // 5,
        periods=3,
        why=f"More than {most * 4 // 5} connections for a quarter of an hour, of about {most}: a deployment doubles "
        "the tasks for a while, and what comes after the last one is refused. Lower the pools, or take a larger class.",
    )
