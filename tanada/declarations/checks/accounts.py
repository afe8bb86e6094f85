"""Checks of system.yaml's head: its version, its accounts and their networks and zones."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from tanada import __version__
from tanada.declarations.inventory import bucket_of
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes
from tanada.declarations.tree import mistake, repeated
from tanada.declared.account import Account
from tanada.declared.cdn import ORIGIN
from tanada.declared.common import CommonLayer
from tanada.declared.hosted_zone import Zone
from tanada.declared.load_balancer import called
from tanada.regions import ZONES, other_partition, partition, zones
from tanada.text import meant, one_of, quoted

PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918, 3."""
WIDEST, NARROWEST = 16, 20
RESERVED = ("xn--", "sthree-", "amzn-s3-demo-")
"""Amazon S3 user guide, "General purpose bucket naming rules"."""
UNCERTIFIED = ("arpa", "internal", "invalid", "local", "localhost", "onion")
"""Ends of names that no public authority certifies (RFC 6761, 6762, 7686; ICANN 2024 on .internal; RFC 3172)."""


def check_accounts(system: Scopes) -> Iterator[Mistake]:
    yield from _version(system)
    yield from _name(system)
    yield from _none_declared(system)
    yield from _same_place(system)
    yield from _regions(system)
    yield from _alarms(system)
    yield from _endpoints(system)
    yield from _roles(system)
    yield from _ranges(system)
    yield from _zones(system)
    yield from _existing(system)
    yield from _load_balancers(system)
    yield from _firewalls(system)
    yield from _images(system)
    yield from _there(system)


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
    if prefix := next((each for each in RESERVED if f"{node.value}-".startswith(each)), None):
        sentence = f"stands first in the names of buckets, and S3 keeps {prefix} there for itself"
        yield mistake(system.top, ["system"], f"{quoted(node.value)} {sentence}; choose another name")
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
    homes: dict[str, str] = {}
    for name, account in system.accounts.items():
        home = system.accounts[homes.setdefault(account.id, name)]
        if partition(home.region) != partition(account.region):
            sentence = f"{account.region} lies in {partition(account.region)}, and account {homes[account.id]}"
            sentence += f" of the same id in {partition(home.region)}; an AWS account lies in one partition"
            yield mistake(system.top, ("accounts", name, "region"), sentence)


def _regions(system: Scopes) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        region, wanted = account.region, account.common.network.availability_zones
        if region not in ZONES:
            yield mistake(system.top, ("accounts", name, "region"), f"{quoted(region)} {_no_region(region)}")
        elif wanted > (there := len(zones(region))):
            sentence = f"{region} has {there} zones in which tasks run, and network.availability_zones is {wanted}"
            instead = f"say {there} in accounts.{name}.common.network.availability_zones"
            yield mistake(
                system.top, own_field(system, name, "network", "availability_zones"), f"{sentence}; {instead}"
            )


def _alarms(system: Scopes) -> Iterator[Mistake]:
    """An alarm tells a topic of its own region alone (cds-snc/notification-terraform#128)."""
    for name, account in system.accounts.items():
        alarms = account.common.alarms
        if alarms is None or alarms.topic is None:
            continue
        if (region := alarms.topic.split(":")[3]) != account.region:
            sentence = f"its topic lies in {region}, and alarms in {account.region} tell none of another region"
            instead = f"name one there in accounts.{name}.common.alarms, or say mail"
            yield mistake(system.top, own_field(system, name, "alarms", "topic"), f"{sentence}; {instead}")


def _endpoints(system: Scopes) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        if account.common.network.endpoints and partition(account.region) == "aws-cn":
            sentence = "interface endpoints have other names in China, which Tanada doesn't know; take them out"
            yield mistake(system.top, own_field(system, name, "network", "endpoints"), sentence)


def _no_region(region: str) -> str:
    if other := other_partition(region):
        return f"is no region that Tanada knows: it lies in {other}; expected one of aws, aws-cn or aws-us-gov"
    near = meant(region, tuple(ZONES)) or "; expected one such as ap-northeast-1"
    return f"is no region that Tanada knows{near}"


def _roles(system: Scopes) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        if account.role is None:
            continue
        _, of, _, _, number, _ = account.role.split(":")
        if number != account.id:
            sentence = f"the role belongs to account {number}, but the id here is {account.id}"
            yield mistake(system.top, ("accounts", name, "role"), sentence)
        elif account.region in ZONES and of != partition(account.region):
            here = partition(account.region)
            sentence = f"the role is of the partition {of}, and {account.region} lies in {here}; write arn:{here}:…"
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


def own_field(system: Scopes, name: str, *field: str | int) -> Loc:
    """The way to a field of an account's common layer where the account sets it itself, else to the account."""
    loc = ("accounts", name, "common", *field)
    node = system.top.find(loc)
    return loc if node is not None and node.source == "override" else ("accounts", name)


def _zones(system: Scopes) -> Iterator[Mistake]:
    homes: dict[str, str] = {}
    for name, layer in system.layers.items():
        for index, zone in enumerate(layer.hosted_zones):
            own = own_field(system, name, "hosted_zones")
            loc = (*own, index) if own[-1] == "hosted_zones" else own
            home = homes.setdefault(zone.name, name)
            if (end := zone.name.rpartition(".")[2]) in UNCERTIFIED and home == name:
                here = ("accounts", name, "common", "hosted_zones", index)
                sentence = f"{quoted(zone.name)} ends in .{end}, and nobody certifies such names; expected a domain"
                yield mistake(system.top, here, f"{sentence} such as example.jp")
            elif zone.name in [each.name for each in layer.hosted_zones[:index]]:
                here = ("accounts", name, "common", "hosted_zones", index)
                yield mistake(system.top, here, f"{quoted(zone.name)} is here twice")
            elif other := _whose(system, zone, name):
                yield mistake(
                    system.top,
                    loc,
                    f"zone {zone.name} is account {other}'s already, and a zone lives in one account; "
                    f"give this one its own list in accounts.{name}.common.hosted_zones",
                )


def _whose(system: Scopes, zone: Zone, name: str) -> str | None:
    """The account before this one that has a zone of the same name to itself."""
    for other, layer in system.layers.items():
        if other == name:
            return None
        if not all(_shared(system, zone, name, each, other) for each in layer.hosted_zones if each.name == zone.name):
            return other
    return None


def _shared(system: Scopes, zone: Zone, name: str, of: Zone, other: str) -> bool:
    """Whether it is one zone, a third account's or one of theirs, in which two make their own records: what validates
    their certificates is another record in each AWS account. Whoever has no role for it owns it."""
    here, there = system.accounts.get(name), system.accounts.get(other)
    if zone.existing is None or zone.existing != of.existing or here is None or there is None or here.id == there.id:
        return False
    owners = {
        zone.roles.account_id if zone.roles is not None else here.id,
        of.roles.account_id if of.roles is not None else there.id,
    }
    return len(owners) == 1


def _existing(system: Scopes) -> Iterator[Mistake]:
    """One hosted zone answers for one name."""
    first: dict[str, str] = {}
    for name, layer in system.layers.items():
        for index, zone in enumerate(layer.hosted_zones):
            if zone.existing is not None and first.setdefault(zone.existing, zone.name) != zone.name:
                sentence = f"{quoted(zone.existing)} is the zone of {first[zone.existing]} already; take its own id"
                yield mistake(system.top, ("accounts", name, "common", "hosted_zones", index, "existing"), sentence)


def _load_balancers(system: Scopes) -> Iterator[Mistake]:
    """No two have one name in AWS."""
    for account, layer in system.layers.items():
        yield from _elsewhere(system, account, layer)
        first: dict[str, str] = {}
        for name, balancer in layer.load_balancers.items():
            other = first.setdefault(called(name, balancer), name)
            if other != name:
                # Shown where one says that it was called so; `public` need not say what it stands for.
                whose, whom = (name, other) if balancer.renamed_from else (other, name)
                loc = ("accounts", account, "common", "load_balancers", whose, "renamed_from")
                old = quoted(layer.load_balancers[whose].renamed_from[0])
                yield mistake(system.top, loc, f"{old} is what {whom} was called; take one of them out")


def _firewalls(system: Scopes) -> Iterator[Mistake]:
    """Somebody comes by them over the internet; of those that are there already their owner says what stands before
    them, and a second web ACL would take the first one's place."""
    for account, layer in system.layers.items():
        if layer.waf is None or any(
            each.existing is None and not each.internal for each in layer.load_balancers.values()
        ):
            continue
        mine = [each for each in system.everyone if each.account == account]
        if any(need.type == ORIGIN for each in mine for need in each.needs()):
            continue  # before CloudFront
        if any(isinstance(each, Scope) and len(each.services) < len(each.names("services")) for each in mine):
            continue  # nobody knows where the broken ones answer
        sentence = (
            "stands before no load balancer: it protects those that are made here and are open to the internet, and "
            f"account {account} has none; declare one in load_balancers, or take waf out"
        )
        yield mistake(system.top, own_field(system, account, "waf"), sentence)


def _there(system: Scopes) -> Iterator[Mistake]:
    """Nothing of ours has room in a network that names no subnets for it, nor in another account's cluster."""
    for account, layer in system.layers.items():
        network, here = layer.network, system.accounts.get(account)
        open_ = [name for name, each in layer.load_balancers.items() if each.existing is None and not each.internal]
        if network.existing is not None and not network.public and open_ and (layer.hosted_zones or layer.certificates):
            yield mistake(
                system.top,
                own_field(system, account, "network", "existing"),
                f"load balancer {open_[0]} is open to the internet, and no public subnets are named; say public: "
                "[subnet-…, subnet-…] in network, or load_balancers: {} where nothing is public",
            )
        for index, certificate in enumerate(layer.certificates):
            # A listener takes those of its own account and region (Elastic Load Balancing guide, "SSL certificates for
            # your Application Load Balancer").
            if here is not None:
                yield from _at_home(system, account, here, certificate.existing, "certificates", index)
        if layer.cluster is not None and here is not None:
            yield from _at_home(system, account, here, layer.cluster.existing, "cluster")


def _elsewhere(system: Scopes, account: str, layer: CommonLayer) -> Iterator[Mistake]:
    """Rules can be made on load balancers of the same account and region alone."""
    for name, balancer in layer.load_balancers.items():
        if balancer.existing is not None and (here := system.accounts.get(account)) is not None:
            yield from _at_home(system, account, here, balancer.existing, "load_balancers", name)


def _at_home(system: Scopes, name: str, here: Account, arn: str, *what: str | int) -> Iterator[Mistake]:
    """Of what exists already, by its ARN: it has to lie in the account and region."""
    _, _, _, region, id_, _ = arn.split(":", 5)
    if (id_, region) == (here.id, here.region):
        return
    sentence = f"it lies in account {id_}, {region}; expected one of account {name} ({here.id}, {here.region})"
    loc = own_field(system, name, *what, "existing")
    if loc[-1] != "existing":
        words = [each for each in what if isinstance(each, str)]
        there = ".".join(("accounts", name, "common", *words))
        called = " ".join(words).replace("load_balancers", "load balancer").replace("certificates", "certificate")
        sentence = f"{called}: {sentence}; say its own, or null, in {there}"
    yield mistake(system.top, loc, sentence)


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
        yield from _repositories(system, name, layer)
        yield from _of_another(system, name, layer)


def _of_another(system: Scopes, account: str, layer: CommonLayer) -> Iterator[Mistake]:
    """Images in another account's registry: that one keeps them, and what is said of them is said there."""
    node = system.top.find(["accounts"])
    names = tuple(node.mapping) if node is not None else ()
    for image, settings in layer.images.items():
        if settings.account is None or settings.account == account:
            continue
        loc = ("accounts", account, "common", "images", image)
        if settings.account not in names:
            sentence = f"{quoted(settings.account)} is no account; {one_of(names)}{meant(settings.account, names)}"
            yield mistake(system.top, (*loc, "account"), sentence)
            continue
        there, owner = system.layers.get(settings.account), system.accounts.get(settings.account)
        if there is None or owner is None or account not in system.accounts:
            continue  # that is said
        of = ("accounts", settings.account, "common", "images")
        theirs = there.images.get(image)
        if theirs is None:
            sentence = f"account {settings.account} has no image {image}; add it to its common.images, or take this out"
            yield mistake(system.top, (*loc, "account"), sentence, because=[of])
            continue
        if theirs.account not in (None, settings.account):
            sentence = f"in account {settings.account} it is of account {theirs.account} itself; write {theirs.account}"
            yield mistake(system.top, (*loc, "account"), sentence, because=[(*of, image, "account")])
        elif partition(owner.region) != partition(system.accounts[account].region):
            sentence = f"account {settings.account} is in another partition of AWS, from where nothing is pulled"
            yield mistake(system.top, (*loc, "account"), f"{sentence}; give this account an image of its own")
        for field in ("repository", "existing", "mutable"):
            if field in settings.model_fields_set and getattr(settings, field) != getattr(theirs, field):
                sentence = f"is said where the image lies, in account {settings.account}; take it out here"
                yield mistake(system.top, (*loc, field), sentence, at_key=True)


def _repositories(system: Scopes, account: str, layer: CommonLayer) -> Iterator[Mistake]:
    """Each image has a repository of its own, and nothing is said of one that somebody else keeps but its name."""
    node = system.top.find(["system"])
    first: dict[str, str] = {}
    for image, settings in layer.images.items():
        if settings.account not in (None, account):
            continue
        loc = ("accounts", account, "common", "images", image)
        if settings.existing and settings.mutable:
            sentence = "nothing is made of a repository that exists, whoever keeps it says whether tags move"
            yield mistake(system.top, (*loc, "mutable"), f"{sentence}; take mutable out", at_key=True)
        name = settings.called(str(node.value) if node is not None else "", image)
        other = first.setdefault(name, image)
        if other != image:
            # Shown where a name is written; `<system>/<image>` is written nowhere.
            whose, whom = (image, other) if settings.repository else (other, image)
            sentence = f"{quoted(name)} is the repository of {whom} already; expected another, an image has its own"
            yield mistake(system.top, (*loc[:-1], whose, "repository"), sentence)
