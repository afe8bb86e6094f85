"""Asked from outside: Route 53's health checkers, from eight regions of the world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator

from tanada.declared.fields import Seconds, Text, UrlQuery, Whole, expected
from tanada.declared.model import Model

HEALTH_CHECK = "aws_route53_health_check"
ALARMS = "us-east-1"
"""Where Route 53 tells CloudWatch of them, and alarms of them stand (Route 53 developer guide, "Monitoring health
checks using CloudWatch")."""


def _named(path: str) -> Mapping[str, str]:
    """A bare path is a check of which nothing else is said."""
    return {"path": path}


def _path(value: Any) -> Any:
    return _named(value) if isinstance(value, str) else value


def _interval(value: int) -> int:
    if value not in (10, 30):
        raise expected("10s or 30s")
    return value


_LONGEST = 255
"""Characters of what it asks for (Route 53 API reference, HealthCheckConfig, "ResourcePath")."""
_QUERY: Text = get_args(UrlQuery)[1]


def _wanted(text: str) -> str:
    """What is wrong with a path."""
    if re.fullmatch(_QUERY.pattern, text) and len(text) > _LONGEST:
        return f"a path of at most {_LONGEST} characters with its query; this has {len(text)}"
    return str(_QUERY.expected)


OutsidePath = Annotated[str, Text(_QUERY.pattern, _wanted, longest=_LONGEST)]


class FromOutside(Model):
    """How Route 53 asks whether a service answers (Route 53 API reference, HealthCheckConfig)."""

    SHORT = _named

    path: OutsidePath
    """What it asks for, at the first host; an answer of 2xx or 3xx within four seconds is well."""
    search: Annotated[str, Text(r"^[^\x00-\x1f]+$", "a text of one line", longest=255)] | None = None
    """A text that stands in the first 5,120 bytes of what is answered, as it is written."""
    interval: Annotated[int, Seconds(10, 30), AfterValidator(_interval)] = 30
    """From one question of a checker to its next: `30s`, or `10s`."""
    failures: Annotated[int, Whole(1, 10)] = 3
    """Bad answers in a row after which a checker says that it is ill; it counts as ill where fewer than a fifth say
    otherwise."""

    def bare(self) -> str | None:
        return self.path if self == FromOutside(path=self.path) else None


AskedFromOutside = Annotated[FromOutside, BeforeValidator(_path, json_schema_input_type=OutsidePath | FromOutside)]
"""A bare path, or all of it."""
