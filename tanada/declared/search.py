"""OpenSearch Service: a domain, which is a cluster of nodes that search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from tanada.declared.fields import Size, Text, Whole
from tanada.declared.model import Default, Kind, Need

_MOST = {
    **{"t3.small": 100, "t3.medium": 200},
    **{f"{family}.large": 256 for family in ("c5", "c6g")},
    **{f"{family}.xlarge": 512 for family in ("c5", "c6g")},
}
"""By class the GiB that a node takes at most, where that is below what all take here (OpenSearch Service developer
guide, "EBS volume size quotas", gp3; awsdocs/amazon-opensearch-service-developer-guide at 1dc78183)."""

_SAMPLE = 'a version of OpenSearch in quotes such as "2.19"; Elasticsearch, which ended at 7.10 here, is none'


def _version(text: str) -> str:
    """What is wrong with a version."""
    if re.fullmatch(r"[1-3]\.[0-9]{1,2}", text):
        return (
            'a version that AWS has made domains of, such as "1.3", "2.19" or "3.1": of 2 and 3 it takes the odd ones'
        )
    return _SAMPLE


SearchVersion = Annotated[
    str,
    Text(r"^(1\.[0-3]|2\.([3579]|1[13579])|3\.[1-9]?[13579]|4\.(0|[1-9][0-9]?))$", _version, longest=4, also="number"),
]
"""OpenSearch Service developer guide, "Supported versions of OpenSearch": 2.19 is the last of 2."""
SearchClass = Annotated[
    str,
    Text(
        r"^(t3\.(small|medium)|c5\.([249]x|18x|x)?large|[mr]5\.([24]x|12x|24x|x)?large|[cmr]6g\.([248]x|12x|x)?large"
        r"|[mr][7-9]g\.medium|[cmr](6i|[7-9][gi])\.([248]x|1[26]x|24x|32x|48x|x)?large)\.search$",
        "a class of nodes such as t3.small.search or m6g.large.search, of a size that there is of its family; none of "
        "those with disks of their own",
        longest=24,
    ),
]
"""Not t2, m3, m4, c4, r3 and r4, which lack encryption at rest or gp3; not i3, r6gd and or1, whose disks are others
(OpenSearch Service developer guide, "Supported instance types", "EBS volume size quotas")."""
_OF_T3 = 10
"""Nodes that a domain of burstable ones has at most (the same guide, "Domain and instance quotas")."""


class Search(Kind):
    """An OpenSearch domain in private subnets."""

    PROTECTED = (Default(("nodes",), "2", "a second node in another zone answers when the first one fails"),)
    WORDS = {"host": "where it answers, at port 443", "url": "the same as a URL: `https://…`"}
    ACCESS = ("read", "write")
    IN_VPC = True

    version: SearchVersion
    """The version of OpenSearch, in quotes: `"2.19"`. It is raised in place, and never goes back."""
    class_: Annotated[SearchClass, Field(alias="class")] = "t3.small.search"
    """The class of its nodes."""
    nodes: Annotated[int, Whole(1, 80)] = 1
    """How many nodes hold the data, spread over zones: an even number, or any odd one in a network of three zones;
    `2` in protected accounts. Review environments have one."""
    storage: Annotated[int, Size("GiB", 10, 1000)] = 20
    """The disk of each node."""

    def zones(self, network: int) -> int:
        """Over how many zones its nodes are spread alike, of as many as the network has."""
        if self.nodes == 1:
            return 1
        return 3 if network >= 3 and (self.nodes % 3 == 0 or self.nodes % 2) else 2

    def faults(self, network: int | None) -> Iterator[tuple[str, str]]:
        """What can't be so: the field, and a sentence. `network` has so many zones, where that is known."""
        most = _MOST.get(re.sub(r"\.search$", "", self.class_))
        if most is not None and self.storage > most:
            yield "storage", f"a node of {self.class_} takes {most}GiB at most; a larger class, or more nodes"
        if self.class_.startswith("t3.") and self.nodes > _OF_T3:
            yield "nodes", f"{self.nodes} nodes of {self.class_}, and AWS takes {_OF_T3} of t3 a domain; a larger class"
        if network is not None and self.nodes > 1 and self.zones(network) == 2 and self.nodes % 2:
            sentence = f"{self.nodes} nodes don't spread over two zones, AWS takes an even number"
            yield "nodes", f"{sentence}; write {self.nodes + 1}, or 1"

    def needs(self) -> Sequence[Need]:
        return (Need("aws_security_group", 1),)

    def closed(self) -> str | None:
        return None
