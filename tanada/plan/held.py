"""What a plan does to what queues, tables and caches hold, and to who hears of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from tanada.contract.tokens import is_note
from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks, number, of_type
from tanada.text import count


def messages(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of queues, and of topics that lead to them."""
    for queue in of_type(changes, "aws_sqs_queue"):
        if _updates(queue):
            yield from _expired(queue)
            yield from _dead(queue)
        elif _anew(queue):
            yield _elsewhere(queue, "_queue", "send or take messages")
    for topic in of_type(changes, "aws_sns_topic"):
        if _anew(topic):
            yield _elsewhere(topic, "_topic", "publish")
    for subscription in of_type(changes, "aws_sns_topic_subscription"):
        if subscription.actions == ("delete",) and _stays(changes, subscription.before.get("topic_arn")):
            one, _, other = subscription.address.partition(".")[2].partition("_to_")
            yield Caution(f"what is published to {one} reaches {other} no more")
        if _anew(subscription):
            one, _, other = subscription.address.partition(".")[2].partition("_to_")
            yield Caution(f"what is published to {one} while its subscription is made anew never reaches {other}")


def _stays(changes: Sequence[Change], arn: object) -> bool:
    """Whether a topic goes on."""
    return any(each.before.get("arn") == arn and bool(each.after) for each in of_type(changes, "aws_sns_topic"))


def files(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of file systems that stay: copies that are made no more, files that keep their owner (EFS user guide, "Working
    with Amazon EFS access points"; AWS Backup developer guide, "Automatic backups")."""
    for policy in of_type(changes, "aws_efs_backup_policy"):
        if _updates(policy) and _kept(policy.before) and not _kept(policy.after):
            whose = policy.address.partition(".")[2].removesuffix("_backup")
            words = f"no copies are made of {whose} any more; those that there are stay for five weeks"
            yield Caution(words, "a file system is backed up no more")
    for point in of_type(changes, "aws_efs_access_point"):
        before, after = (_owner(side) for side in (point.before, point.after))
        if _anew(point) and before != after:
            whose = point.address.partition(".")[2].removesuffix("_access_point")
            yield Caution(
                f"{whose} is mounted as user {after}, not {before}: files that are there keep their owner, and may not "
                "be written any more"
            )


def _kept(policy: Values) -> bool:
    return any(each.get("status") == "ENABLED" for each in blocks(policy, "backup_policy"))


def _owner(point: Values) -> str:
    return next((f"{each.get('uid')}:{each.get('gid')}" for each in blocks(point, "posix_user")), "that comes")


def items(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of tables, beside their restore points."""
    for table in (each for each in of_type(changes, "aws_dynamodb_table") if _updates(each)):
        whose = table.address.partition(".")[2].removesuffix("_table")
        yield from _indexes(whose, _keys(table.before), _keys(table.after))
        yield from _life(whose, _ends(table.before), _ends(table.after))
        before, after = (_stream(side) for side in (table.before, table.after))
        if before is not None and before != after:
            does = "goes" if after is None else "is made anew, under another ARN"
            words = (
                f"the stream of {whose} {does}: who reads it must know, and what nobody has read yet is lost to them"
            )
            yield Caution(words)


def _indexes(whose: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Caution]:
    """DynamoDB changes no index's keys: the provider takes it away and makes it again, one after the other (the
    provider's dynamodb/table.go at 01335dd3, resourceTableUpdate)."""
    gone = sum(name not in after for name in before)
    anew = sum(name in before and before[name] != keys for name, keys in after.items())
    if gone:
        yield Caution(f"{whose} loses {count(gone, 'index')}: queries by {_them(gone)} fail at once")
    if anew:
        yield Caution(
            f"{count(anew, 'index')} of {whose} {'is' if anew == 1 else 'are'} made anew: queries by "
            f"{_them(anew)} fail until all items are read again. Without a gap: an index of another name beside it, "
            "then who queries, then the old one goes",
            "queries by an index fail for a while",
        )


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def _life(whose: str, before: str | None, after: str | None) -> Iterator[Caution]:
    if after is not None and before is None:
        yield Caution(
            f"{whose} begins to delete items: all whose time is past go within days of this",
            "a table begins to delete items",
        )
    elif after != before and after is not None:
        yield Caution(
            f"AWS refuses the other ttl of {whose} as long as the one before is on: switch that off by hand (aws "
            "dynamodb update-time-to-live), and apply an hour later"
        )


def _keys(table: Values) -> Mapping[str, object]:
    """By index; not what DynamoDB itself changes of one."""
    indexes = blocks(table, "global_secondary_index")
    return {str(each.get("name")): (each.get("hash_key"), each.get("range_key") or None) for each in indexes}


def _ends(table: Values) -> str | None:
    enabled = (each for each in blocks(table, "ttl") if each.get("enabled") is True)
    return next((str(each.get("attribute_name")) for each in enabled), None)


def _stream(table: Values) -> str | None:
    return str(table.get("stream_view_type")) if table.get("stream_enabled") is True else None


def refusals(changes: Sequence[Change]) -> Iterator[str]:
    """Why a plan that lets go of a cache's token can't be applied: AWS takes none away (ElastiCache API reference,
    ModifyReplicationGroup, AuthTokenUpdateStrategy: DELETE only on the way to users of RBAC)."""
    stay = {
        str(each.after.get("replication_group_id"))
        for each in of_type(changes, "aws_elasticache_replication_group")
        if each.before and each.after and not _anew(each)
    }
    for note in (each for each in of_type(changes, "terraform_data") if is_note(each.before) and not each.after):
        if str(note.before["input"].get("group")) in stay:
            yield (
                f"{note.before['input']['cache']} would go on asking for its token, which nobody could read any more: "
                "AWS takes none away. Say auth: true again, or declare another cache beside it."
            )


def _tokens(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of caches that stay: who is cut off when their token is another one."""
    stay = {
        str(each.before.get("replication_group_id"))
        for each in of_type(changes, "aws_elasticache_replication_group")
        if each.before and each.after and not _anew(each)
    }
    for note in (each for each in of_type(changes, "terraform_data") if is_note(each.after)):
        said = note.after["input"]
        if "create" in note.actions and str(said.get("group")) in stay:
            yield Caution(
                f"{said['cache']} asks for a token once the tasks that run are replaced: who has none is refused from "
                "then on. That can't be taken back",
                "a cache asks for a token",
            )
        elif _updates(note):
            yield Caution(
                f"{said['cache']} gets a new token: who has the old one is refused once the tasks that run are "
                "replaced",
                "a cache gets a new token",
            )


def caches(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of caches that stay: what cuts clients off, and what is lost (ElastiCache user guide, "Version management",
    "Scaling", "Backup and restore")."""
    yield from _tokens(changes)
    for cache in (*of_type(changes, "aws_elasticache_replication_group"), *of_type(changes, "aws_elasticache_cluster")):
        whose = cache.address.partition(".")[2].removesuffix("_group").removesuffix("_cluster")
        before, after = cache.before, cache.after
        if _anew(cache):
            yield Caution(f"{whose} is made anew, and is empty then", "a cache is emptied", grave=True)
        if not _updates(cache):
            continue
        when = "at once" if after.get("apply_immediately") is True else "in its weekly window"
        if any(before.get(each) != after.get(each) for each in ("engine", "engine_version")):
            words = (
                f"{whose} gets another version {when}: its clients are cut off for some seconds, and there is no way"
            )
            yield Caution(f"{words} back but an empty one", "a cache gets another version")
        if before.get("node_type") != after.get("node_type"):
            yield Caution(f"{whose} moves to other nodes {when}: its clients are cut off for some seconds")
        if before.get("automatic_failover_enabled") is True and after.get("automatic_failover_enabled") is False:
            yield Caution(f"{whose} has no replica any more: what it holds goes with its one node")
        if number(before, "snapshot_retention_limit") > (kept := number(after, "snapshot_retention_limit")):
            left = f"those of more than {count(kept, 'day')}" if kept else "all of them"
            yield Caution(f"{whose} loses backups: {left}", "a cache loses backups")


def searches(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of domains (OpenSearch Service developer guide, "Upgrading domains", "Making configuration changes")."""
    for domain in of_type(changes, "aws_opensearch_domain"):
        whose = domain.address.partition(".")[2].removesuffix("_domain")
        before, after = domain.before, domain.after
        if _anew(domain):
            words = f"{whose} is made anew, and is empty then, its snapshots gone: its programs must fill it again"
            yield Caution(words, "a search domain is emptied", grave=True)
        if not _updates(domain):
            continue
        if before.get("engine_version") != after.get("engine_version"):
            yield Caution(
                f"{whose} gets another version: AWS makes new nodes beside those that run and copies all of it to "
                "them, which takes hours and makes it slower meanwhile; there is no way back but an empty domain",
                "a search domain gets another version",
            )
        elif any(_first(before, "cluster_config", each) != _first(after, "cluster_config", each) for each in _NODES):
            yield Caution(
                f"{whose} moves to other nodes: AWS makes them beside those that run and copies all of it to them, "
                "which takes hours and makes it slower meanwhile"
            )
        count_before, count_after = (_first(side, "cluster_config", "instance_count") for side in (before, after))
        if isinstance(count_before, int) and count_before > 1 and count_after == 1:
            yield Caution(f"{whose} has one node alone from then on: what it holds is there once")


_NODES = ("instance_type", "instance_count", "zone_awareness_enabled")


def _first(values: Values, block: str, name: str) -> object:
    return next((each.get(name) for each in blocks(values, block)), None)


def _updates(change: Change) -> bool:
    return change.actions == ("update",)


def _anew(change: Change) -> bool:
    return {"create", "delete"} == set(change.actions)


def _elsewhere(change: Change, end: str, do: str) -> Caution:
    whose = change.address.partition(".")[2].removesuffix(end)
    return Caution(
        f"{whose} is made anew under another name: tasks that run can't {do} until they are deployed",
        "a queue or topic is out of reach for a while",
    )


def _expired(queue: Change) -> Iterator[Caution]:
    """SQS API reference, SetQueueAttributes, MessageRetentionPeriod: those that are older go."""
    before, after = (side.get("message_retention_seconds") for side in (queue.before, queue.after))
    if isinstance(before, int) and isinstance(after, int) and after < before:
        longest = count(after // 86_400, "day") if after % 86_400 == 0 else count(after, "second")
        words = f"{queue.address} loses its messages that are older than {longest}"
        yield Caution(words, "a queue loses messages", grave=True)


def _dead(queue: Change) -> Iterator[Caution]:
    before, after = (_receives(side) for side in (queue.before, queue.after))
    if before is not None and after is None and "redrive_policy" in queue.after:
        whose = queue.address.partition(".")[2].removesuffix("_queue")
        yield Caution(
            f"{whose} has no dead letters any more: a message that always fails is taken again and again until it "
            "expires, and is lost then"
        )
    if after is not None and (before is None or after < before):
        whose = queue.address.partition(".")[2].removesuffix("_queue")
        yield Caution(
            f"messages of {whose} that were taken {count(after, 'time')} already go to its dead letters when somebody "
            "asks for them again"
        )


def _receives(queue: Values) -> int | None:
    try:
        number = json.loads(queue.get("redrive_policy") or "{}").get("maxReceiveCount")
        return int(number) if number is not None else None
    except (ValueError, TypeError, AttributeError):
        return None
