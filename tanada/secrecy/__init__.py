"""What must stay inside: which values are secret, and taking them out of texts. Pure: no I/O.

Every text that reaches Markdown, a terminal, a report, a log or an issue goes through `Secrets.remove`; each of these
files knows only those above it:

| what | file |
| --- | --- |
| names that look like a secret's | names |
| credentials in URLs | urls |
| tokens that say by their beginning what they are; webhooks | tokens |
| credentials that a text shows by its form: `password=…`, headers | credentials |
| a text as it reads decoded and unbroken | views |
| values that are secret by the name over them | named |
| what decides who may do what, and is hidden by no name elsewhere | deciding |
| which of them are too ordinary to be looked for elsewhere | ordinary |
| the secrets of one output, and taking them out | secrets |
"""

from tanada.secrecy.deciding import decides, may_hold_credentials, names_of
from tanada.secrecy.named import found, hidden, named
from tanada.secrecy.names import attribute_is_secret, looks_secret, names_secret
from tanada.secrecy.ordinary import elsewhere, found_elsewhere, names_in
from tanada.secrecy.secrets import Secrets
from tanada.secrecy.words import HIDDEN, SENSITIVE, UNKNOWN

__all__ = [
    "HIDDEN",
    "SENSITIVE",
    "UNKNOWN",
    "Secrets",
    "attribute_is_secret",
    "decides",
    "elsewhere",
    "found",
    "found_elsewhere",
    "hidden",
    "looks_secret",
    "may_hold_credentials",
    "named",
    "names_in",
    "names_of",
    "names_secret",
]
