"""What a file of a declaration says, however it is written; loads nothing before it is asked, which is seldom."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tanada.declarations.tree import Node


def meaning(data: bytes) -> str | None:
    """A hash of what a file says: comments and layout left out; None where it has a mistake in its form."""
    from tanada.declarations.yaml import read

    tree, mistakes = read("", data)
    return None if tree is None or mistakes else of_tree(tree)


def of_tree(tree: Node) -> str:
    """The same of a file that was read, and is well."""
    from tanada.declarations.tree import as_written, plain

    return hashlib.sha256(json.dumps(plain(tree, as_written)).encode()).hexdigest()
