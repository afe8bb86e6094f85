"""Calls to jsii's kernel that don't wait for an answer when it is known beforehand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import jsii
from jsii import _reference_map
from jsii._kernel import _get_overides, _handle_callback, _make_reference_for_native, _recursize_dereference
from jsii._kernel.types import Callback, GetRequest, InvokeRequest, ObjRef, SetRequest
from jsii.errors import JavaScriptError, JSIIError

from tanada.stacks.fast import jsii_alone, native
from tanada.stacks.fast.node import Node

Result = TypeVar("Result")

_PLAIN = frozenset({str, int, float, bool, type(None)})

# jsii unstructures each message by cattrs, then writes it with blanks: a tenth of Python's time.
_dumps = json.JSONEncoder(separators=(",", ":"), default=jsii_alone.encoded).encode
_FIRST_ID = 10000
_VOID = frozenset({"addOverride", "overrideLogicalId", "resetOverrideLogicalId"})
"""Methods of cdktf's elements and stacks that return nothing."""
_OUTPUTS = {"getString": "String", "getList": "List"}
"""Methods of cdktf's remote states that return a reference to an output."""
_RESULT = {"get": "value", "sget": "value", "invoke": "result", "sinvoke": "result"}
_NOTHING = ""
_DONE = b'{"ok":{}}'
"""The answer of what returns nothing."""


class Again(BaseException):
    """A call that was not waited for went wrong: the work must be done again, waiting for each.

    No Exception, so that no one takes it for an error of theirs.
    """


class Kernel:
    """Stands in for the methods of `jsii._kernel.Kernel` that programs use."""

    def __init__(self, stock: Any) -> None:
        """`stock` is jsii's own kernel, whose helpers are used."""
        self._stock = stock
        self._overrides: dict[tuple[type, type], list[dict[str, str]]] = {}
        self.ahead = False
        """Whether calls may be sent without waiting."""

    def connect(self, node: Node, loads: int, attributes: dict[str, dict[str, str]]) -> None:
        """Speak to this Node, which was sent so many packages to load.

        `attributes` are, by class, its properties that are references: `String` or `List`.
        """
        self._node = node
        self._loads = loads
        self._attributes = attributes
        self._next = _FIRST_ID
        self._pending: list[str] = []
        self._references: dict[str, dict[str, str]] = {}
        self._names = 0

    @property
    def used(self) -> bool:
        """Whether Node holds objects of the program."""
        return self._next > _FIRST_ID

    def work(self, work: Callable[[], Result], *, ahead: bool) -> Result:
        """Do it, sending ahead or not; raises Again when something that was sent ahead went wrong."""
        self.ahead = ahead
        self._references.clear()
        try:
            result = work()
        except Exception:
            # Maybe it only follows from a call that failed before, and that stock CDKTF would have stopped at.
            self.wait()
            raise
        else:
            self.wait()
            return result
        finally:
            self.ahead = False

    def remember(self, file: str) -> None:
        """Let Node write what makes its next start faster."""
        self._call({"api": "sinvoke", "fqn": native.FQN, "method": "remember", "args": [file]})

    # What programs call.

    def create(self, klass: Any, obj: Any, args: list[Any] | None = None) -> ObjRef:
        key = (type(obj), klass)
        overrides = self._overrides.get(key)
        if overrides is None:
            overrides = self._overrides[key] = [_override(each) for each in _get_overides(klass, obj)]
        fqn = klass.__jsii_type__ or "Object"
        message: dict[str, Any] = {
            "api": "create",
            "fqn": fqn,
            "args": [_encode(self._stock, each) for each in args or ()],
        }
        if overrides:
            message["overrides"] = overrides
        # Those of a class that Node knows it knows too: to find that out it looks through all its ancestors.
        if fqn == "Object" and (interfaces := [each.__jsii_type__ for each in getattr(klass, "__jsii_ifaces__", ())]):
            message["interfaces"] = interfaces
        rules = _address_rules(type(obj), overrides) if overrides and self.ahead else None
        if overrides and rules is None and fqn != "Object":
            # Node may call back while it makes the next: what is sent ahead would come in between.
            self.wait()
            self.ahead = False
        if self.ahead and fqn != "Object":
            reference = f"{fqn}@{self._next}"
            self._next += 1
            self._send(message, reference)
            obj.__jsii_ref__ = ObjRef(ref=reference)
            if rules is not None:
                self._native("address", obj, *rules)
        else:
            obj.__jsii_ref__ = self._call(message)
        # For the rest of its __init__.
        _reference_map.register_reference(obj)
        reference_: ObjRef = obj.__jsii_ref__
        return reference_

    def get(self, obj: Any, property: str) -> Any:
        reference = obj.__jsii_ref__
        if self.ahead:
            kind = self._attributes.get(reference.ref.rpartition("@")[0], {}).get(property)
            if kind is not None:
                return self._reference(obj, kind, property)
        return self._read({"api": "get", "objref": _unstructured(reference), "property": property})

    def set(self, obj: Any, property: str, value: Any) -> None:
        self._references.pop(obj.__jsii_ref__.ref, None)
        objref = _unstructured(obj.__jsii_ref__)
        self._call({"api": "set", "objref": objref, "property": property, "value": _encode(self._stock, value)})

    def invoke(self, obj: Any, method: str, args: list[Any] | None = None) -> Any:
        self._references.pop(obj.__jsii_ref__.ref, None)
        objref = _unstructured(obj.__jsii_ref__)
        encoded = [_encode(self._stock, each) for each in args or ()]
        message = {"api": "invoke", "objref": objref, "method": method, "args": encoded}
        if self.ahead and method in _VOID:
            return self._send(message, _NOTHING)
        if self.ahead and method in _OUTPUTS and objref["$jsii.byref"].startswith("cdktf.DataTerraformRemoteState"):
            return self._reference(obj, _OUTPUTS[method], method, *encoded)
        return self._read(message)

    def sget(self, klass: Any, property: str) -> Any:
        return self._read({"api": "sget", "fqn": klass.__jsii_type__, "property": property})

    def sset(self, klass: Any, property: str, value: Any) -> None:
        fqn = klass.__jsii_type__
        self._call({"api": "sset", "fqn": fqn, "property": property, "value": _encode(self._stock, value)})

    def sinvoke(self, klass: Any, method: str, args: list[Any] | None = None) -> Any:
        encoded = [_encode(self._stock, each) for each in args or ()]
        return self._read({"api": "sinvoke", "fqn": klass.__jsii_type__, "method": method, "args": encoded})

    # Ahead of the answer.

    def wait(self) -> None:
        """Take in the answers that are due; raise Again when one is not the expected."""
        if self._loads:
            self._open()
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        wrong = False
        callbacks: list[str] = []
        for expected in pending:
            line = self._node.readline()
            # Read as what it is only where it is not to the byte what it should be: Node has nothing to do meanwhile.
            if line == (b'{"ok":{"$jsii.byref":"%b"}}' % expected.encode() if expected else _DONE):
                continue
            answer = json.loads(line)
            if "callback" in answer:
                # Its own answer comes after those of the calls behind it.
                callbacks.append(answer["callback"]["cbid"])
            elif "ok" not in answer or answer["ok"].get("$jsii.byref", _NOTHING) != expected:
                wrong = True
        for cbid in reversed(callbacks):
            self._refuse(cbid)
        if wrong or callbacks:
            self._recount()
            raise Again

    def _open(self) -> None:
        """Take in Node's greeting and its answers to what was sent when it started."""
        loads, self._loads = self._loads, 0
        greeting = json.loads(self._node.readline()).get("hello")
        if greeting != f"@jsii/runtime@{jsii.__jsii_runtime_version__}":
            raise JSIIError(f"jsii's program says {greeting}, expected that of {jsii.__jsii_runtime_version__}")
        for _ in range(loads):
            self._answer()
        self._node.folder = Path(self._answer()["ok"]["result"]).parents[1]
        self._node.took_code = self._answer()["ok"]["result"]

    def _send(self, message: dict[str, Any], expected: str) -> None:
        self._node.write(_dumps(message).encode() + b"\n")
        self._pending.append(expected)

    def _native(self, method: str, obj: Any, *args: str) -> None:
        objref = _unstructured(obj.__jsii_ref__)
        self._send({"api": "sinvoke", "fqn": native.FQN, "method": method, "args": [objref, *args]}, _NOTHING)

    def _reference(self, obj: Any, kind: str, member: str, argument: str = _NOTHING) -> Any:
        """A token under a name of ours: Node makes the same reference as ever, and learns that name for it."""
        known = self._references.setdefault(obj.__jsii_ref__.ref, {})
        name = known.get(f"{member} {argument}")
        if name is None:
            self._names += 1
            name = known[f"{member} {argument}"] = f"TOKEN.t{self._names}"
            self._native("reference", obj, member, argument, name)
        return f"${{TfToken[{name}]}}" if kind == "String" else [f"#{{TfToken[{name}]}}"]

    def _recount(self) -> None:
        """After a failure: the ids that Node gives out next are not known; ask for one."""
        answer = self._ask({"api": "create", "fqn": "Object", "args": []})
        self._next = int(answer["ok"]["$jsii.byref"].rpartition("@")[2]) + 1

    def _refuse(self, cbid: str) -> None:
        answer = self._ask({"complete": {"cbid": cbid, "err": native.DOUBT, "result": None}})
        while "callback" in answer:
            answer = self._ask({"complete": {"cbid": answer["callback"]["cbid"], "err": native.DOUBT, "result": None}})

    def _ask(self, message: dict[str, Any]) -> Any:
        self._node.write(_dumps(message).encode() + b"\n")
        return json.loads(self._node.readline())

    # Waiting for the answer.

    def _read(self, message: dict[str, Any]) -> Any:
        answer = self._call(message)
        value = answer.get(_RESULT[message["api"]])
        return value if type(value) is str else _recursize_dereference(self._stock, value)

    def _call(self, message: dict[str, Any]) -> Any:
        self.wait()
        self._node.write(_dumps(message).encode() + b"\n")
        answer = self._answer()
        while "callback" in answer:
            answer = self._complete(answer["callback"])
        return answer["ok"]

    def _complete(self, called: dict[str, Any]) -> Any:
        """Do what Node asks for, and give it the result."""
        complete: dict[str, Any] = {"cbid": called["cbid"], "err": None, "result": None}
        try:
            complete["result"] = _encode(self._stock, _handle_callback(self._stock, _callback(called)))
            self.wait()
        except Again:
            self._refuse(called["cbid"])
            raise
        except Exception as error:
            complete["err"] = str(error)
        self._node.write(_dumps({"complete": complete}).encode() + b"\n")
        return self._answer()

    def _answer(self) -> Any:
        answer = json.loads(self._node.readline(), object_hook=self._hook)
        if "error" not in answer:
            return answer
        error, stack = answer["error"], answer.get("stack", "")
        if self.ahead and native.DOUBT in error:
            raise Again
        if answer.get("name") == "@jsii/kernel.Fault":
            raise JSIIError(error) from JavaScriptError(stack)  # type: ignore[no-untyped-call]
        raise RuntimeError(error) from JavaScriptError(stack)  # type: ignore[no-untyped-call]

    def _hook(self, value: dict[str, Any]) -> Any:
        """jsii's own, and the count of objects: Node numbers them, those of callbacks too."""
        decoded = jsii_alone.decoded(value)
        if type(decoded) is ObjRef:
            number = decoded.ref.rpartition("@")[2]
            if number.isdigit() and int(number) >= self._next:
                self._next = int(number) + 1
        return decoded


def install(kernel: Kernel, stock: Any) -> None:
    """Put it under the classes that jsii generated: they call `jsii.create` and its like."""
    for name in ("create", "get", "set", "sget", "sset", "invoke", "sinvoke"):
        method: Callable[..., Any] = getattr(kernel, name)
        setattr(stock, name, method)
        setattr(jsii, name, method)


def _override(each: Any) -> dict[str, str]:
    if each.method:
        return {"method": each.method, "cookie": each.cookie}
    return {"property": each.property, "cookie": each.cookie}


def _address_rules(kind: Any, overrides: list[dict[str, str]]) -> tuple[str, str] | None:
    """What Node must know to make the addresses of a stack by itself, when only those are overridden, by our method."""
    base = sys.modules.get("tanada.stacks.base")
    if base is None or [each.get("method") for each in overrides] != ["allocateLogicalId"]:
        return None
    if getattr(kind, "_allocate_logical_id", None) is not base.BaseStack._allocate_logical_id:
        return None
    return base._WORD.pattern, base._LAYER.pattern


def _unstructured(reference: ObjRef) -> dict[str, Any]:
    if reference.interfaces:
        return {"$jsii.byref": reference.ref, "$jsii.interfaces": reference.interfaces}
    return {"$jsii.byref": reference.ref}


def _callback(called: Mapping[str, Any]) -> Callback:
    parts: dict[str, Any] = {}
    for name, kind in (("invoke", InvokeRequest), ("get", GetRequest), ("set", SetRequest)):
        if called.get(name):
            parts[name] = kind(**called[name])
    return Callback(cbid=called["cbid"], cookie=called["cookie"], **parts)


def _encode(kernel: Any, value: Any) -> Any:
    """As `jsii._kernel._make_reference_for_native`, but a struct's empty fields are left out (Node reads them so)."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {"$jsii.map": {key: _encode(kernel, each) for key, each in value.items()}}
    if kind is list:
        return [_encode(kernel, each) for each in value]
    own = kind.__dict__
    names = own.get("__jsii_name_mapping__")
    if names is not None:
        data = {names[key]: _encode(kernel, each) for key, each in value._values.items() if each is not None}
        return {"$jsii.struct": {"fqn": own["__jsii_type__"], "data": data}}
    # Enums, dates, objects of the user's own classes, functions that can't be passed, all else.
    return _make_reference_for_native(kernel, value)
