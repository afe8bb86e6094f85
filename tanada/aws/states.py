"""Which states of a system still hold resources, read from the account's state bucket."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.ci_roles import session_of
from tanada.aws.credentials import CONFIG
from tanada.contract import state
from tanada.contract.lock import Lock, parse
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


def occupied(common: Stack, system: str) -> list[str]:
    """Keys of the states beside the common stack's own that hold resources.

    A destroyed stack leaves a state behind without any, so the objects are read, not only counted.
    """
    return [key for key, content in _states(common, system, {common.state_key}) if state.resources(content)]


def others(common: Stack, system: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The states beside the common stack's own, by their keys; secrets stand in them."""
    yield from _states(common, system, {common.state_key})


def undeclared(common: Stack, system: str, declared: Collection[str]) -> list[tuple[str, str, int, str | None]]:
    """States in the account's bucket that hold resources and whose stack isn't among the names declared.

    Each as its stack's name, its key, the number of its resources, and where it answers. States of declared stacks are
    not read.
    """
    prefix = f"{system}/"
    known = {f"{prefix}{name}.tfstate" for name in declared}
    workspaces = tuple(f"{prefix}{name}/" for name in declared)
    states = []
    for key, content in _states(common, system, known, workspaces):
        if resources := state.resources(content):
            name = key.removeprefix(prefix).split("/")[0].removesuffix(".tfstate")
            states.append((name, key, resources, state.url(content)))
    return states


def holds(stack: Stack, workspace: str | None) -> bool:
    """Whether the state of a stack, or of a workspace of it, holds resources."""
    return read(stack, workspace).resources > 0


def read(stack: Stack, workspace: str | None = None) -> state.State:
    """What is read of a state; an empty one where there is none yet."""
    return state.read(_text(stack, workspace), f"s3://{stack.bucket}/{_key(stack, workspace)}")


def document(stack: Stack, workspace: str | None = None) -> dict[str, Any]:
    """A whole state: secrets stand in it, so it never leaves memory."""
    return state.parse(_text(stack, workspace), f"s3://{stack.bucket}/{_key(stack, workspace)}")


def beside(stack: Stack, workspace: str | None, name: str) -> bytes:
    """What the runner keeps beside a state; nothing where there is none."""
    return _object(stack, key_beside(stack, workspace, name), name)


def write_beside(stack: Stack, workspace: str | None, name: str, content: str) -> None:
    """Write it anew."""
    key = key_beside(stack, workspace, name)
    try:
        _s3(stack).put_object(Bucket=stack.bucket, Key=key, Body=content.encode(), ContentType="application/json")
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"{key} in {stack.bucket} can't be written: {error}") from None


def delete_beside(stack: Stack, workspace: str | None, name: str) -> None:
    """Take it away; of a permanent stack, whose objects CI's roles may not delete, its content."""
    if workspace is None:
        write_beside(stack, workspace, name, "")
        return
    key = key_beside(stack, workspace, name)
    try:
        _s3(stack).delete_object(Bucket=stack.bucket, Key=key)
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"{key} in {stack.bucket} can't be deleted: {error}") from None


def key_beside(stack: Stack, workspace: str | None, name: str) -> str:
    """Where that lies."""
    return f"{_key(stack, workspace)}.{name}"


def _s3(stack: Stack) -> Any:
    return session_of(stack, stack.state_key.partition("/")[0], os.environ).client("s3", config=CONFIG)


def _text(stack: Stack, workspace: str | None) -> bytes:
    return _object(stack, _key(stack, workspace), "state")


def _object(stack: Stack, key: str, what: str) -> bytes:
    s3 = _s3(stack)
    try:
        content: bytes = s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return b""
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"The {what} {key} in {stack.bucket} can't be read: {error}") from None
    return content


def _key(stack: Stack, workspace: str | None) -> str:
    """Where the S3 backend keeps a state: its `workspace_key_prefix` is the key without its end."""
    key = stack.state_key
    return key if workspace is None else f"{key.removesuffix('.tfstate')}/{workspace}/{key}"


def lock(stack: Stack, workspace: str | None) -> Lock | None:
    """Who holds the lock of a state, since when and for what; None where nobody does."""
    key, s3 = _key(stack, workspace), _s3(stack)
    try:
        text = s3.get_object(Bucket=stack.bucket, Key=f"{key}.tflock")["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"The lock {key}.tflock in {stack.bucket} can't be read: {error}") from None
    return parse(text)


def lift(stack: Stack, workspace: str | None, lock_id: str) -> None:
    """Remove the lock of this ID; another one that has taken its place stays."""
    found = lock(stack, workspace)
    if found is None or found.id != lock_id:
        return
    key, s3 = f"{_key(stack, workspace)}.tflock", _s3(stack)
    try:
        s3.delete_object(Bucket=stack.bucket, Key=key)
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"The lock {key} in {stack.bucket} can't be removed: {error}") from None


def _states(
    common: Stack, system: str, without: Collection[str], below: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The system's states in the account's bucket: but those keys, and but what lies below those prefixes."""
    s3 = session_of(common, system, os.environ).client("s3", config=CONFIG)
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=common.bucket, Prefix=f"{system}/"):
            for entry in page.get("Contents", []):
                key = entry["Key"]
                if key.endswith(".tfstate") and key not in without and not key.startswith(below):
                    body = s3.get_object(Bucket=common.bucket, Key=key)["Body"].read()
                    yield key, state.parse(body, f"s3://{common.bucket}/{key}")
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"The states in {common.bucket} can't be listed: {error}") from None
