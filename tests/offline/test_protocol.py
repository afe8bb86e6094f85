"""The protocol's classes: as they were taken, and what of the protocol the provider answers."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from tanada.offline import protocol
from tanada.offline.protocol import tfplugin6_pb2 as pb
from tanada.offline.provider import Servicer

FOLDER = Path(str(protocol.__file__)).parent
TAKEN = {
    "tfplugin6_pb2.py": "-4qJJpGphBjdBUPtr0FUr6z0S83cvL_rlMYNmyfPMLY",
    "tfplugin6_pb2.pyi": "CkU6iRLCPAcGHboE2rOAv9Idb7ol-2ATQ4QVSW0qmYc",
}
"""As the wheel of pyvider 0.8.1 names them in its RECORD."""
UNANSWERED = {
    "configuration of what is imported": {"GenerateResourceConfig"},
    "identities": {"GetResourceIdentitySchemas", "UpgradeResourceIdentity"},
    "moves between types": {"MoveResourceState"},
    "functions of the provider": {"CallFunction"},
    "what has to be renewed": {"RenewEphemeralResource"},
    "lists": {"ListResource", "ValidateListResourceConfig"},
    "actions": {"PlanAction", "InvokeAction", "ValidateActionConfig"},
    "stores of states": {
        *("ValidateStateStoreConfig", "ConfigureStateStore", "ReadStateBytes", "WriteStateBytes"),
        *("LockState", "UnlockState", "GetStates", "DeleteState"),
    },
}
"""Calls for what the provider has none of; Terraform 1.11 makes none of them unasked."""


@pytest.mark.parametrize("file", TAKEN)
def test_it_stands_as_it_was_taken(file: str) -> None:
    found = base64.urlsafe_b64encode(hashlib.sha256((FOLDER / file).read_bytes()).digest())
    assert found.decode().rstrip("=") == TAKEN[file]


def test_each_call_of_the_protocol_is_answered_or_known_not_to_be() -> None:
    calls = {method.name for method in pb.DESCRIPTOR.services_by_name["Provider"].methods}
    assert {call for call in calls if not hasattr(Servicer, call)} == set().union(*UNANSWERED.values())
