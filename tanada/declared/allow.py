"""Who gets in from outside: addresses of IPv4 and IPv6, a list of them for a service or for some of its paths.

A rule of a load balancer can ask where a request comes from (Elastic Load Balancing guide, "Source IP address
conditions"): that is who connects, so of somebody behind a proxy the proxy; `X-Forwarded-For` counts for nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator

from tanada.declared.fields import PathPattern, Text, expected

ALL = "/*"
"""Stands among paths for all that none of the others fits."""
_SAMPLE = "an address such as 203.0.113.7, a range such as 203.0.113.0/24 or 2001:db8::/32"
_ALL_OF_A_NETWORK = "255.255.255.255/32"
"""Elastic Load Balancing guide, "Source IP address conditions"."""
_ANY = frozenset({"0.0.0.0/0", "::/0"})
Range = ipaddress.IPv4Network | ipaddress.IPv6Network


def _range(text: str) -> str:
    """The one form of an address or a range: as AWS's provider takes it, `ValidCIDRNetworkAddress`."""
    try:
        found = ipaddress.ip_network(text)
    except ValueError:
        pass
    else:
        if found.version == 6 and (inside := found.network_address.ipv4_mapped) is not None:
            raise expected(f"an address of IPv4 as it is, {inside}: nobody comes from the form that IPv6 has for it")
        if str(found) == _ALL_OF_A_NETWORK:
            raise expected(f"{_SAMPLE}; {_ALL_OF_A_NETWORK} is nobody's, and load balancers take no rule for it")
        return str(found)
    try:
        whole = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise expected(_SAMPLE) from None
    raise expected(f"a range as it begins: {whole}, or one address: {text.partition('/')[0]}")


_FORM = r"[0-9a-fA-F.:]+(/[0-9]{1,3})?"
Address = Annotated[str, Text(f"^{_FORM}$", _SAMPLE, longest=64), AfterValidator(_range)]
"""An address, or a range of addresses, of IPv4 or IPv6."""


def _source(text: str) -> str:
    return text if is_name(text) else _range(text)


def is_name(text: str) -> bool:
    """Whether it names a set: no name has a dot or a colon in it, as each address has."""
    return not set(text) & set(".:/")


Source = Annotated[
    str,
    Text(
        rf"^([a-z]([a-z0-9-]{{0,30}}[a-z0-9])?|{_FORM})$", f"{_SAMPLE}, or the name of a set in addresses", longest=64
    ),
    AfterValidator(_source),
]
"""One of these, or the name of a set: it gives way to the addresses of the account's before anything is made of it."""


def _some(value: Any) -> Any:
    """A bare text is a list of one; an empty list lets nobody in, which nobody means."""
    given = (value,) if isinstance(value, str) else value
    if isinstance(given, list | tuple) and not given:
        raise expected("one address at least; null takes the list away")
    return given


Addresses = Annotated[tuple[Address, ...], BeforeValidator(_some)]
"""A named set."""
Sources = Annotated[tuple[Source, ...], BeforeValidator(_some, json_schema_input_type=Source | tuple[Source, ...])]


def _by_path(value: Any) -> Any:
    """What is said without a path is said of all."""
    return {ALL: value} if isinstance(value, str | list | tuple) else value


def _wanted(text: str) -> str:
    """What is wrong with a path; of ALL nothing is."""
    said = _PATHS.expected(text) if callable(_PATHS.expected) else _PATHS.expected
    return f"{ALL}, all paths that no other one fits" if re.fullmatch(r"/\*+", text) else said


_PATHS: Text = get_args(PathPattern)[1]
Pattern = Annotated[
    str,
    Text(rf"^({re.escape(ALL)}|{_PATHS.pattern[1:-1]})$", _wanted, longest=_PATHS.longest),
]
"""A path as a rule takes it, or ALL."""
ByPath = Annotated[
    dict[Pattern, Sources],
    BeforeValidator(_by_path, json_schema_input_type=Source | tuple[Source, ...] | dict[Pattern, Sources]),
]
"""By path the addresses that get in."""


def open_to_all(sources: Collection[str]) -> bool:
    """Whether they let everybody in, as if no list were there."""
    return set(sources) >= _ANY


def network(source: str) -> Range:
    return ipaddress.ip_network(source)


def covers(wide: str, narrow: str) -> bool:
    """Whether whatever fits one pattern fits the other: a `*` of the narrow one only another `*` takes in."""
    pieces = ("[^*]" if each == "?" else ".*" if each == "*" else re.escape(each) for each in wide)
    return re.fullmatch("".join(pieces), narrow) is not None


_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
            *("127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
        ),
    )
)
"""Of which nobody comes over the internet (RFC 1918, 6598, 6890, 4193, 4291)."""


def nobody(source: str, internals: Collection[bool]) -> str | None:
    """Why nobody comes from there to load balancers of these kinds, internal ones or such as are open to the internet;
    None where somebody may."""
    if is_name(source) or not internals:
        return None
    range_ = network(source)
    private = any(range_.version == each.version and range_.subnet_of(each) for each in _PRIVATE)  # type: ignore[arg-type]
    reasons = {
        internal: f"{source} is of IPv6, and an internal load balancer has addresses of IPv4 alone"
        if internal and range_.version == 6
        else f"{source} is private, and nobody comes from such over the internet"
        if not internal and private
        else None
        for internal in internals
    }
    return None if None in reasons.values() else next(filter(None, reasons.values()))
