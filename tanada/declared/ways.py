"""Where a service's tasks may go: parts of the system by name, anything else by host and port."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Name, Port, Text, expected
from tanada.declared.model import Model

ANY_ADDRESS = "0.0.0.0/0"
"""What a name opens: a rule of a security group knows addresses alone (EC2 API reference, IpPermission)."""
OPEN = 443
"""Open to any address always: images, logs, AWS's and partners' APIs."""
WORN = 5
"""Security groups that ECS gives a task (ECS API reference, AwsVpcConfiguration): it raises this for nobody."""

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_SERVER = rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
"""RFC 1123, 2.1; with the underscore that some names have beside it."""
_ADDRESS = r"[0-9]{1,3}(\.[0-9]{1,3}){3}"
_RANGE = rf"{_ADDRESS}/[0-9]{{1,2}}"


def _wanted(text: str, sample: str) -> str:
    """What is wrong with a host: of the several things that can be, the one that is."""
    if set(text) & set("{}"):
        return "a host as it is, without placeholders; where environments differ each says its own"
    if re.fullmatch(r"[0-9a-fA-F:]*:[0-9a-fA-F:.]*(/[0-9]+)?", text) and text.count(":") > 1:
        return "an address of IPv4, or a name: tasks have no address of IPv6"
    if set(text) & set(":/@ "):
        return f"a host alone, such as {sample}: no scheme, port or path"
    if text != text.lower() and re.fullmatch(_SERVER, text.lower()):
        return f"a host in lower case: {text.lower()}"
    if re.fullmatch(_LABEL, text):
        return f"a whole name such as {sample}; a part of this system is reached by its name alone: reach: [{text}]"
    return f"the name of a host such as {sample}, or its address"


def _address(value: str) -> str:
    """Refuses what looks like an address or a range and is none."""
    if not re.fullmatch(rf"{_RANGE}|{_ADDRESS}", value):
        return value
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        try:
            whole = ipaddress.IPv4Network(value, strict=False)
        except ValueError:
            raise expected("an address of IPv4 such as 203.0.113.7, or a range such as 203.0.113.0/24") from None
        raise expected(f"a range as it begins: {whole}, or one address: {value.partition('/')[0]}") from None
    if (where := next((where for range_, where in _NOWHERE.items() if network.subnet_of(range_)), None)) is not None:
        raise expected(f"an address that a rule leads to; {where}")
    return value


_NOWHERE = {
    ipaddress.IPv4Network(range_): where
    for range_, where in (
        ("127.0.0.0/8", "it is the task itself, whose containers reach each other without a rule"),
        (
            "169.254.0.0/16",
            "it is of what AWS has beside a task (metadata, credentials, time), which no rule opens or closes",
        ),
        ("0.0.0.0/8", "it is none to send to; all addresses are 0.0.0.0/0"),
        ("224.0.0.0/3", "it is of many at once, or of nobody, and a VPC leads there to nothing"),
    )
}
"""Where no rule leads (RFC 6890, 2.2.2; VPC user guide, "Security groups", on what they don't filter)."""


_SMTP, _DATABASE = "smtp.example.com", "main.abc.ap-northeast-1.rds.amazonaws.com"
Place = Annotated[
    str,
    Text(rf"^({_SERVER}|{_ADDRESS}|{_RANGE})$", lambda text: _wanted(text, _SMTP), longest=253),
    AfterValidator(_address),
]
"""A name, an address, or a range of addresses."""
Server = Annotated[
    str,
    Text(rf"^({_SERVER}|{_ADDRESS})$", lambda text: _wanted(text, _DATABASE), longest=253),
    AfterValidator(_address),
]
"""A name or an address."""
SecurityGroupId = Annotated[
    str, Text(r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$", "the id of a security group such as sg-0123456789abcdef0")
]
Access = Literal["read", "write", "append"]


def _refused(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


_SENDER = r"^(\*|[A-Za-z0-9._%+*-]+)@([a-z0-9-]+\.)+[a-z]{2,}$"
Sender = Annotated[str, Text(_SENDER, "an address such as no-reply@example.jp, or *@example.jp", longest=254)]


def _senders(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Senders = Annotated[tuple[Sender, ...], BeforeValidator(_senders, json_schema_input_type=Sender | tuple[Sender, ...])]
"""A bare address is a list of one."""


class Way(Model):
    """One item of `reach`: a part by its name, or a host and its port."""

    name: Name | None = None
    """A service or store; a bare name is one of which nothing else is said."""
    access: Access | None = None
    """What of a store that has permissions: `read`, `write` without reading, `append` putting alone
    (also over an item of the same key); left out, reading and writing."""
    host: Place | None = None
    """Instead of a name: a host, or a range of addresses. A name opens its port to any address, for rules know no
    names."""
    port: Port | None = None
    """The TCP port there; 443 is open always, so that it only says who is called."""
    from_: Annotated[Senders, Field(alias="from")] = ()
    """Of `mail`: the only addresses that it may send from, one or a list, such as `*@example.jp`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.name is None) == (self.host is None):
            raise _refused("expected either the name of a part, or a host and its port")
        if self.name is not None and self.port is not None:
            raise _refused("a part is reached at its own port; take port out, or name a host")
        if self.host is not None and self.access is not None:
            raise _refused("access is of stores that are named; a host has its port alone")
        if self.from_ and self.name is None:
            raise _refused("from is of mail, which is named; a host has its port alone")
        if self.host is not None and self.port is None:
            raise _refused(f"says no port; expected one, such as {{host: {self.host}, port: 587}}")
        return self

    def bare(self) -> str | None:
        return self.name if self.access is None and not self.from_ else None


def _way(value: Any) -> Any:
    """A bare name is a part of which nothing else is said; no name has a dot in it, as a host has."""
    if not isinstance(value, str):
        return value
    if (host := re.fullmatch(rf"({_SERVER}|{_ADDRESS}|{_RANGE})(?::(?P<port>[0-9]{{1,5}}))?", value)) is not None:
        raise expected(f"the name of a part; a host is {{host: {host[1]}, port: {host['port'] or 587}}}")
    if set(value) & set("./:"):
        raise expected(f"the name of a part; what is elsewhere is {{host: {_SMTP}, port: 587}}")
    return {"name": value}


Ways = tuple[Annotated[Way, BeforeValidator(_way, json_schema_input_type=Name | Way)], ...]
"""Bare names of parts, or more about each."""


def opened(host: str) -> str:
    """The addresses that a rule for this host opens."""
    return str(ipaddress.IPv4Network(host)) if re.fullmatch(rf"{_RANGE}|{_ADDRESS}", host) else ANY_ADDRESS


def ways_out(places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """What the rules for these hosts and ports open, addresses and port, each once, with the hosts that they are for;
    none where it is open already."""
    rules: dict[tuple[str, int], dict[str, None]] = {}
    for host, port in places:
        if port != OPEN:
            rules.setdefault((opened(host), port), {})[host] = None
    return {rule: tuple(hosts) for rule, hosts in rules.items()}


def places_of(ways: Iterable[Way]) -> Iterator[tuple[str, int]]:
    """The hosts and ports among them."""
    for way in ways:
        if way.host is not None and way.port is not None:
            yield way.host, way.port
