"""Terraform's plugin protocol 6, answered from schemas and entries; decisions are made elsewhere."""

# ruff: noqa: ARG002, N802 - the methods and their arguments are the protocol's

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from google.protobuf import message_factory
from google.protobuf.message import Message

from tanada.errors import OfflineError
from tanada.offline import computed, configuration, data_sources, ephemeral, importing
from tanada.offline.blocks import Block, has_dynamic
from tanada.offline.codec import Value, attribute_path, decode, diagnostic, encode
from tanada.offline.existing import FILE as EXISTING
from tanada.offline.http2 import Methods
from tanada.offline.ledger import Ledger
from tanada.offline.plan import AttributePath, elements, plan, set_default
from tanada.offline.protocol import tfplugin6_pb2 as pb
from tanada.offline.schema import Schemas
from tanada.offline.world import World
from tanada.offline.write_only import written
from tanada.resources import entry
from tanada.resources.refusal import Call, Refusal, Values

_REQUESTS = {
    method.name: message_factory.GetMessageClass(method.input_type)
    for method in pb.DESCRIPTOR.services_by_name["Provider"].methods
}


class Servicer:
    """One connection's: each configured provider (an alias is one) comes over a connection of its own."""

    def __init__(self, schemas: Schemas, ledger: Ledger, world: World) -> None:
        self._schemas = schemas
        self._ledger = ledger
        self._world = world
        self._provider = configuration.read({})

    def methods(self) -> Methods:
        """The calls that are answered here."""
        return {
            f"/tfplugin6.Provider/{name}": partial(_called, getattr(self, name), request)
            for name, request in _REQUESTS.items()
            if hasattr(self, name)
        }

    # What there is

    def GetMetadata(self, request: pb.GetMetadata.Request) -> pb.GetMetadata.Response:
        return pb.GetMetadata.Response(
            server_capabilities=self._schemas.message.server_capabilities,
            resources=[
                pb.GetMetadata.ResourceMetadata(type_name=name) for name in self._schemas.message.resource_schemas
            ],
            data_sources=[
                pb.GetMetadata.DataSourceMetadata(type_name=name) for name in self._schemas.message.data_source_schemas
            ],
            ephemeral_resources=[
                pb.GetMetadata.EphemeralMetadata(type_name=name)
                for name in self._schemas.message.ephemeral_resource_schemas
            ],
        )

    def GetProviderSchema(self, request: pb.GetProviderSchema.Request) -> bytes:
        return self._schemas.wire

    def GetFunctions(self, request: pb.GetFunctions.Request) -> pb.GetFunctions.Response:
        return pb.GetFunctions.Response()

    # Is it right

    def ValidateProviderConfig(self, request: pb.ValidateProviderConfig.Request) -> pb.ValidateProviderConfig.Response:
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: pb.ValidateResourceConfig.Request) -> pb.ValidateResourceConfig.Response:
        diagnostics = _unconfigurable(self._schemas.resource(request.type_name), decode(request.config))
        return pb.ValidateResourceConfig.Response(diagnostics=list(diagnostics))

    def ValidateDataResourceConfig(
        self, request: pb.ValidateDataResourceConfig.Request
    ) -> pb.ValidateDataResourceConfig.Response:
        diagnostics = _unconfigurable(self._schemas.data_source(request.type_name), decode(request.config))
        return pb.ValidateDataResourceConfig.Response(diagnostics=list(diagnostics))

    def ValidateEphemeralResourceConfig(
        self, request: pb.ValidateEphemeralResourceConfig.Request
    ) -> pb.ValidateEphemeralResourceConfig.Response:
        diagnostics = _unconfigurable(self._schemas.ephemeral(request.type_name), decode(request.config))
        return pb.ValidateEphemeralResourceConfig.Response(diagnostics=list(diagnostics))

    def ConfigureProvider(self, request: pb.ConfigureProvider.Request) -> pb.ConfigureProvider.Response:
        self._provider = configuration.read(decode(request.config) or {})
        return pb.ConfigureProvider.Response()

    # What would change

    def PlanResourceChange(self, request: pb.PlanResourceChange.Request) -> pb.PlanResourceChange.Response:
        proposed = decode(request.proposed_new_state)
        response = pb.PlanResourceChange.Response(legacy_type_system=True, planned_private=request.prior_private)
        if proposed is None:
            response.planned_state.CopyFrom(encode(None))
            return response
        prior, config = decode(request.prior_state), decode(request.config)
        answer = plan(
            request.type_name, self._schemas.resource(request.type_name), prior, proposed, config, self._provider
        )
        response.planned_state.CopyFrom(encode(answer.planned))
        response.requires_replace.extend(attribute_path(path) for path in answer.replaces)
        return response

    # Change it

    def ApplyResourceChange(self, request: pb.ApplyResourceChange.Request) -> pb.ApplyResourceChange.Response:
        kind, prior, planned = request.type_name, decode(request.prior_state), decode(request.planned_state)
        response = pb.ApplyResourceChange.Response(legacy_type_system=True, private=request.planned_private)
        call = Call(prior, planned)
        if (refusal := self._world.refusal(kind, call, self._provider)) is not None:
            response.new_state.CopyFrom(request.prior_state)
            response.diagnostics.append(_refused(kind, call, refusal, self._provider.account))
            return response
        new = None
        if planned is None:
            self._forget(kind, prior)
        else:
            world = self._world.of(planned, self._provider)
            new = computed.create(kind, self._schemas.resource(kind), planned, self._provider, self._ledger, world)
            if prior is None and (known := entry(kind)) is not None and known.left_out is not None:
                new |= known.left_out(planned)
            self._learn(kind, new)
            self._filled(kind, new)
            given = written(self._schemas.resource(kind), prior, new, decode(request.config))
            self._world.write(kind, new, given, self._provider)
        self._ledger.save()
        response.new_state.CopyFrom(encode(new))
        return response

    def _learn(self, kind: str, state: Value) -> None:
        self._world.learn(kind, state, self._provider)
        if not isinstance(state, dict) or not isinstance(state.get("id"), str):
            return
        address = state.get("public_ip") if kind == "aws_eip" else ""
        self._ledger.note(f"{kind} {state['id']}", str(address or ""))
        if address:
            self._ledger.note(f"address {address}")

    def _forget(self, kind: str, state: Value) -> None:
        self._world.forget(kind, state, self._provider)
        if isinstance(state, dict):
            self._ledger.forget(f"{kind} {state.get('id')}", f"address {state.get('public_ip')}")

    # What is there

    def ReadResource(self, request: pb.ReadResource.Request) -> pb.ReadResource.Response:
        kind, state = request.type_name, decode(request.current_state)
        self._learn(kind, state)
        known = entry(kind)
        filled = encode(self._filled(kind, state)) if known and known.fills else request.current_state
        return pb.ReadResource.Response(new_state=filled, private=request.private)

    def _filled(self, kind: str, state: Value) -> Value:
        """With what AWS gives back of what was left out."""
        known = entry(kind)
        for path, value in ((known and known.fills) or {}).items() if isinstance(state, dict) else ():
            set_default(self._schemas.resource(kind), state, path.split("."), value)
        return state

    def UpgradeResourceState(self, request: pb.UpgradeResourceState.Request) -> pb.UpgradeResourceState.Response:
        block = self._schemas.resource(request.type_name)
        raw = request.raw_state.json
        if has_dynamic(block):  # such values carry their types with them
            return pb.UpgradeResourceState.Response(upgraded_state=pb.DynamicValue(json=raw))
        return pb.UpgradeResourceState.Response(upgraded_state=encode(_fitting(block, json.loads(raw))))

    def ImportResourceState(self, request: pb.ImportResourceState.Request) -> pb.ImportResourceState.Response:
        kind, block = request.type_name, self._schemas.resource(request.type_name)
        try:
            there = self._world.there(kind, request.id)
        except OfflineError as error:
            return pb.ImportResourceState.Response(diagnostics=[diagnostic(f"importing {kind}: {error}", "")])
        if wrong := [*importing.unfit(block, there or {})]:
            said = f"importing {kind}: {EXISTING} says of {request.id} what it can't have: {'; '.join(wrong)}"
            return pb.ImportResourceState.Response(diagnostics=[diagnostic(said, "")])
        state = _fitting(block, {"id": request.id, **(there or {})})
        state = importing.found(kind, block, state, there, self._provider)
        imported_state = computed.create(kind, block, state, self._provider, self._ledger)
        if there is not None:
            self._filled(kind, imported_state)
        self._learn(kind, imported_state)
        imported = pb.ImportResourceState.ImportedResource(type_name=kind, state=encode(imported_state))
        return pb.ImportResourceState.Response(imported_resources=[imported])

    def ReadDataSource(self, request: pb.ReadDataSource.Request) -> pb.ReadDataSource.Response:
        kind, config = request.type_name, decode(request.config)
        try:
            state = data_sources.read(kind, self._schemas.data_source(kind), config, self._provider)
        except OfflineError as error:
            return pb.ReadDataSource.Response(diagnostics=[diagnostic(str(error), "")])
        return pb.ReadDataSource.Response(state=encode(state))

    # What is kept nowhere

    def OpenEphemeralResource(self, request: pb.OpenEphemeralResource.Request) -> pb.OpenEphemeralResource.Response:
        kind, config = request.type_name, decode(request.config)
        try:
            return pb.OpenEphemeralResource.Response(result=encode(ephemeral.opened(kind, config, self._provider)))
        except OfflineError as error:
            return pb.OpenEphemeralResource.Response(diagnostics=[diagnostic(f"opening {kind}: {error}", "")])

    def CloseEphemeralResource(self, request: pb.CloseEphemeralResource.Request) -> pb.CloseEphemeralResource.Response:
        return pb.CloseEphemeralResource.Response()

    def StopProvider(self, request: pb.StopProvider.Request) -> pb.StopProvider.Response:
        return pb.StopProvider.Response()


_DOES = {"create": "creating", "update": "updating", "delete": "deleting"}


def _refused(kind: str, call: Call, refusal: Refusal, account: str) -> pb.Diagnostic:
    """As the real provider says it: what it did, and to which."""
    known = {name: str(value) for name, value in call.values.items() if isinstance(value, str | int)}
    words = defaultdict(str, {**known, "account": account})
    said = refusal.sentence.format_map(words)
    return diagnostic(f"{_DOES[call.action]} {kind} ({named(call.values)}): api error {refusal.code}: {said}", "")


def named(values: Values) -> str:
    found = (values.get(name) for name in ("id", "name", "family", "bucket", "domain_name"))
    return next((str(value) for value in found if isinstance(value, str | int) and value), "")


def _called(method: Callable[[Any], Any], kind: type[Message], request: bytes) -> bytes:
    answer = method(kind.FromString(request))
    return answer if isinstance(answer, bytes) else bytes(answer.SerializeToString())


def _unconfigurable(block: Block, value: Value, at: AttributePath = ()) -> Iterator[pb.Diagnostic]:
    """Attributes that only the provider decides, yet are set; Terraform checks the rest from the schema itself."""
    if not isinstance(value, dict):
        return
    for name, attribute in block.attributes.items():
        if not attribute.settable and value.get(name) is not None:
            yield diagnostic(
                "Value for unconfigurable attribute",
                f'Can\'t configure a value for "{name}": its value will be decided automatically based on the result '
                "of applying this configuration.",
                (*at, name),
            )
    for name, nested in block.blocks.items():
        for index, element in elements(nested, value.get(name)):
            here: AttributePath = (*at, name) if index is None else (*at, name, index)
            yield from _unconfigurable(nested.block, element, here)


def _fitting(block: Block, value: dict[str, Any]) -> dict[str, Any]:
    """A kept value in the form of today's schema."""
    fitting: dict[str, Any] = {name: value.get(name) for name in block.attributes}
    for name, nested in block.blocks.items():
        kept = value.get(name)
        if nested.nesting == "single":
            fitting[name] = _fitting(nested.block, kept) if isinstance(kept, dict) else None
        elif nested.nesting == "map":
            items = kept.items() if isinstance(kept, dict) else ()
            fitting[name] = {key: _fitting(nested.block, item) for key, item in items}
        else:
            fitting[name] = [_fitting(nested.block, item) for item in kept or []]
    return fitting
