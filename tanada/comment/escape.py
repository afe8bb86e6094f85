"""Makes values inert in Markdown: nothing of theirs can format, link, mention, close a fence or act on a forge.

One rule: a value stands in code, unless it is plain prose. GitHub and GitLab resolve mentions, references, labels,
emoji and bare addresses on the finished HTML, where an entity or a backslash is a plain character again; code is
what both leave alone (html-pipeline's MentionFilter and GitLab's Banzai filters skip `code`, `pre` and `a`;
gitlab-org/gitlab-foss#26274 has no other way either). Zero-width spaces would do too, but come along when a reader
copies the value. Code spans are not enough in `<summary>` (its line is HTML, where Markdown isn't read) and in table
cells (a `|` ends a cell even in code): `html` and `cell` are for these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tanada.text import visible

_PLAIN = re.compile(
    r"""(?:[A-Za-z0-9_]|[^\x00-\x7f]  # a letter, a digit, `_` … (no two alternatives overlap: they would backtrack)
        |[ .,;?()/'"-]  # … what reads as prose …
        |[:!%](?=\s|$)  # … and what means something only before a word: `:smile:`, `!12`, `%milestone`
        |(?<=\d)(?<!:\d\d):(?=\d\d(?!\d))  # a time, without seconds: `:00:` may be an emoji
        )+""",
    re.VERBOSE,
)
_SPECIAL = re.compile(
    r"""^[\s./-]|^\d+[.)](?:\s|$)|^_|_$|\W_|_\W  # begins a list, a quick action of GitLab (`/close`), emphasis
        |\b[0-9a-fA-F]{7,}\b             # may be a commit
        |www\.|//                        # an address
        |\b[A-Z][A-Z0-9_]+-\d|\b[Gg][Hh]-\d    # a ticket: `GH-12`, `SHOP-12`
        |\.\.\.|--|\s{2}|\s$             # typography; spaces that would be lost
    """,
    re.VERBOSE,
)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(?:[/?#][^\s<>\"'`\\^{|}]*)?")


def is_plain(shown: str) -> bool:
    """Whether a text is prose that means the same in Markdown, in HTML and to a forge."""
    return _PLAIN.fullmatch(shown) is not None and not _SPECIAL.search(shown)


def code(value: str) -> str:
    """A value as a code span."""
    shown = visible(value)
    if not shown.strip():
        return f'`"{shown}"`'
    ticks = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def text(value: str) -> str:
    """A value in a sentence: as it is where it is plain prose, else as a code span."""
    shown = visible(value)
    return shown if is_plain(shown) else code(value)


def cell(value: str) -> str:
    """A value in a table's cell; a `|` becomes `¦`, as parsers differ in how to escape it there."""
    return text(value.replace("|", "¦"))


def html(value: str) -> str:
    """A value on the line of an HTML element: as it is where it is plain prose, else as `<code>`."""
    shown = visible(value)
    if is_plain(shown):
        return shown
    return "<code>" + re.sub(r"[^\w ./:=-]", lambda character: f"&#{ord(character[0])};", shown) + "</code>"


def link(label: str, address: str | None) -> str:
    """A link to an address of ours, or the label alone where there is none that is safe; the label is a cell's text."""
    if address is None or not _ADDRESS.fullmatch(address) or not address.isascii():
        return cell(label)
    return f"[{cell(label)}](<{address}>)"


def fence(lines: Iterable[str], language: str = "") -> str:
    """A code block; each line should begin with a character of ours, so that GitLab takes none for a quick action."""
    shown = [visible(line.replace("\t", "    ")) for line in lines]
    ticks = "`" * max(3, _longest_run("\n".join(shown)) + 1)
    return "\n".join([f"{ticks}{language}", *shown, ticks])


def _longest_run(shown: str) -> int:
    return max(map(len, re.findall("`+", shown)), default=0) if "`" in shown else 0
