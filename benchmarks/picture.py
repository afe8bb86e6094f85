"""The results as a picture: time over the number of environments, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

from benchmarks import figures
from benchmarks.figures import Results

_WIDTH, _HEIGHT = 900, 560
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 250, 60, 50
_GAP = 17
"""Between two labels."""
_COLOURS = ("#0b6e4f", "#0b6e4f", "#b3261e", "#b58900", "#d9a441", "#6a4c93", "#1f6feb", "#58a6ff", "#777777")


def svg(labels: Mapping[str, str], results: Results) -> str:
    """A line for each tool that was measured with several numbers of environments."""
    lines = {
        key: [(count, figures.wall(results, key, count)) for other, count in sorted(results) if other == key and count]
        for key in labels
    }
    lines = {key: points for key, points in lines.items() if len(points) > 1}
    counts = sorted({count for points in lines.values() for count, _ in points})
    seconds = [time for points in lines.values() for _, time in points]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))

    def x(count: float) -> float:
        return _LEFT + (math.log10(count / counts[0]) / math.log10(counts[-1] / counts[0])) * (_WIDTH - _LEFT - _RIGHT)

    def y(time: float) -> float:
        return _HEIGHT - _BOTTOM - (math.log10(time) - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="26" font-size="17" font-weight="bold">Seconds to synthesize N environments</text>',
        f'<text x="{_LEFT}" y="45" fill="#555555">whole process, warm, median; both axes logarithmic</text>',
    ]
    for power in range(low, high + 1):
        height = y(10.0**power)
        parts.append(
            f'<path d="M{_LEFT} {height:.1f}H{_WIDTH - _RIGHT}" stroke="#dddddd"/>'
            f'<text x="{_LEFT - 8}" y="{height + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>'
        )
    for count in counts:
        parts.append(
            f'<path d="M{x(count):.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#eeeeee"/>'
            f'<text x="{x(count):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{count:,}</text>'
        )
    places = _apart({key: y(points[-1][1]) for key, points in lines.items()})
    for (key, points), colour in zip(lines.items(), _COLOURS, strict=False):
        ours = key in ("tanada", "unchanged")
        corners = " ".join(f"{x(count):.1f},{y(time):.1f}" for count, time in points)
        dashes = ' stroke-dasharray="6 4"' if key == "unchanged" else ""
        end, last = x(points[-1][0]), y(points[-1][1])
        aside = _WIDTH - _RIGHT + 14
        parts.append(
            f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="{4 if ours else 2}"{dashes}/>'
        )
        parts += [f'<circle cx="{x(count):.1f}" cy="{y(time):.1f}" r="3" fill="{colour}"/>' for count, time in points]
        parts.append(
            f'<path d="M{end + 4:.1f} {last:.1f}L{aside - 3} {places[key]:.1f}" stroke="{colour}" stroke-width="0.6"/>'
        )
        weight = "bold" if ours else "normal"
        label = escape(labels[key].replace("*", "").replace("`", ""))
        parts.append(
            f'<text x="{aside}" y="{places[key] + 4:.1f}" fill="{colour}" font-weight="{weight}">{label}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _apart(wanted: Mapping[str, float]) -> dict[str, float]:
    """Heights of labels: those wanted, moved up where one would lie upon another."""
    placed: dict[str, float] = {}
    below = float(_HEIGHT - _BOTTOM + _GAP)
    for key in sorted(wanted, key=lambda key: wanted[key], reverse=True):
        below = placed[key] = min(wanted[key], below - _GAP)
    return placed
