"""`python -m scripts.time_zones`: writes the names of time zones anew, from the machine's own or the package tzdata.

Taken are those by area and city, which mean one place for good, and UTC; abbreviations such as EST say no rule for
summer, and `Etc/GMT+9` lies west.
"""

from __future__ import annotations

import textwrap
import zoneinfo
from pathlib import Path

FILE = Path(__file__).parents[1] / "tanada" / "declared" / "time_zones.py"
AREAS = "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific"
_HEAD = '''"""Names of time zones as IANA has them, by area and city, with UTC; scripts/time_zones.py writes them."""

from __future__ import annotations

from functools import cache

_BY_AREA = """
'''
_TAIL = '''"""


@cache
def time_zones() -> frozenset[str]:
    """All of them."""
    lines = (line.split() for line in _BY_AREA.splitlines() if line)
    return frozenset({"UTC", *(f"{area}/{city}" for area, *cities in lines for city in cities)})
'''


def text() -> str:
    """The file."""
    lines: list[str] = []
    for area in AREAS.split():
        cities = sorted(
            name.partition("/")[2] for name in zoneinfo.available_timezones() if name.startswith(f"{area}/")
        )
        wrapped = textwrap.wrap(" ".join(cities), 110 - len(area), break_on_hyphens=False)
        lines += [f"{area} {line}" for line in wrapped]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
