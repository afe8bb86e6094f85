"""Tags of a team's own, on everything that a stack makes: what AWS takes of them, beside those that Tanada writes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from tanada.declared.fields import Expands, expected

OURS = ("System", "Environment", "ManagedBy", "Name")
"""What Tanada writes itself."""
MOST = 50 - len(OURS)
"""A resource has at most 50 (AWS General Reference, "Tag naming limits and requirements")."""
MOST_OF_A_ZONE = 10 - (len(OURS) - 1)
"""A hosted zone has at most 10 (Route 53 API reference, ChangeTagsForResource); it has no Name."""
LONGEST_KEY, LONGEST = 128, 256
"""Characters (same page)."""
_MARKS = "_.:/=+-@"
_PLACEHOLDER = re.compile(r"\{[a-z.]+\}")


def _taken(text: str) -> bool:
    """What every AWS service takes: `[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*` (IAM's, ECS's, Elastic Load Balancing's and
    Systems Manager's API references, Tag); but for odd blanks, and no blank first or last, which some drop."""
    signs = all(each in _MARKS or each == " " or unicodedata.category(each)[0] in "LN" for each in text)
    return signs and text == text.strip()


@dataclass(frozen=True, slots=True)
class _Key:
    """The key of a tag."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^(?![aA][wW][sS]:).{{1,{LONGEST_KEY}}}$"}

    def _check(self, key: str) -> str:
        if key.lower().startswith("aws:"):
            raise expected("a key that doesn't begin with aws:, which is AWS's own")
        # IAM takes keys that differ by capitals alone for one (IAM user guide, "Tags for AWS IAM resources").
        if ours := next((each for each in OURS if each.lower() == key.lower()), None):
            raise expected(f"another key: Tanada writes {ours} itself, and IAM doesn't tell capitals apart")
        if not key or len(key) > LONGEST_KEY or not _taken(key):
            raise expected(
                f"a key of at most {LONGEST_KEY} letters, digits, blanks and {_MARKS}, no blank first or last"
            )
        return key


def _value(text: str) -> str:
    if not text or len(text) > LONGEST or not _taken(_PLACEHOLDER.sub("x", text)):
        raise expected(
            f"at most {LONGEST} letters, digits, blanks and {_MARKS}, no blank first or last, or placeholders such as "
            "{environment}"
        )
    return text


Value = Annotated[
    str,
    Expands(),
    AfterValidator(_value),
    WithJsonSchema({"type": ["string", "number", "boolean"], "maxLength": LONGEST}),
]
Tags = dict[Annotated[str, _Key()], Value]
"""By key; nearer ones are laid over those that hold for more."""
