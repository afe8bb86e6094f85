"""How much memory a class of RDS's has: what its number of connections follows from."""

from __future__ import annotations

import math
import re

_BURSTABLE = {"micro": 1, "small": 2, "medium": 4}
_EACH_CPU = {"c": 2, "m": 4, "r": 8, "t": 4, "x": 16}
"""GiB for each vCPU, by the first letter of the family (RDS user guide, "Hardware specifications for DB instance
classes"); `large` has two of them."""


def memory(instance_class: str) -> int | None:
    """GiB of memory; None of a class that isn't known here."""
    found = re.fullmatch(r"db\.(?P<family>[a-z])[a-z0-9-]*\.(?P<size>[a-z]+|[0-9]+xlarge)", instance_class)
    if found is None or found["family"] not in _EACH_CPU:
        return None
    if found["family"] == "t" and found["size"] in _BURSTABLE:
        return _BURSTABLE[found["size"]]
    processors = {"large": 2, "xlarge": 4}.get(found["size"])
    if processors is None and (times := re.fullmatch(r"([0-9]+)xlarge", found["size"])):
        processors = 4 * int(times[1])
    return None if processors is None else processors * _EACH_CPU[found["family"]]


_A_CONNECTION = {"postgres": 9_531_392, "mysql": 12_582_880, "mariadb": 25_165_760}
_MOST = {"postgres": 5_000, "mysql": 16_000, "mariadb": 12_000}


def connections(engine: str, gib: float) -> int:
    """About how many connections an engine takes by default with so much memory: a little fewer than it does.

    Source: RDS user guide, "Quotas and constraints", of `max_connections`: DBInstanceClassMemory by these numbers. That
    is the class's memory without what the system takes: about 0.2 GiB and a fourteenth, as db.t3.micro has 81 and
    db.t3.medium 410 with PostgreSQL.
    """
    left = max(gib * 0.93 - 0.2, gib * 0.5) * 2**30
    if engine == "aurora-mysql":  # Aurora user guide, "Maximum connections to an Aurora MySQL DB instance"
        return int(max(math.log2(left / 805_306_368) * 45, math.log2(left / 8_187_281_408) * 1_000))
    kind = next(each for each in _A_CONNECTION if each in engine)
    return min(int(left / _A_CONNECTION[kind]), _MOST[kind])
