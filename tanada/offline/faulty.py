"""The provider as it is where faults are declared, or have left something behind."""

# ruff: noqa: N802 - the methods are the protocol's

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tanada.offline.aftermath import Aftermath
from tanada.offline.codec import Value, decode, diagnostic, encode
from tanada.offline.faults import Call, Fault, parse
from tanada.offline.ledger import Ledger
from tanada.offline.player import Player, end, sentence
from tanada.offline.protocol import tfplugin6_pb2 as pb
from tanada.offline.provider import Servicer, named
from tanada.offline.schema import Schemas
from tanada.offline.world import World
from tanada.resources.refusal import Call as Change
from tanada.resources.refusal import Values


def servicers(
    faults: str, left: Path, ledger: Ledger, world: World
) -> Callable[[Schemas, Path | None, int | None], FaultyServicer]:
    """Makes what answers one connection, of these schemas, for a stack's copy and the process that is served.

    Raises OfflineError where the faults are none.
    """
    declared, aftermath = parse(faults), Aftermath(left)
    players: dict[Path | None, Player] = {}

    def servicer(schemas: Schemas, copy: Path | None, terraform: int | None) -> FaultyServicer:
        player = players.setdefault(copy, Player(declared, aftermath, copy))
        return FaultyServicer(schemas, ledger, world, player, terraform)

    return servicer


class FaultyServicer(Servicer):
    """Each call as it is, but for what a fault makes of it."""

    def __init__(
        self, schemas: Schemas, ledger: Ledger, world: World, player: Player, terraform: int | None = None
    ) -> None:
        super().__init__(schemas, ledger, world)
        self._player = player
        self._left = player.aftermath
        self._terraform = terraform
        """The process that is served, where that can be told."""

    def PlanResourceChange(self, request: pb.PlanResourceChange.Request) -> pb.PlanResourceChange.Response:
        if decode(request.proposed_new_state) is not None:
            prior, config = decode(request.prior_state), decode(request.config)
            if struck := self._struck("plan", request.type_name, prior, config):
                return pb.PlanResourceChange.Response(planned_state=request.prior_state, diagnostics=[struck])
        return super().PlanResourceChange(request)

    def ReadResource(self, request: pb.ReadResource.Request) -> pb.ReadResource.Response:
        kind, state = request.type_name, decode(request.current_state)
        if struck := self._struck("read", kind, state, None):
            return pb.ReadResource.Response(
                new_state=request.current_state, private=request.private, diagnostics=[struck]
            )
        if (found := self._left.find(kind, state, self._provider)) is not None:
            return pb.ReadResource.Response(new_state=encode(found.values), private=request.private)
        return super().ReadResource(request)

    def ReadDataSource(self, request: pb.ReadDataSource.Request) -> pb.ReadDataSource.Response:
        if struck := self._struck("read", request.type_name, None, decode(request.config), "data"):
            return pb.ReadDataSource.Response(diagnostics=[struck])
        return super().ReadDataSource(request)

    def OpenEphemeralResource(self, request: pb.OpenEphemeralResource.Request) -> pb.OpenEphemeralResource.Response:
        if struck := self._struck("open", request.type_name, None, decode(request.config), "ephemeral"):
            return pb.OpenEphemeralResource.Response(diagnostics=[struck])
        return super().OpenEphemeralResource(request)

    def ImportResourceState(self, request: pb.ImportResourceState.Request) -> pb.ImportResourceState.Response:
        response = super().ImportResourceState(request)
        kind, name = request.type_name, request.id
        found = self._left.find(kind, {"id": name}, self._provider) or self._left.called(kind, name, self._provider)
        if found is not None and found.values is not None:
            response.imported_resources[0].state.CopyFrom(encode(found.values))
        return response

    def ApplyResourceChange(self, request: pb.ApplyResourceChange.Request) -> pb.ApplyResourceChange.Response:
        kind, prior, planned = request.type_name, decode(request.prior_state), decode(request.planned_state)
        change = Change(prior, planned)
        fault = self._player.strikes(change.action, kind, prior, decode(request.config))
        if fault is not None and not fault.after:
            end(fault, self._terraform)
            struck = _said(fault, change.action, kind, change.values)
            return pb.ApplyResourceChange.Response(new_state=request.prior_state, diagnostics=[struck])
        response = super().ApplyResourceChange(request)
        if response.diagnostics:
            return response
        new = decode(response.new_state)
        self._left.settle(kind, prior if new is None else new, self._provider)
        if fault is not None:
            self._afterwards(fault, change, kind, new, response)
            end(fault, self._terraform)
        return response

    def _afterwards(
        self, fault: Fault, change: Change, kind: str, new: Value, response: pb.ApplyResourceChange.Response
    ) -> None:
        """What a fault makes of a call that had its effect."""
        if fault.happens == "unseen":
            self._left.hide(kind, new, self._provider, fault.number or 1)
            return
        response.diagnostics.append(_said(fault, change.action, kind, change.values))
        if fault.happens == "rolled-back":
            self._learn(kind, change.before)
            self._left.changed(kind, change.before, self._provider)
        if fault.happens in ("fails-waiting", "rolled-back"):
            return
        # The state doesn't hear of it.
        response.new_state.CopyFrom(encode(change.before))
        if change.action == "delete":
            self._left.gone(kind, change.before, self._provider)
        else:
            self._left.changed(kind, new, self._provider)

    def _struck(
        self, call: Call, kind: str, there: Value, config: Value, block: str = "resource"
    ) -> pb.Diagnostic | None:
        """The error of a call that changes nothing, where a fault happens to it."""
        fault = self._player.strikes(call, kind, there, config, block)
        if fault is None:
            return None
        end(fault, self._terraform)
        return _said(fault, call, kind, there or config or {})


def _said(fault: Fault, call: Call, kind: str, values: Values) -> pb.Diagnostic:
    return diagnostic(sentence(fault, call, kind, named(values)), "")
