"""How a place where two values differ reads: before and after on one line, long texts line by line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from tanada.plan.equality import empty, same
from tanada.plan.model import Difference
from tanada.plan.pairs import Pair
from tanada.plan.printer import LONGEST, Printer
from tanada.secrecy import SENSITIVE
from tanada.text import without_middle

_LINES = 60
"""Lines of a difference of texts; more are counted."""
_LONG = 600
"""Lines that are still compared one by one (difflib takes quadratic time)."""
REWRITTEN = "(the same, written differently)"


def difference(pair: Pair, printer: Printer, *, forces_replacement: bool = False) -> Difference:
    """The pair as people read it."""
    before, after = _one_line(pair, printer)
    lines: tuple[str, ...] = ()
    if _of_several_lines(pair):
        old, new = (printer.lines(text or "", pair.steps) for text in (pair.before, pair.after))
        lines = by_line(old, new)
        before = None if pair.before is None else _length(old)
        after = None if pair.after is None else _length(new)
    elif before == after and before is not None:
        if same(pair.before, pair.after):
            after = REWRITTEN  # a policy with other white space
        elif isinstance(pair.before, str) != isinstance(pair.after, str):  # "1" and 1
            before, after = (_as_json(value, before) for value in (pair.before, pair.after))
    told = {
        words: None
        for value, text in ((pair.before, before), (pair.after, after))
        if SENSITIVE in (text or "") or any(SENSITIVE in line for line in lines)
        for words in printer.why(value, pair.steps)
    }
    return Difference(
        path=printer.steps(pair.steps),
        before=before,
        after=after,
        lines=lines,
        forces_replacement=forces_replacement,
        decides=any(printer.decides(value, pair.steps) for value in (pair.before, pair.after)),
        hidden=tuple(told),
    )


def _one_line(pair: Pair, printer: Printer) -> tuple[str | None, str | None]:
    """Both values on one line; of two long ones the stretch where they begin to differ."""
    sides = (_pruned(pair.before, pair.after), _pruned(pair.after, pair.before))
    before, after = (None if value is None else printer.value(value, pair.steps) for value in sides)
    if before is None or after is None or before == after or min(len(before), len(after)) <= LONGEST:
        return tuple(None if text is None else without_middle(text, LONGEST) for text in (before, after))  # type: ignore[return-value]
    start = next((i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(before))
    return _stretch(before, start), _stretch(after, start)


def _stretch(text: str, start: int) -> str:
    """The text around a place; the dots and its length stand for the rest."""
    first = max(0, start - LONGEST // 4)
    if first < 20:
        return without_middle(text, LONGEST)
    last = first + LONGEST // 2
    return f"… {text[first:last]}{' …' if last < len(text) else ''} ({len(text):,} characters)"


def _pruned(value: Any, other: Any) -> Any:
    """A block that comes or goes, without what isn't set in it."""
    if isinstance(value, Mapping) and empty(other):
        return {key: item for key, item in value.items() if not empty(item)}
    return value


def _of_several_lines(pair: Pair) -> bool:
    texts = [value for value in (pair.before, pair.after) if value is not None]
    return all(isinstance(text, str) for text in texts) and any("\n" in text for text in texts)


def _as_json(value: Any, text: str) -> str:
    return f'"{text}"' if isinstance(value, str) else text


def _length(lines: Sequence[str]) -> str:
    return "(1 line)" if len(lines) == 1 else f"({len(lines)} lines)"


def by_line(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """What goes (`-`), what comes (`+`) and two lines around it; at most 60 lines."""
    if len(before) > _LONG or len(after) > _LONG:
        start = 0
        while start < min(len(before), len(after)) and before[start] == after[start]:
            start += 1
        end = 0
        while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
            end += 1
        old, new = before[start : len(before) - end], after[start : len(after) - end]
        lines = [f"-{line}" for line in old] + [f"+{line}" for line in new]
        if len(old) <= _LONG and len(new) <= _LONG:
            lines = _unified(old, new)
    else:
        lines = _unified(before, after)
    shown = [without_middle(line, LONGEST) for line in lines[:_LINES]]
    if len(lines) > _LINES:
        shown.append(f" … {len(lines) - _LINES} more lines")
    return tuple(shown)


def _unified(before: Sequence[str], after: Sequence[str]) -> list[str]:
    lines = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
    return [" …" if line.startswith("@@") else line for line in lines][1:] if lines else []
