"""Kinds of field values: what their text means, and what to write instead when it means nothing.

Values arrive as text (YAML is composed, not loaded), so each kind reads text; Python values of the right type pass.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

DNS_LABEL = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
"""RFC 1035, 2.3.1: a label of letters, digits and hyphens; ours start with a letter, as Terraform's addresses do."""


def expected(what: str) -> PydanticCustomError:
    """The error of a kind: `what` completes "expected …"."""
    return PydanticCustomError("expected", "{what}", {"what": what})


@dataclass(frozen=True, slots=True)
class Text:
    """A text of one form."""

    pattern: str
    expected: str | Callable[[str], str]
    """What is; or a function that says what of a given text."""
    longest: int = 255
    also: str | None = None
    """What an editor takes the unquoted text for, `integer` or `number`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        limited = {**handler(schema), "pattern": self.pattern, "maxLength": self.longest}
        return {**limited, "type": ["string", self.also]} if self.also else limited

    def _check(self, value: str) -> str:
        if len(value) > self.longest or not _whole(self.pattern).fullmatch(value):
            raise expected(self.expected if isinstance(self.expected, str) else self.expected(value))
        return value


@functools.cache
def _whole(pattern: str) -> re.Pattern[str]:
    r"""For `fullmatch`: `$` alone would let a line break pass at the end; ASCII: `\d` is no Arabic digit, as in JSON
    Schema."""
    return re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "minimum": self.least, "maximum": self.most}

    def _read(self, value: Any) -> Any:
        number = whole(value)
        if not isinstance(number, int) or isinstance(number, bool) or not self.least <= number <= self.most:
            zero = " with no zero first" if re.match(r"0+[0-9]", str(value)) else ""
            raise expected(f"a whole number{zero} from {self.least} to {self.most}")
        return number


def whole(value: Any) -> Any:
    """`12` → 12; whatever is no such text stays as it is: `012` is 10 to those that read YAML 1.1."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", value) else value


RoleArn = Annotated[
    str,
    Text(
        r"^arn:aws(-[a-z]+)*:iam::\d{12}:role/(?!(?:.*/)?\.{1,2}(?:/|$))(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}$",
        "the ARN of a role such as arn:aws:iam::111111111111:role/terraform, its name of at most 64 characters",
        longest=31 + 512 + 64,
    ),
]
"""A role that is there already."""


LogDays = Annotated[
    Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    BeforeValidator(whole),
]
"""How long CloudWatch Logs can keep lines (API reference, PutRetentionPolicy)."""


def _flag(value: Any) -> Any:
    """`true` and `false` alone: YAML 1.1's yes/no/on/off are a known trap."""
    read = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    if not isinstance(read, bool):
        raise expected("true or false")
    return read


SECONDS = r"^(0|[1-9][0-9]*)[smhd]$"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Seconds:
    """`30s`, `5m`, `12h`, `3d` → seconds, within bounds."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        kept = {key: value for key, value in handler(schema).items() if key != "type"}
        return {**kept, "type": "string", "pattern": SECONDS}

    def _read(self, value: Any) -> Any:
        match = re.fullmatch(r"(0|[1-9][0-9]{0,8})([smhd])", value) if isinstance(value, str) else None
        seconds = int(match[1]) * _SECONDS[match[2]] if match else value
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not self.least <= seconds <= self.most:
            sample = f"with its unit, such as {value}s" if whole(value) != value else "such as 30s, 5m or 12h"
            sample += " with no zero first" if re.match(r"0+[0-9]", str(value)) else ""
            raise expected(f"a duration {sample}, from {self.least}s to {self.most}s")
        return seconds


def duration(seconds: int) -> str:
    """Seconds as they are written: 60 → `60s`, 3600 → `1h`."""
    for unit in ("d", "h"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"


@dataclass(frozen=True, slots=True)
class Days:
    """`7d` → whole days, within bounds."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        kept = {key: value for key, value in handler(schema).items() if key != "type"}
        return {**kept, "type": "string", "pattern": r"^(0|[1-9][0-9]*)d$"}

    def _read(self, value: Any) -> Any:
        match = re.fullmatch(r"(0|[1-9][0-9]{0,8})d", value) if isinstance(value, str) else None
        days = int(match[1]) if match else value
        if not isinstance(days, int) or isinstance(days, bool) or not self.least <= days <= self.most:
            sample = f"with their unit, such as {value}d" if whole(value) != value else "such as 7d"
            raise expected(f"whole days {sample}, from {self.least}d to {self.most}d")
        return days


_MIB = {"MiB": 1, "GiB": 1024}


@dataclass(frozen=True, slots=True)
class Size:
    """`64MiB`, `20GiB` → a whole number of the unit, within bounds."""

    unit: str
    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        kept = {key: value for key, value in handler(schema).items() if key != "type"}
        return {**kept, "type": "string", "pattern": r"^[1-9][0-9]*(MiB|GiB)$"}

    def _read(self, value: Any) -> Any:
        match = re.fullmatch(r"([1-9][0-9]{0,8})(MiB|GiB)", value) if isinstance(value, str) else None
        number, rest = divmod(int(match[1]) * _MIB[match[2]], _MIB[self.unit]) if match else (value, 0)
        if not isinstance(number, int) or isinstance(number, bool) or rest or not self.least <= number <= self.most:
            sample = f"with its unit, such as {value}{self.unit}" if whole(value) != value else f"such as {self.sample}"
            raise expected(f"a size {sample}, from {self.least}{self.unit} to {self.most}{self.unit}")
        return number

    @property
    def sample(self) -> str:
        """One that fits."""
        return "256MiB" if self.unit == "MiB" else "50GiB"

    def written(self, number: int) -> str:
        """As it is written."""
        return f"{number}{self.unit}"


_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Name = Annotated[
    str,
    Text(
        DNS_LABEL,
        "lower-case letters, digits and hyphens, a letter first, no hyphen last, at most 32 characters",
        longest=32,
    ),
]
_DOMAIN = rf"({_LABEL}\.)+[a-z]{{2,63}}"


def _domain(text: str) -> str:
    """What is wrong with a domain: of the several things that can be, the one that is."""
    if not text.isascii():
        return 'a domain name of ASCII letters; others are written "xn--…" (Punycode), as registrars show it'
    if set(text) & set(":/@ "):
        return "a domain name alone, such as www.example.jp: no https://, port or path"
    if text.endswith("."):
        return "a domain name without the dot at its end"
    if "*" in text:
        return "one name, such as www.example.jp: no * here"
    if text != text.lower():
        lower = text.lower()
        return f"a domain name in lower case{f': {lower}' if re.fullmatch(_DOMAIN, lower) else ''}"
    if len(text) > 128:
        return f"a domain name of at most 128 characters; this has {len(text)}"
    if any(len(label) > 63 for label in text.split(".")):
        return "a domain name of labels of at most 63 characters between its dots"
    return "a domain name such as www.example.jp, letters alone behind the last dot"


Domain = Annotated[str, Text(f"^{_DOMAIN}$", _domain, longest=128)]
"""As load balancers take hosts (Elastic Load Balancing API reference, HostHeaderConditionConfig)."""


def _host(text: str) -> str:
    """What is wrong with a host."""
    if "." in text:
        return _domain(text)
    if re.fullmatch(_LABEL, text.lower()):
        return f"a label in lower case: {text.lower()}"
    return (
        "a label of lower-case letters, digits and hyphens such as api, or a whole domain name such as api.example.jp"
    )


Host = Annotated[str, Text(rf"^({_LABEL}|{_DOMAIN})$", _host, longest=128)]
"""A label below the environment's domain, or a whole name."""


@dataclass(frozen=True, slots=True)
class Expands:
    """Marks a text that may hold placeholders (tanada/declared/expanded.py finds them)."""


Expanded = Annotated[str, Expands(), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""Free text with placeholders; an editor takes some of it for a number or boolean where it is not quoted, we don't."""
TEXT, MAPPING = "(text)", "(mapping)"
"""Where a `ShortForm` went wrong, in pydantic's way to an error; people know of no such step."""


@dataclass(frozen=True, slots=True)
class ShortForm:
    """Of a union of a model and a text: a text is the text, anything else the model."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        model, text = get_args(source)
        return core_schema.tagged_union_schema(
            {TEXT: handler.generate_schema(text), MAPPING: handler.generate_schema(model)},
            discriminator=_form,
        )


def _form(value: Any) -> str:
    return TEXT if isinstance(value, str) else MAPPING


Port = Annotated[int, Whole(1, 65535)]
PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
"""The same inside a text, as a pattern."""
_PATH = r"(?![^?]*/\.{1,2}(?:[/?]|$))/(?:[A-Za-z0-9._~+,:@=/-]|%[0-9A-Fa-f]{2})*"
"""RFC 3986: 2.1, what stands behind a percent sign; 5.2.4, what clients take out of a path before they ask."""
_PATH_EXPECTED = "a path of letters, digits and ._~+,:@=-, else as %2F, that begins with a slash, with no . or .. in it"
UrlPath = Annotated[str, Text(f"^{_PATH}$", _PATH_EXPECTED, 1024)]
"""Nothing that a shell, Terraform or a URL would read as anything but itself."""
UrlQuery = Annotated[
    str,
    Text(
        rf"^{_PATH}(\?(?:[A-Za-z0-9._~+,:@=/?&-]|%[0-9A-Fa-f]{{2}})*)?$",
        f"{_PATH_EXPECTED}, with a query such as ?full=1 or none",
        1024,
    ),
]
"""What a load balancer asks for; no shell reads it (Elastic Load Balancing API reference, HealthCheckPath)."""
PathPattern = Annotated[
    str,
    Text(
        r"^(?!/\*+$)(?!([^*?]*[*?]){6})(?!.*/\.{1,2}(?:/|$))/[A-Za-z0-9_.$/~@:+&*?-]*$",
        lambda text: (
            "no path here: without paths it takes all that others leave"
            if re.fullmatch(r"/\*+", text)
            else "at most 5 of * and ? in one path"
            if len(text) - len(re.sub(r"[*?]", "", text)) > 5
            else "a path with no . or .. in it: clients take those out before they ask"
            if re.search(r"/\.{1,2}(/|$)", text)
            else "a path such as /api/*, of at most 128 letters, digits and _-.$/~@:+&, that begins with a slash; "
            "* stands for any text, ? for one letter"
        ),
        longest=128,
    ),
]
"""As a rule of a load balancer takes it (Elastic Load Balancing API reference, PathPatternConditionConfig);
quotes, which it takes too, would be read by others on the way."""


def _folder(text: str) -> str:
    """What is wrong with a folder: of the several things that can be, the one that is."""
    plain = "/" + posixpath.normpath(text).strip("/")
    if text.startswith("/") and plain != text:
        meant = f", {plain}" if re.fullmatch(r"/[A-Za-z0-9._~%+@=/-]{1,60}", plain) else ""
        return f"a folder in its plain form{meant}: no slash last or twice, no . or .. in it"
    if re.match(r"/(proc|sys|dev)(/|$)", text):
        return "a folder such as /var/cache, outside /proc, /sys and /dev"
    if text in _OF_THE_SYSTEM:
        return f"a folder such as /var/cache; {text} would begin empty, without what the image has in it"
    return "a folder from the root on, such as /var/cache, of letters, digits and ._~%+@=-"


_OF_THE_SYSTEM = ("/bin", "/etc", "/lib", "/lib64", "/sbin", "/usr")
"""Without them no program starts (Filesystem Hierarchy Standard, 3)."""
Folder = Annotated[
    str,
    Text(
        r"^(?!/(?:proc|sys)(?:/|$))(?!/dev(?:/(?!shm(?:/|$))|$))"
        rf"(?!(?:{'|'.join(_OF_THE_SYSTEM)})$)"
        r"(?:/|(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~%+@=-]{1,255})+)$",
        _folder,
        1024,
    ),
]
"""A folder in a container, in the one form in which two can be compared; NAME_MAX of Linux (limits.h) is 255."""
STEERING = r"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
"""What steers a terminal or turns the direction of text around, for patterns of free text."""
VariableName = Annotated[
    str,
    Text(r"^[A-Za-z_][A-Za-z0-9_]*$", "the name of an environment variable: letters, digits and _, no digit first"),
]
"""IEEE Std 1003.1 (POSIX), 8.1: names that every shell can export."""
