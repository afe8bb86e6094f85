"""What people would miss if it went for ever: a word for each type of resource that can't be made again as it was."""

from __future__ import annotations

from tanada.resources import entry


def danger(type_: str) -> str | None:
    """The word for what is lost with a resource of this type (`aws_db_instance`); None where another one does.

    Of a type that nothing is known of nobody can say that it isn't missed.
    """
    known = entry(type_)
    return known.lost if known else f"resource of type {type_} (unknown to Tanada)"
