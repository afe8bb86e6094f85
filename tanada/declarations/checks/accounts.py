"""Checks of system.yaml's head: its version, its accounts and their networks and zones."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from tanada import __version__
from tanada.declarations.inventory import bucket_of
from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scopes
from tanada.declarations.tree import Loc, mistake, repeated
from tanada.declared.common import CommonLayer
from tanada.regions import ZONES, zones
from tanada.text import meant, quoted

PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918, 3."""
WIDEST, NARROWEST = 16, 20


def check_accounts(system: Scopes) -> Iterator[Mistake]:
    yield from _version(system)
    yield from _name(system)
    yield from _none_declared(system)
    yield from _same_place(system)
    yield from _regions(system)
    yield from _roles(system)
    yield from _ranges(system)
    yield from _zones(system)
    yield from _images(system)


def version() -> str:
    """This Tanada's version as a declaration writes it."""
    return ".".join(__version__.split(".")[:2])


def _version(system: Scopes) -> Iterator[Mistake]:
    node = system.top.find(["tanada"])
    if node is not None and isinstance(node.value, str) and node.value != version() and node.value.count(".") == 1:
        yield mistake(
            system.top,
            ["tanada"],
            f'{quoted(node.value)} is not the version of this Tanada; expected "{version()}" '
            "(CHANGELOG says what changes), or install the one that is written here",
        )


def _name(system: Scopes) -> Iterator[Mistake]:
    """What CI applies may empty every bucket that is called `<system>-…`: the states of all systems among them."""
    node = system.top.find(["system"])
    if node is None or not isinstance(node.value, str) or not node.value:
        return
    for account in system.accounts.values():
        if (bucket := bucket_of(account)).startswith(f"{node.value}-"):
            sentence = f"the bucket of all systems' states ({bucket}) is called as if it were this system's"
            yield mistake(system.top, ["system"], f"{quoted(node.value)}: {sentence}; choose another name")
            return


def _none_declared(system: Scopes) -> Iterator[Mistake]:
    node = system.top.find(["accounts"])
    if node is not None and not node.mapping and not isinstance(node.value, str | tuple):
        yield mistake(system.top, ["accounts"], "no account is declared; expected at least one")


def _same_place(system: Scopes) -> Iterator[Mistake]:
    seen: dict[tuple[str, str], str] = {}
    for name, account in system.accounts.items():
        first = seen.setdefault((account.id, account.region), name)
        if first != name:
            sentence = f"has the same id and region as account {first}; one entry is enough"
            yield mistake(system.top, ("accounts", name), sentence)


def _regions(system: Scopes) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        region, wanted = account.region, account.common.network.zones
        if region not in ZONES:
            sentence = f"{quoted(region)} is no region that Tanada knows{meant(region, tuple(ZONES))}"
            yield mistake(system.top, ("accounts", name, "region"), sentence)
        elif wanted > (there := len(zones(region))):
            sentence = f"{region} has {there} zones in which tasks run, and network.zones is {wanted}"
            instead = f"say {there} in accounts.{name}.common.network.zones"
            yield mistake(system.top, _own(system, name, "network", "zones"), f"{sentence}; {instead}")


def _roles(system: Scopes) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        if account.role is not None and account.role.split(":")[4] != account.id:
            sentence = f"the role belongs to account {account.role.split(':')[4]}, but the id here is {account.id}"
            yield mistake(system.top, ("accounts", name, "role"), sentence)


def _range(layer: CommonLayer) -> IPv4Network | None:
    try:
        return IPv4Network(layer.network.cidr, strict=False)
    except ValueError:
        return None


def _ranges(system: Scopes) -> Iterator[Mistake]:
    for name, layer in system.layers.items():
        text = layer.network.cidr
        loc = ("accounts", name, "common", "network", "cidr")
        network = _range(layer)
        if network is None:
            yield mistake(system.top, loc, f"{quoted(text)} is no address range; expected one such as 10.0.0.0/16")
            continue
        if str(network) != text:
            yield mistake(system.top, loc, f"{quoted(text)} does not begin at its first address; expected {network}")
        if not WIDEST <= network.prefixlen <= NARROWEST:
            sentence = f"/{network.prefixlen} is not from /{WIDEST} to /{NARROWEST}; expected one such as 10.0.0.0/16"
            yield mistake(system.top, loc, sentence)
        if not any(network.subnet_of(block) for block in PRIVATE):
            sentence = f"{quoted(text)} is not private; expected a part of {', '.join(map(str, PRIVATE))}"
            yield mistake(system.top, loc, sentence)


def _own(system: Scopes, name: str, *field: str) -> Loc:
    """The way to a field of an account's common layer where the account sets it itself, else to the account."""
    loc = ("accounts", name, "common", *field)
    node = system.top.find(loc)
    return loc if node is not None and node.source == "override" else ("accounts", name)


def _zones(system: Scopes) -> Iterator[Mistake]:
    homes: dict[str, str] = {}
    for name, layer in system.layers.items():
        for index, zone in enumerate(layer.zones):
            own = _own(system, name, "zones")
            loc = (*own, index) if own[-1] == "zones" else own
            home = homes.setdefault(zone.name, name)
            if zone.name in [each.name for each in layer.zones[:index]]:
                here = ("accounts", name, "common", "zones", index)
                yield mistake(system.top, here, f"{quoted(zone.name)} is here twice")
            elif home != name:
                yield mistake(
                    system.top,
                    loc,
                    f"zone {zone.name} is account {home}'s already, and a zone lives in one account; "
                    f"give this one its own list in accounts.{name}.common.zones",
                )


def _images(system: Scopes) -> Iterator[Mistake]:
    folders: dict[str, tuple[str, str]] = {}
    for name, layer in system.layers.items():
        loc = ("accounts", name, "common", "images")
        node = system.top.find(loc)
        written = [item.value for item in node.value] if node is not None and isinstance(node.value, tuple) else []
        names = [each for each in written if isinstance(each, str)]
        for index in repeated(names):
            yield mistake(system.top, (*loc, index), f"{quoted(names[index])} is here twice")
        for image, settings in layer.images.items():
            if settings.folder is None:
                continue
            folder, first = folders.setdefault(image, (settings.folder, name))
            if folder != settings.folder:
                sentence = f"is {quoted(folder)} in account {first}; an image is built from one folder for all accounts"
                yield mistake(system.top, (*loc, image, "folder"), sentence)
