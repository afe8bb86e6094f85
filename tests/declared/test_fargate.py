"""Fargate's sizes and the nearest of them."""

from __future__ import annotations

import pytest

from tanada.declared.fargate import MEMORY, is_pair, nearest_pair


@pytest.mark.parametrize(("cpu", "least", "most", "sizes"), [
    (256, 512, 2048, 3), (512, 1024, 4096, 4), (1024, 2048, 8192, 7), (2048, 4096, 16384, 13),
    (4096, 8192, 30720, 23), (8192, 16384, 61440, 12), (16384, 32768, 122880, 12),
])  # fmt: skip
def test_each_cpu_has_its_sizes(cpu: int, least: int, most: int, sizes: int) -> None:
    assert (MEMORY[cpu][0], MEMORY[cpu][-1], len(MEMORY[cpu])) == (least, most, sizes)
    assert is_pair(cpu, least)
    assert not is_pair(cpu, least // 2)
    assert not is_pair(cpu, most * 2)


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ((512, 512), (512, 1024)),
        ((256, 600), (256, 512)),
        ((1000, 2000), (1024, 2048)),
        ((256, 4096), (512, 4096)),
        ((16384, 1024), (16384, 32768)),
        ((300, 512), (256, 512)),
    ],
)
def test_the_nearest_is_nearest_by_ratio(asked: tuple[int, int], nearest: tuple[int, int]) -> None:
    found = nearest_pair(*asked)
    assert is_pair(*found)
    assert found == nearest


def test_a_valid_pair_is_its_own_nearest() -> None:
    for cpu, sizes in MEMORY.items():
        for memory in sizes:
            assert nearest_pair(cpu, memory) == (cpu, memory)
