"""EBS: volumes."""

from __future__ import annotations

from tanada.resources.cost import Planned, Priced, Units
from tanada.resources.entry import NotRead, Resource


def _volume(volume: Planned) -> Units | None:
    size = volume.number("size")
    iops, throughput = volume.number("iops", default=0), volume.number("throughput", default=0)
    more_than_included = (iops or 0) > 3000 or (throughput or 0) > 125
    if size is None or more_than_included:
        return None
    return [(f"EBS {volume.text('type')} GB-month", size)]


RESOURCES = (
    Resource(
        type="aws_ebs_volume",
        lost="volume",
        kept=True,  # data that lie nowhere else
        replaces=NotRead(),
        cost=Priced(_volume),
    ),
)
