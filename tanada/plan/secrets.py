"""What is secret in a plan, and taking it out of texts.

Terraform marks values (`before_sensitive`, `sensitive_values`) and variables (`sensitive` in the configuration), but a
value that is marked in one place turns up unmarked in others: `nonsensitive()`, messages of checks, the top-level
`variables`, which carry no marks at all. So whatever is marked anywhere is taken out everywhere.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote_plus

from tanada.plan.marks import marked
from tanada.plan.model import HIDDEN, SENSITIVE, UNKNOWN

SHORTEST = 4
"""Characters from which on a marked value is looked for elsewhere: shorter ones turn up by chance everywhere."""
_LINE = 16
"""The same for one line of a text of several."""

_SECRET_WORDS = re.compile(
    "PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE|DSN|AUTH|SALT|COOKIE|SIGNATURE|WEBHOOK|CONNECTION_?STRING",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"""([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@:"'<>]*:[^\s"'<>]*@""")


def looks_secret(name: str) -> bool:
    """Whether a variable of this name is likely to hold a secret, whatever the declaration says."""
    return _SECRET_WORDS.search(name) is not None


def holds_credentials(text: str) -> bool:
    """Whether a text holds a URL with a user and a password."""
    return "://" in text and _USERINFO.search(text) is not None


class Secrets:
    """The secret values of one plan."""

    def __init__(self, values: Iterable[Any]) -> None:
        """`values` are scalars as they stand in the plan's JSON."""
        texts: set[str] = set()
        numbers: set[str] = set()
        for value in values:
            if isinstance(value, str):
                texts.update(_forms(value))
            elif isinstance(value, int | float) and not isinstance(value, bool):
                numbers.update(text for text in (str(value), json.dumps(value)) if len(text) >= SHORTEST)
        self._texts = tuple(sorted(texts, key=lambda text: (-len(text), text)))
        self._numbers = tuple(sorted(numbers, key=lambda text: (-len(text), text)))
        self._documents = tuple(text for text in self._texts if text[0] in "{[" and _parses(text))
        # Our own words first, so that a secret such as `sensitive` doesn't tear them apart.
        parts = [re.escape(word) for word in (SENSITIVE, UNKNOWN, HIDDEN)]
        parts += [re.escape(text) for text in self._texts]
        parts += [rf"(?<![\d.]){re.escape(text)}(?!\d)" for text in self._numbers]
        self._pattern = re.compile("|".join(parts))

    def remove(self, text: str) -> str:
        """The text without any secret of the plan."""
        if any(secret in text for secret in self._texts) or any(number in text for number in self._numbers):
            return self._pattern.sub(_replacement, text)
        return text

    def scrub(self, text: str) -> str:
        """The same, without the credentials of URLs too."""
        text = self.remove(text)
        return _USERINFO.sub(rf"\1{SENSITIVE}@", text) if "://" in text else text

    def swallows(self, document: str) -> bool:
        """Whether a JSON text holds a whole secret JSON text, whose parts would no longer be known for secrets."""
        return any(secret in document for secret in self._documents)


def _replacement(match: re.Match[str]) -> str:
    return match[0] if match[0] in {SENSITIVE, UNKNOWN, HIDDEN} else SENSITIVE


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may stand in texts: bare, without white space around it, within JSON, encoded, line by line."""
    for text in (secret, secret.strip()):
        if len(text) >= SHORTEST and text.strip():
            yield text
            yield json.dumps(text, ensure_ascii=False)[1:-1]
            yield json.dumps(text)[1:-1]
            yield base64.b64encode(text.encode("utf-8", "backslashreplace")).decode()  # base64encode()
            yield quote_plus(text, safe="-_.~", errors="backslashreplace")  # urlencode()
    lines = secret.splitlines()
    if len(lines) > 1:
        for line in (line.strip() for line in lines):
            if len(line) >= _LINE and not line.startswith("-----"):
                yield line


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def secrets_of(plan: Mapping[str, Any]) -> Secrets:
    """Every value that a plan marks as sensitive, wherever it stands."""
    return Secrets(leaf for value in _sensitive(plan) for leaf in leaves(value))


def _sensitive(plan: Mapping[str, Any]) -> Iterator[Any]:
    """The values, whole or in part, that a plan marks: of changes, of its states, of the configuration's variables."""
    for change in _changes(plan):
        for side in ("before", "after"):
            yield from marked(change.get(side), change.get(f"{side}_sensitive"))
    for values in (plan.get("planned_values"), (plan.get("prior_state") or {}).get("values")):
        yield from _of_state(values or {})
    variables = ((plan.get("configuration") or {}).get("root_module") or {}).get("variables") or {}
    given = plan.get("variables") or {}
    for name, variable in variables.items():
        if variable.get("sensitive"):
            yield variable.get("default")
            yield (given.get(name) or {}).get("value")


def _changes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    deferred = [entry.get("resource_change") or {} for entry in plan.get("deferred_changes") or ()]
    for entry in (*(plan.get("resource_changes") or ()), *(plan.get("resource_drift") or ()), *deferred):
        yield entry.get("change") or {}
    yield from (plan.get("output_changes") or {}).values()


def _of_state(values: Mapping[str, Any]) -> Iterator[Any]:
    for output in (values.get("outputs") or {}).values():
        if output.get("sensitive"):
            yield output.get("value")
    modules = [values.get("root_module") or {}]
    while modules:
        module = modules.pop()
        for resource in module.get("resources") or ():
            yield from marked(resource.get("values"), resource.get("sensitive_values"))
        modules += module.get("child_modules") or ()


def leaves(value: Any) -> Iterator[Any]:
    """All scalars of a value; of a JSON text also what stands under names such as `password`."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None:
        yield value
        if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
            yield from _named_secret(value)


def _named_secret(text: str) -> Iterator[Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    stack = [document]
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            if isinstance(name := item.get("name"), str) and looks_secret(name) and isinstance(item.get("value"), str):
                yield item["value"]
            for key, value in item.items():
                if isinstance(value, Mapping | list):
                    stack.append(value)
                elif looks_secret(key):
                    yield value
        elif isinstance(item, list):
            stack += item
