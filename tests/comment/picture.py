"""Renders a comment as a forge does: `python tests/comment/picture.py COMMENT.md > COMMENT.html`, for a browser."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from html import unescape
from pathlib import Path

from markdown_it import MarkdownIt

_ALERT = re.compile(r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*")
_STYLE = """
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif, "Noto Color Emoji";
  color: #1f2328; margin: 16px auto; max-width: 920px; border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px; }
h2 { font-size: 1.5em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; margin: 0 0 12px; }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em;
  font: 85% ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: #f6f8fa; border-radius: 6px; padding: 12px; overflow: auto; }
pre code { background: none; padding: 0; font-size: 12px; }
table { border-collapse: collapse; margin: 12px 0; } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; }
tr:nth-child(2n) { background: #f6f8fa; } a { color: #0969da; } sub { color: #59636e; font-size: 75%; }
blockquote { margin: 0 0 16px; padding: 4px 16px; border-left: 4px solid #d1d9e0; }
.caution { border-color: #cf222e; } .warning { border-color: #9a6700; }
.note { border-color: #0969da; } .important { border-color: #8250df; }
.kind { font-weight: 600; } .caution .kind { color: #d1242f; } .warning .kind { color: #9a6700; }
.note .kind { color: #0969da; } .important .kind { color: #8250df; }
.del { background: #ffebe9; color: #82071e; } .ins { background: #dafbe1; color: #116329; } .chg { color: #953800; }
pre span { display: block; } details { margin: 6px 0; } summary { cursor: pointer; }
"""


ACTIVE = re.compile(
    r"""[@#~%$]\w|[&!]\d|https?://|www\.|:\w[\w+-]*:|\bGH-\d|\b[A-Z]{2,}-\d|\b[0-9a-f]{7,40}\b""", re.VERBOSE
)
"""What GitHub or GitLab resolve in text outside code: mentions, references, labels, emoji, addresses, commits."""
_OURS = re.compile(r"</?(?:details|summary|b|sub)>|<details open>|<code>[^<]*</code>")


def active(markdown: str, ours: Collection[str]) -> list[str]:
    """What a comment does beyond showing text: to be empty but for links to addresses of ours."""
    active_parts = [line for line in markdown.splitlines() if re.match(r"(?:> ?)*/\w", line)]
    if markdown != markdown.encode("utf-8", "replace").decode():
        active_parts.append("no UTF-8")
    for token in parser().parse(markdown):
        for child in token.children or (token,):
            if child.type in ("html_block", "html_inline"):
                left = unescape(_OURS.sub("", child.content)) if "<" not in _OURS.sub("", child.content) else "<"
                active_parts += [child.content] if left == "<" or ACTIVE.search(left) else []
            elif child.type == "text" and ACTIVE.search(child.content):
                active_parts.append(child.content)
            elif child.type == "image" or (child.type == "link_open" and child.attrs.get("href") not in ours):
                active_parts.append(str(child.attrs))
    return active_parts


def parser() -> MarkdownIt:
    """GitHub's Markdown but for what is resolved after parsing (mentions, references)."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False})


def page(markdown: str) -> str:
    """A whole HTML page that looks like a comment on GitHub."""
    body = _ALERT.sub(
        lambda m: f'<blockquote class="{m[1].lower()}"><p class="kind">{m[1].title()}</p><p>', parser().render(markdown)
    )
    body = re.sub(r'(?s)(<pre><code class="language-diff">)(.*?)(</code>)', _coloured, body)
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{body}"


def _coloured(block: re.Match[str]) -> str:
    classes = {"-": "del", "+": "ins", "!": "chg"}
    lines = [
        f'<span class="{classes[line[0]]}">{line}</span>' if line[:1] in classes else line + "\n"
        for line in block[2].splitlines()
    ]
    return block[1] + "".join(lines) + block[3]


if __name__ == "__main__":
    sys.stdout.write(page(Path(sys.argv[1]).read_text(encoding="utf-8")))
