"""Fargate's sizes: which memory goes with which CPU, and the nearest valid pair."""

from __future__ import annotations

from math import log

MEMORY: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}
"""ECS developer guide, "Task size": CPU units → MiB."""


def is_pair(cpu: int, memory: int) -> bool:
    """Whether Fargate runs a task of that size."""
    return memory in MEMORY.get(cpu, ())


def nearest_pair(cpu: int, memory: int) -> tuple[int, int]:
    """The valid size whose ratios to the asked one are smallest; of equals the one with more memory."""
    pairs = ((c, m) for c, sizes in MEMORY.items() for m in sizes)
    return min(pairs, key=lambda pair: (round(abs(log(pair[0] / cpu)) + abs(log(pair[1] / memory)), 9), -pair[1]))
