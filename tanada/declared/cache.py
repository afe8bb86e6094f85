"""ElastiCache: Valkey, Redis and Memcached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from typing import Annotated, Literal

from pydantic import Field

from tanada.declared.fields import Days, Flag, Text, Whole
from tanada.declared.model import Default, Kind, Need
from tanada.declared.windows import OF_CACHES, Backup, Maintenance
from tanada.declared.windows import faults as faults_of_windows

VERSIONS: Mapping[str, Mapping[str, str]] = {
    "valkey": {"7": "7.2", "8": "8.0", "9": "9.0"},
    "redis": {"5": "5.0.6", "6": "6.2", "7": "7.1"},
    "memcached": {"1.5": "1.5.16", "1.6": "1.6.22"},
}
"""By engine the versions that are written, and what each is: a minor version that never moves by itself, for the
provider makes a cache anew whose version goes back. Source: ElastiCache user guide, "Supported engines and versions"
(general knowledge); that of Valkey 9 by configurations of others that name `default.valkey9` and 9.0."""
_CLOSED: Mapping[str, Sequence[str]] = {
    "valkey": ("7.2", "8.0", "8.1", "8.2", "9.*"),
    "redis": ("5.0.0", "5.0.3", "5.0.4", "5.0.5", "5.0.6", "6.0", "6.2", "7.0", "7.1"),
    "memcached": ("1.5.10", "1.5.16", "1.6.6", "1.6.12", "1.6.17", "1.6.22", "1.6.2[3-9]", "1.6.[3-9]?"),
}
"""The whole versions that AWS makes caches of (the same page): of Redis none will be added, of the others may be what a
pattern stands for."""
TLS_FROM = (1, 6, 12)
"""Memcached (ElastiCache user guide, "In-transit encryption")."""
_LONGEST = 100
_OF_AWS = frozenset({"appendfsync", "appendonly", "cluster-enabled", "maxmemory", "maxclients"})
"""Parameters that no group may change, or none without cluster mode (ElastiCache user guide, "Engine specific
parameters"; API reference, CreateReplicationGroup)."""


CacheVersion = Annotated[
    str,
    Text(
        r"^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){0,2}$",
        'a version in quotes such as "8", "7.1" or "1.6.22"',
        longest=11,
        also="number",
    ),
]
NodeType = Annotated[
    str,
    Text(
        r"^cache\.(t([234]|4g|[5-9][a-z]*)\.(micro|small|medium)"
        r"|[mrc]([4-9]|1[0-9])(?![a-z]*d)[a-z]*\.(x|[248]x|1[0268]x|24x)?large)$",
        "a class of nodes such as cache.t4g.micro or cache.m7g.large, of a size that there is of its family; none that "
        "AWS makes no new ones of (t1, m3, r3), nor with disks of its own (r6gd)",
        longest=32,
    ),
]
"""Not t1, m1 to m3, c1 and r3, of which no new ones are made; nor r6gd, which AWS makes with data tiering alone, for
caches of much data (ElastiCache API reference, CreateReplicationGroup, CacheNodeType, DataTieringEnabled;
cloudposse/terraform-aws-elasticache-redis#157)."""
ParameterName = Annotated[
    str, Text(r"^[a-z][a-z0-9_-]{0,99}$", "the name of a parameter such as maxmemory-policy", 100)
]
ParameterValue = Annotated[
    str,
    Text(
        r"^[A-Za-z0-9._:,/+-][A-Za-z0-9 ._:,/+-]{0,99}$",
        "a parameter's value such as noeviction",
        _LONGEST,
        also="number",
    ),
]


class Cache(Kind):
    """An ElastiCache cache in private subnets, without cluster mode."""

    PROTECTED = (
        Default(
            ("replicas",), "1", "a second node takes over when the first one fails", unless=("engine", "memcached")
        ),
        Default(("backups",), "7d", "what was lost is often missed after a weekend", unless=("engine", "memcached")),
        Default(("apply_immediately",), "false", "what interrupts it waits for its weekly window"),
    )
    WORDS = {
        "host": "where it answers",
        "port": "its port",
        "url": "without `auth`: all of it as a URL; of memcached `host:port`",
        "secret": "with `auth`: the ARN of its secret, with the right to read it",
    }
    SECRETS = {
        "url": "all that a client needs, as a URL",
        "password": "the token",
        "secret": "all of it, as JSON",
    }
    IN_VPC = True

    engine: Literal["valkey", "redis", "memcached"]
    """Valkey is what Redis was until 2024: the same protocol, a fifth cheaper."""
    version: CacheVersion
    """Its version, in quotes: a major one such as `"8"` is one minor version of it for good, `"8.1"` another."""
    class_: Annotated[NodeType, Field(alias="class")] = "cache.t4g.micro"
    """The class of its nodes."""
    replicas: Annotated[int, Whole(0, 5)] = 0
    """Further nodes in other zones that hold the same, one of which takes over; `1` in protected accounts."""
    encryption: Flag = True
    """TLS to it: `rediss://`. What lies on its disks is encrypted always. Another word makes another, empty cache."""
    auth: Flag = False
    """A token that clients must know: the apply makes it, and `secrets` take it (`{cache.url}`). AWS takes none away
    again."""
    backups: Annotated[int, Days(0, 35)] = 0
    """How many days' backups stay, one a day; `7d` in protected accounts. They go with the cache."""
    apply_immediately: Flag = True
    """Whether what interrupts it is done at once; else in its weekly window. `false` in protected accounts."""
    maintenance: Maintenance | None = None
    """Its weekly window, an hour at least, in UTC: `sun:18:00-sun:19:00`; left out, AWS chooses."""
    backup_window: Backup | None = None
    """When its daily backup is taken, an hour at least, in UTC: `17:00-18:00`; left out, AWS chooses."""
    parameters: dict[ParameterName, ParameterValue] = {}
    """Parameters of the engine by name: `{maxmemory-policy: noeviction}` for queues."""

    @property
    def engine_version(self) -> str:
        """As AWS and the provider have it."""
        return VERSIONS[self.engine].get(self.version, self.version)

    @property
    def family(self) -> str:
        """Of its parameters."""
        first, _, rest = self.engine_version.partition(".")
        if self.engine == "memcached" or (self.engine == "redis" and int(first) < 6):
            return f"{self.engine}{first}.{rest.partition('.')[0]}"
        return f"{self.engine}{first}.x" if self.engine == "redis" and first == "6" else f"{self.engine}{first}"

    @property
    def port(self) -> int:
        """Where it answers."""
        return 11211 if self.engine == "memcached" else 6379

    def faults(self) -> Iterator[tuple[str, str]]:
        """What its engine has not: the field, and a sentence."""
        known = VERSIONS[self.engine]
        wanted = known.get(self.version, self.version)
        if not any(wanted.startswith(f"{each}.") for each in known) or wanted.count(".") != _dots(self.engine, wanted):
            samples = ", ".join(f'"{each}"' for each in (*known, *known.values()))
            yield "version", f"is no version of {self.engine} that is known here; expected one such as {samples}"
        elif not any(fnmatch(wanted, each) for each in _CLOSED[self.engine]):
            said = ", ".join(each for each in _CLOSED[self.engine] if each.replace(".", "").isdigit())
            yield "version", f"AWS makes no {self.engine} {wanted} that is known here; expected one such as {said}"
        elif self.engine == "memcached" and self.encryption and tuple(map(int, wanted.split("."))) < TLS_FROM:
            yield "encryption", "memcached speaks TLS from 1.6.12 on; raise version, or write encryption: false"
        for name in sorted(self.parameters.keys() & _OF_AWS):
            yield (
                "parameters",
                f"{name} is what AWS sets itself, by the class or by how nodes are clustered; take it out",
            )
        if self.engine == "memcached" and self.replicas:
            yield "replicas", "nodes of memcached hold nothing of each other; take it out"
        if self.engine == "memcached" and self.backups:
            yield "backups", "what memcached holds can't be kept; take it out"
        if self.engine == "memcached" and self.backup_window is not None:
            yield "backup_window", "what memcached holds can't be kept; take it out"
        else:
            for (field,), sentence in faults_of_windows(self.maintenance, self.backup_window, OF_CACHES):
                yield str(field), sentence
        if self.auth and self.engine == "memcached":
            yield "auth", "memcached knows no token; take it out"
        elif self.auth and not self.encryption:
            yield "auth", "AWS keeps a token for caches that speak TLS alone; take auth out, or encryption: false"

    def has_password(self) -> bool:
        return self.auth

    def words(self) -> Sequence[str]:
        return tuple(each for each in self.WORDS if each != ("url" if self.auth else "secret"))

    def secret_words(self) -> Sequence[str]:
        return tuple(self.SECRETS) if self.auth else ()

    def needs(self) -> Sequence[Need]:
        return (Need("aws_security_group", 1),)

    def closed(self) -> str | None:
        return None


def _dots(engine: str, version: str) -> int:
    """How many dots a whole version has, as the provider takes it (elasticache/engine_version.go)."""
    return 2 if engine == "memcached" or (engine == "redis" and version.startswith("5.")) else 1
