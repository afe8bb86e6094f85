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

SearchVersion = Annotated[
    str,
    Text(
        r"^[1-4]\.(0|[1-9][0-9]?)$",
        'a version of OpenSearch in quotes such as "2.19"; Elasticsearch, which ended at 7.10 here, is none',
        longest=4,
        also="number",
    ),
]
SearchClass = Annotated[
    str,
    Text(
        r"^(t3\.(small|medium)|[cmr][5-9][gi]?\.([0-9]{1,2}x|x)?large)\.search$",
        "a class of nodes such as t3.small.search or m6g.large.search; none of those with disks of their own",
        longest=24,
    ),
]
"""Not t2, m3, m4, c4, r3 and r4, which lack encryption at rest or gp3; not i3, r6gd and or1, whose disks are others
(OpenSearch Service developer guide, "Supported instance types", "EBS volume size quotas")."""


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
        if network is not None and self.nodes > 1 and self.zones(network) == 2 and self.nodes % 2:
            sentence = f"{self.nodes} nodes don't spread over two zones, AWS takes an even number"
            yield "nodes", f"{sentence}; write {self.nodes + 1}, or 1"

    def needs(self) -> Sequence[Need]:
        return (Need("aws_security_group", 1),)

    def closed(self) -> str | None:
        return None
