"""What Terraform says, in JSON lines or in boxes, as messages; and the one error that isn't one (waiting)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from tanada.contract.common import ENTRIES, LoadBalancer
from tanada.plan import Message
from tanada.sentences import WAITS
from tanada.text import cut

_BOX = re.compile(r"^[╷│╵]\s?", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[a-zA-Z]")

_CHATTER = re.compile(r"^terraform-docker: (image|pulling) .*\n?", re.MULTILINE)
"""What scripts/terraform-docker.sh says at each run, when nothing is wrong."""


def plain(text: str) -> str:
    """Without colours, box drawing and outer blank lines; blank lines inside stand single."""
    lines = [line.rstrip() for line in _CHATTER.sub("", _BOX.sub("", _COLOUR.sub("", text))).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def without_state(text: str) -> str:
    """Without a state in it: where Terraform can't save one, it prints it whole, secrets and all (EmergencyDumpState).

    A dump that is cut short is left out to the end of the text.
    """
    words = [match.start() for match in _STATE.finditer(text)]
    parts, last, failed = [], 0, 0
    for match in _DOCUMENT.finditer(text):
        start = match.start("document")
        if start < last:
            continue
        if not words or start > words[-1]:
            break
        try:
            document, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            failed += 1
            if failed < _TRIES and _QUOTED_TEXT.match(text, start):
                continue
            document, end = {"lineage": ""}, len(text)
        if isinstance(document, dict) and not {"lineage", "terraform_version", "serial"}.isdisjoint(document):
            parts += [text[last:start], "(a state, which is not shown)"]
            last = end
    return "".join([*parts, text[last:]])


_DECODER = json.JSONDecoder()
_DOCUMENT = re.compile(r"^(?:[╷│╵][ \t]?)?(?P<document>\{)", re.MULTILINE)
_STATE = re.compile(r'"(?:lineage|terraform_version|serial|sensitive_attributes)"\s*:')
_QUOTED_TEXT = re.compile(r'\{\s*[^\s"}]')
"""A bracket that begins no JSON: a quoted line of something else."""
_TRIES = 20
"""Documents that are read in vain before all that follows is taken for a state's."""

_WITH = re.compile(r"^ *with (\S.*),$", re.MULTILINE)


def read_text(text: str) -> tuple[Message, ...]:
    """The errors of a step that knows no JSON; a text without any is one error as it stands."""
    text = plain(text)
    if not text:
        return ()
    first, *others = re.split(r"^Error: ", text, flags=re.MULTILINE)
    if not others:
        others = [first]
    return tuple(_message(part.strip()) for part in others)


def _message(text: str) -> Message:
    summary, _, rest = text.partition("\n")
    paragraphs = rest.strip("\n").split("\n\n")
    # Where it is stands first, indented: "  with aws_x.y," and "  on cdk.tf.json line 3, in resource.aws_x.y:".
    located = [part for part in paragraphs if re.match(r" +(with|on) \S", part)]
    address = next((match[1] for part in located if (match := _WITH.search(part))), None)
    detail = "\n\n".join(part for part in paragraphs if part not in located)
    return Message("error", summary, detail.strip(), address)


# --- terraform's JSON lines (internal/command/views/json, "UI" version 1.x) ------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of `terraform plan -json`."""

    text: str
    """As Terraform would have printed it."""
    message: Message | None = None
    """Of an error or a warning."""
    missing: tuple[str, ...] = ()
    """What the common layer hasn't yet, in words, where the error is about nothing else: `the image worker`."""
    of_plan: bool = False
    """Whether it tells what is planned, or what was found to be wrong: it may hold values."""
    changed: bool = False
    """Whether one more resource was created, changed or destroyed."""
    address: str = ""
    """Of the resource that it is about, where it tells how far an apply is."""
    action: str = ""
    """What is done to that: `create`, `update`, `delete`."""
    goes_on: bool = False
    """Whether that takes longer."""
    seconds: object = None
    """How long it took by now."""

    @property
    def in_log(self) -> str:
        """Messages are set apart, as Terraform's boxes are."""
        return f"\n{self.text}\n" if self.message else f"{self.text}\n"


def read_line(line: str, clean: Callable[[str], str] = str) -> Line:
    """Read one JSON line; any other stays as it is. `clean` takes secrets out of what is cut."""
    try:
        data = json.loads(line)
    except ValueError:
        return Line(_COLOUR.sub("", line).rstrip("\n"))
    if not isinstance(data, dict) or "@message" not in data:
        return Line(line.rstrip("\n"))
    diagnostic = data.get("diagnostic")
    if not isinstance(diagnostic, dict):
        kind, hook = data.get("type"), data.get("hook")
        hook = hook if isinstance(hook, dict) else {}
        resource = hook.get("resource")
        return Line(
            str(data["@message"]),
            of_plan=kind in _OF_PLAN,
            changed=kind == "apply_complete",
            address=str(resource.get("addr", "")) if isinstance(resource, dict) else "",
            action=str(hook.get("action", "")),
            goes_on=kind == "apply_progress",
            seconds=hook.get("elapsed_seconds"),
        )
    message = Message(
        "warning" if diagnostic.get("severity") == "warning" else "error",
        str(diagnostic.get("summary", "")),
        str(diagnostic.get("detail", "")),
        diagnostic.get("address"),
    )
    return Line(_printed(message, diagnostic, clean), message, _missing(diagnostic), of_plan=True)


_OUTPUTS = re.compile(r"""data\.terraform_remote_state\.common\.outputs(?:\.(\w+)(?:\.([\w-]+)|\["([^"]+)"\])?)?""")
_KEY = r"""outputs\.{field}(?:\.([A-Za-z_][\w-]*)|\[\\?"([^"\\]+)\\?"\])"""
_NAMED = re.compile(r'does not have an attribute named "([^"]+)"')
"""HCL's own sentences (hashicorp/hcl, ops.go, GetAttr and Index); of an index it doesn't name the key, but quotes the
line."""


def _missing(diagnostic: Mapping[str, Any]) -> tuple[str, ...]:
    """What an error wants of the common layer's outputs and doesn't find there: an entry, or a whole output."""
    if diagnostic.get("summary") not in {"Unsupported attribute", "Invalid index"}:
        return ()
    snippet = diagnostic.get("snippet") or {}
    named = _NAMED.search(str(diagnostic.get("detail", "")))
    for value in snippet.get("values") or ():
        found = _OUTPUTS.fullmatch(str(value.get("traversal", "")))
        if found is None:
            continue
        field, entry = found[1], found[2] or found[3]
        if field is None:
            return (f"its output {named[1]}",) if named else ()
        if entry is not None:  # of an older contract, where the layer has such fields now
            known = {each.name for each in fields(LoadBalancer)} if field == "load_balancers" else set()
            return (f"the {named[1]} of load balancer {entry}",) if named and named[1] in known else ()
        if field in ENTRIES:
            quoted = re.findall(_KEY.format(field=field), str(snippet.get("code", "")))
            keys = [named[1]] if named else dict.fromkeys(key for pair in quoted for key in pair if key)
            has = str(value.get("statement", ""))
            return tuple(f"the {ENTRIES[field]} {key}" for key in keys if f'"{key}"' not in has)
    return ()


_OF_PLAN = frozenset({"planned_change", "resource_drift", "change_summary", "outputs"})
"""Types of lines that come once there is a plan (internal/command/views/json/message_types.go)."""
_LONGEST_CODE = 200
"""Characters of a quoted line: one of JSON may hold a whole policy."""


def _printed(message: Message, diagnostic: Mapping[str, Any], clean: Callable[[str], str]) -> str:
    """The message with where it is and what it quotes, as Terraform's own terminal view has it."""
    where = []
    if message.address:
        where.append(f"  with {message.address},")
    snippet = diagnostic.get("snippet") or {}
    if place := diagnostic.get("range"):
        start = place["start"]["line"]
        context = f", in {snippet['context']}" if snippet.get("context") else ""
        where.append(f"  on {place['filename']} line {start}{context}:")
        code = str(snippet.get("code", "")).strip()
        if code:
            where.append(f"  {snippet.get('start_line', start):>4}: {cut(clean(code), _LONGEST_CODE)}")
    where += [f"    {value['traversal']} {value['statement']}" for value in snippet.get("values") or ()]
    head = f"{message.severity.capitalize()}: {message.summary}"
    return "\n\n".join(part for part in (head, "\n".join(where), message.detail.strip()) if part)


def texts(lines: Sequence[Line]) -> str:
    """All errors as people read them, equal ones once."""
    errors = [line.text for line in lines if line.message and line.message.severity == "error"]
    return "\n\n".join(dict.fromkeys(errors))


_LONGEST_SUMMARY, _LONGEST_DETAIL, _MOST = 2_000, 20_000, 100


def bounded(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Each once, errors first, none longer than a page, and no more than anybody reads."""
    ordered = sorted(dict.fromkeys(messages), key=lambda message: message.severity != "error")
    shortened = [
        replace(message, summary=cut(message.summary, _LONGEST_SUMMARY), detail=cut(message.detail, _LONGEST_DETAIL))
        for message in ordered[:_MOST]
    ]
    if len(ordered) > _MOST:
        shortened.append(Message("warning", f"{len(ordered) - _MOST} more messages stand in the log."))
    return tuple(shortened)


_WAITING = (
    "Unable to find remote state",  # Terraform's own, for a state that doesn't exist
    WAITS,
)


def missing_in_common(lines: Sequence[Line]) -> tuple[str, ...]:
    """What the common layer hasn't yet, each once; nothing where any error is about something else."""
    errors = [line for line in lines if line.message and line.message.severity == "error"]
    if not all(line.missing or (line.message and waits_for_common([line.message])) for line in errors):
        return ()
    return tuple(dict.fromkeys(name for line in errors for name in line.missing))


def waits_for_common(messages: Sequence[Message]) -> bool:
    """Whether every error is about a common layer that isn't there yet or is too old.

    Where Terraform printed the error, it broke its lines at 78 columns, so a sentence may stand on two.
    """
    errors = [
        " ".join(f"{message.summary} {message.detail}".split()) for message in messages if message.severity == "error"
    ]
    return bool(errors) and all(any(sentence in error for sentence in _WAITING) for error in errors)


_HINTS = (
    (re.compile(r"S3 bucket \S+ does not exist", re.IGNORECASE), "Make the state bucket: tanada bootstrap {account}"),
    (
        re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE),
        "Free some there. Providers lie where TF_PLUGIN_CACHE_DIR says, temporary files where TMPDIR does.",
    ),
    (
        re.compile(r"Provider configuration not present.*provider configuration at \S+\.zone_"),
        "Records stand in a zone of another account that left the declaration. Put it back, take its names from the "
        "environments, apply them, then take it out. What validates a certificate there may stay: "
        "tanada terraform {stack} -- state rm ADDRESS",
    ),
    (
        re.compile(r"Plugin did not respond"),
        "The provider ended by itself. What AWS was asked last may be done all the same: plan again, and look.",
    ),
)
_LOCKED = re.compile(r"(?:Error acquiring the state lock|failed to lock \S+ state).*?Lock Info: ID: (\S+)")
_MAY_NOT = re.compile(r"AccessDenied|StatusCode: 403|permission denied|operation not permitted", re.IGNORECASE)
_THERE = (
    "It is there, and not in the state: an apply that was cut off has made it, or somebody by hand. If it is ours, "
    "take it in: tanada terraform {stack} -- import ADDRESS ID"
)


def killed(step: str, code: int, *, stack: str, container: bool) -> str | None:
    """What to read where a step was ended by somebody else; None where it ended by itself.

    A shell's exit code says it, too, where it waited for Terraform in a container: 128 and the signal's number.
    """
    number = -code if code < 0 else code - 128 if container and code > 128 else 0
    if number <= 0:
        return None
    lost = " What it did in its last seconds may be missing in the state." if step == "apply" else ""
    return (
        f"terraform {step} was killed by somebody else (signal {number}), as a machine without memory does.{lost} "
        f"Where its lock is left, the next run names it: tanada terraform {stack} -- force-unlock LOCK_ID"
    )


def hint(errors: str, *, account: str, stack: str) -> str | None:
    """What to do about an error that Terraform explains but doesn't solve; `stack` with its workspace's option."""
    text = " ".join(plain(errors).split())
    for pattern, advice in _HINTS:
        if pattern.search(text):
            return advice.format(account=account, stack=stack)
    # Without that it failed for another reason, which Terraform says.
    if (held := _LOCKED.search(text)) and not _MAY_NOT.search(text):
        return (
            "Another run holds the lock. When none does (it was killed): "
            f"tanada terraform {stack} -- force-unlock {held[1]}"
        )
    return _THERE.format(stack=stack) if _there_already(text) else None


def _there_already(text: str) -> bool:
    """Whether AWS refuses to make what there is: its codes and sentences stand in the types' entries."""
    from tanada.resources import entries  # all that is known, for an error alone

    taken = (refusal for known in entries().values() for refusal in known.refusals if refusal.taken)
    return any(
        re.search(r".{0,200}?".join(map(re.escape, re.split(r"\{\w+\}", f"{each.code}: {each.sentence}"))), text)
        for each in taken
    )
