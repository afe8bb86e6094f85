"""A snapshot of a database without what is people's: made again and again of a copy that one task changes."""

from __future__ import annotations

from typing import Annotated

from tanada.declared.fields import Name, Whole
from tanada.declared.jobs import ASKED as OF_JOBS
from tanada.declared.model import Model, Need
from tanada.declared.schedule import Rate, Schedule, TimeZone

BEGIN = "sanitised-"
"""How the names in AWS of copies and of their snapshots begin, and no others: whoever makes them may change those."""
COPIES = "rds: copies that are sanitised"
"""Asked for by who makes them: what actions do with what is called so, and with its secret, which is less than they
say."""
ASKED = (*OF_JOBS, COPIES)
"""What the roles of who makes them are given, and of who starts that."""
ACTIONS = {
    "database": (
        "rds:AddTagsToResource",
        "rds:CopyDBSnapshot",
        "rds:CreateDBSnapshot",
        "rds:DeleteDBInstance",
        "rds:DeleteDBSnapshot",
        "rds:ModifyDBInstance",
    ),
    "aurora": (
        "rds:AddTagsToResource",
        "rds:CopyDBClusterSnapshot",
        "rds:CreateDBClusterSnapshot",
        "rds:CreateDBInstance",
        "rds:DeleteDBCluster",
        "rds:DeleteDBClusterSnapshot",
        "rds:DeleteDBInstance",
        "rds:ModifyDBCluster",
    ),
}
"""By kind of store, what is done with a copy, and never with what it is a copy of."""
RESTORING = {
    "database": "rds:RestoreDBInstanceToPointInTime",
    "aurora": "rds:RestoreDBClusterToPointInTime",
}
LOOKING = {
    "database": ("rds:DescribeDBInstances", "rds:DescribeDBSnapshots"),
    "aurora": ("rds:DescribeDBClusterSnapshots", "rds:DescribeDBClusters", "rds:DescribeDBInstances"),
}
SECRET = "sanitised-copy"  # noqa: S105 - a part of a name
"""Stands in the name of the secret that opens a copy: no database in a server is called so."""
SECRETS = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
"""What is done with that."""
_DAY = 24


class Sanitised(Model):
    """When a snapshot without what is people's is made, and what takes that away."""

    schedule: Schedule
    """When one is made: five cron fields such as `0 3 * * SUN`, or `{rate: 7d}`."""
    time_zone: TimeZone = "UTC"
    """Where the schedule's hours are told, if not where the system's are."""
    task: Name
    """The task that changes the copy: it reaches this store and nothing else, and what it is given of it is the
    copy's. The store itself it never reaches, whoever runs it."""
    keep: Annotated[int, Whole(1, 35)] = 3
    """How many are kept, the newest of them also under the name that others take."""

    @property
    def hours(self) -> int:
        """How old the newest may be: a day longer than between two runs at the most."""
        if isinstance(self.schedule, Rate):
            return -(-self.schedule.rate // 3600) + _DAY
        _, _, day, month, weekday = self.schedule.split()
        between = 366 if month != "*" else 31 if day != "*" else 7 if weekday != "*" else 1
        return (between + 1) * _DAY


def needs(sanitised: Sanitised | None) -> tuple[Need, ...]:
    """What one uses up: the group of the copy, and the role that starts the task which takes users away."""
    return (Need("aws_iam_role", 1), Need("aws_security_group", 1)) if sanitised else ()
