"""AWS WAF's verdict on a request, of the rules that Tanada writes (AWS WAF developer guide, "Web ACL rule evaluation");
AWS's own groups and counts of requests are taken to let it pass."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

Json = Mapping[str, Any]


def passes(acl: Json, sets: Mapping[str, Iterable[str]], path: str, address: str) -> bool:
    """Whether a request gets by; `sets` are addresses by ARN."""
    rules = sorted(acl["rule"], key=lambda each: each["priority"])
    assert len({each["priority"] for each in rules}) == len(rules)
    return not any(_fits(each["statement"], sets, path, address) for each in rules if "action" in each)


def _fits(statement: Json, sets: Mapping[str, Iterable[str]], path: str, address: str) -> bool:
    [(kind, asked)] = statement.items()
    match kind:
        case "and_statement":
            assert len(asked["statement"]) > 1, "AWS WAF puts two together, or more"
            return all(_fits(each, sets, path, address) for each in asked["statement"])
        case "or_statement":
            assert len(asked["statement"]) > 1, "AWS WAF puts two together, or more"
            return any(_fits(each, sets, path, address) for each in asked["statement"])
        case "not_statement":
            [inner] = asked["statement"]
            return not _fits(inner, sets, path, address)
        case "regex_match_statement":
            assert asked["field_to_match"] == {"uri_path": {}}
            for each in sorted(asked["text_transformation"], key=lambda each: each["priority"]):
                path = _READ[each["type"]](path)
            return re.search(asked["regex_string"], path) is not None
        case "ip_set_reference_statement":
            own = ipaddress.ip_address(address)
            return any(own in ipaddress.ip_network(each) for each in sets[asked["arn"]])
        case "rate_based_statement":
            return False
    raise AssertionError(f"nobody said how {kind} is judged")


_READ: Mapping[str, Callable[[str], str]] = {
    "NONE": str,
    "URL_DECODE_UNI": unquote,
    "NORMALIZE_PATH_WIN": lambda path: (
        "/" + posixpath.normpath("/" + path.replace("\\", "/")).lstrip("/") + ("/" if path.endswith("/") else "")
    ),
    "LOWERCASE": str.lower,
}
