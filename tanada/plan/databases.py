"""What a plan does to SQL databases that no line of it says: another major version, a restart, what can't be restored.

Sentences hold no values but versions, classes, sizes and days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tanada.contract import tasks
from tanada.plan.model import Caution
from tanada.plan.planned import Change, blocks
from tanada.resources.rds import major_changes
from tanada.resources.rds_parameters import static
from tanada.text import count, listed

SERVERS: Mapping[str, str] = {"aws_db_instance": "_instance", "aws_rds_cluster": "_cluster"}
"""Types that have a version, each with the end of its address."""
_NOTE = "terraform_data"
"""What says which further databases a task made."""
_MEMBER = "aws_rds_cluster_instance"
GROUPS = ("aws_db_parameter_group", "aws_rds_cluster_parameter_group")
SNAPSHOTS = ("aws_db_snapshot", "aws_db_cluster_snapshot")
FROM = "UpgradeFrom"
"""The tag of a snapshot before an upgrade: which version `upgrade_from` says."""
_WITH_A_VERSION = {
    "allow_major_version_upgrade",
    "apply_immediately",
    "auto_minor_version_upgrade",
    "db_cluster_parameter_group_name",
    "engine_version",
    "engine_version_actual",
    "parameter_group_name",
    "tags",
    "tags_all",
}
"""What changes with a major version by itself, or changes nothing of how it runs."""


def store_of(change: Change) -> str:
    """The store that a server, a group or a snapshot belongs to."""
    name = change.address.partition(".")[2].partition("[")[0]
    name = re.sub(r"_restored_[0-9]{8}_[0-9]{6}(?=_)", "", re.sub(r"_instance_[0-9]+$", "", name))
    for end in ("_instance", "_cluster", "_parameters", "_before_upgrade"):
        name = name.removesuffix(end)
    return name


def refusals(changes: Sequence[Change]) -> Iterator[str]:
    """Why a plan that raises a major version can't be applied so: unsaid, of another version, with more beside it."""
    for server in _upgraded(changes):
        store, old, new = store_of(server), server.before["engine_version"], server.after["engine_version"]
        if server.after.get("allow_major_version_upgrade") is not True:
            yield (
                f"{store} runs {old}, and this plan makes another major version of it, {new}: that can't be taken back."
                f' Put version back, or say upgrade_from: "{old}" beside it.'
            )
            continue
        for snapshot in (each for each in changes if each.type in SNAPSHOTS and store_of(each) == store):
            said = (snapshot.after.get("tags") or {}).get(FROM)
            if said and major_changes(server.before, {**server.before, "engine_version": said}):
                yield f'{store} runs {old}, not {said}, as upgrade_from says. If it is meant: upgrade_from: "{old}".'
        if beside := sorted({*_beside(server), *_parameters(changes, store)}):
            yield (
                f"{store} gets another major version, {new}, and more at once ({listed(beside, len(beside))}): if it "
                "fails, nobody knows of what. Apply one, then the other."
            )


def cautions(changes: Sequence[Change]) -> Iterator[Caution]:
    """What somebody should know before a database changes."""
    for server in _upgraded(changes):
        store, old, new = store_of(server), server.before["engine_version"], server.after["engine_version"]
        snapshot = any(
            each.type in SNAPSHOTS and "create" in each.actions and store_of(each) == store for each in changes
        )
        first = "a snapshot is taken first" if snapshot else "no snapshot but RDS's own is taken first"
        yield Caution(
            f"{store} goes from {server.after.get('engine')} {old} to {new}: that can't be taken back, {first}, and it "
            "answers nothing for some minutes. Try it with a copy before",
            "a database gets another major version",
            grave=True,
        )
    upgraded = {store_of(server) for server in _upgraded(changes)}
    for taken in (each for each in changes if each.type in SNAPSHOTS and tuple(each.actions) == ("create",)):
        if "_before_upgrade" in taken.address and store_of(taken) not in upgraded:
            yield Caution(
                f"a snapshot of {store_of(taken)} is taken though its version stays: upgrade_from is for the one apply "
                "that raises it; take it out"
            )
    for server in (each for each in changes if each.type in SERVERS and tuple(each.actions) == ("update",)):
        yield from _of_one(server)
    for note in (each for each in changes if each.type == _NOTE):
        yield from _further(note, changes)
    for one in (each for each in changes if each.type == _MEMBER and tuple(each.actions) == ("update",)):
        yield from _restarts(one)
    for group in (each for each in changes if each.type in GROUPS and tuple(each.actions) == ("update",)):
        names = static(group.after)
        waiting = sorted(_changed_parameters(group) & names)
        if waiting:
            yield Caution(f"{store_of(group)} takes on {listed(waiting, len(waiting))} when it restarts, not before")


def _further(note: Change, changes: Sequence[Change]) -> Iterator[Caution]:
    """Databases beside the first one that are declared no more, or otherwise, of a server that stays."""
    made = tasks.databases({"before": note.before, "after": note.after})
    if made is None:
        return
    store = made.store
    if not any(store_of(each) == store and each.after for each in changes if each.type in SERVERS):
        return
    for database, user in sorted(made.before.items()):
        now = made.users.get(database)
        if now is None:
            yield Caution(
                f"database {database} and its user {user} stay in {store} with all that is in them: nothing is "
                "dropped. Their secret goes at once; declared again, the user gets a new password. To drop them, by "
                f"hand in the server: DROP DATABASE {database}; DROP USER {user};",
                "a database is declared no more",
            )
        elif now != user:
            yield Caution(
                f"database {database} in {store} gets another user, {now}: what {user} made in it stays {user}'s, who "
                f"keeps its password and rights. By hand, in the database: REASSIGN OWNED BY {user} TO {now} "
                "(PostgreSQL; in MySQL rights are all that there is to own)",
                "a database gets another user",
            )
    for each in changes:
        for database in made.users:
            its = f"aws_secretsmanager_secret_version.{store}_{database}_credentials_value"
            if each.address == its and each.before and each.after and "create" in each.actions:
                yield Caution(
                    f"user {made.users[database]} of {store} gets a new password: tasks that run have the old one, and "
                    "connect no more until they are replaced",
                    "a database gets a new password",
                )


def begins_with(changes: Sequence[Change]) -> Iterator[Caution]:
    """What is in a database that is made: whose data whoever reaches it then reads."""
    for server in (each for each in changes if each.type in SERVERS and "create" in each.actions):
        store, snapshot = store_of(server), server.after.get("snapshot_identifier")
        for block in blocks(server.after, "restore_to_point_in_time"):
            source = block.get("source_db_instance_identifier") or block.get("source_cluster_identifier")
            if at := block.get("restore_time") or block.get("restore_to_time"):
                yield Caution(
                    f"{store} is restored to {at}: a server is made beside from the backups of {source}, and who "
                    f"reaches it is deployed anew to find it. {source} serves until then and stays, and it alone has "
                    "what is written after that time",
                    f"{store} is restored to {at}",
                )
                continue
            yield Caution(
                f"{store} begins as a copy of {source}, as that one is then: whoever reaches it reads those data, and "
                "what runs here may act on them (mail, payments, webhooks)",
                "a database begins as a copy of another",
            )
        if snapshot:
            yield Caution(
                f"{store} begins as the snapshot {snapshot}: whoever reaches it reads what is in there, and it is "
                "there as soon as the snapshot is copied back, slower at first",
                "a database begins as a snapshot",
            )


def _restarts(server: Change) -> Iterator[Caution]:
    store, before, after = store_of(server), server.before.get("instance_class"), server.after.get("instance_class")
    at_once = server.after.get("apply_immediately") is True
    when = "at once" if at_once else "in its weekly window, and plans show it until then"
    spare = "several instances" if server.type == _MEMBER else "multi_zone"
    if before != after:
        yield Caution(
            f"{store} restarts with another class ({before} → {after}), {when}: it answers nothing for some minutes, "
            f"with {spare} for about one",
            "a database restarts",
        )


def _of_one(server: Change) -> Iterator[Caution]:
    store, before, after = store_of(server), server.before, server.after
    yield from _restarts(server)
    size, more = before.get("allocated_storage"), after.get("allocated_storage")
    if isinstance(size, int) and isinstance(more, int) and more > size:
        yield Caution(f"the storage of {store} grows from {size} to {more} GiB, and can't be reduced again")
    if before.get("multi_az") is True and after.get("multi_az") is False:
        yield Caution(
            f"{store} has no instance in a second zone any more: it is gone while its zone is",
            "a database stands in one zone",
        )
    days, left = before.get("backup_retention_period"), after.get("backup_retention_period")
    if isinstance(days, int) and isinstance(left, int) and left < days:
        words = f"{store} can be restored to the last {count(left, 'day')} alone, not {days}: older backups go at once"
        yield Caution(words, "a database loses backups", grave=True)
    for name in ("password_wo_version", "master_password_wo_version"):
        if before.get(name) is not None and before.get(name) != after.get(name):
            yield Caution(
                f"{store} gets a new password at once: tasks that run have the old one, and connect no more until they "
                "are replaced",
                "a database gets a new password",
            )


def _upgraded(changes: Sequence[Change]) -> Iterator[Change]:
    """Those that stay; of one that is made anew that is said."""
    for server in (each for each in changes if each.type in SERVERS and tuple(each.actions) == ("update",)):
        if major_changes(server.before, server.after):
            yield server


def _beside(server: Change) -> Iterator[str]:
    """Arguments that change with another major version and have nothing to do with it."""
    for name in {*server.before, *server.after} - _WITH_A_VERSION:
        # What only the apply knows isn't in `after`.
        if name in server.after and server.after[name] is not None and server.before.get(name) != server.after[name]:
            yield name


def _parameters(changes: Sequence[Change], store: str) -> Iterator[str]:
    for group in (each for each in changes if each.type in GROUPS and store_of(each) == store):
        if group.before and group.after and _changed_parameters(group):
            yield "parameters"


def _changed_parameters(group: Change) -> set[str]:
    before, after = (
        {str(each.get("name")): each.get("value") for each in blocks(side, "parameter")}
        for side in (group.before, group.after)
    )
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}
