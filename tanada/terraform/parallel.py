"""Several targets at a time: as many as processors and memory allow."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome

_PROVIDER_MEMORY = 700 * 1024**2
"""What terraform and hashicorp/aws need together: the provider holds all its schemas, 500 to 700 MB."""


def jobs(cpus: int, available_memory: int) -> int:
    """How many at a time, at least one."""
    return max(1, min(cpus, available_memory // _PROVIDER_MEMORY))


def default_jobs() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf(
        "SC_AVPHYS_PAGES" if "SC_AVPHYS_PAGES" in os.sysconf_names else "SC_PHYS_PAGES"
    )
    return jobs(os.cpu_count() or 1, memory)


def each(targets: Sequence[Target], work: Callable[[Target], Outcome], jobs: int) -> list[Outcome]:
    """The outcomes in the targets' order."""
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="stack") as pool:
        return list(pool.map(work, targets))
