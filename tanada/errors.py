"""Every error that Tanada raises on purpose.

TanadaError                 bad input or a refused action: exit code 2
├── DeclarationError        mistakes in system.yaml, environments/ or workspaces/
├── NamingError             a part of a name that can't be used at run time
├── StackError              constructs that don't fit together
│   └── UnfitError            patches, imports that don't fit what there is
├── OutputError             cdktf.out, or a cache, can't be written: 1, as all that the machine refuses
├── TemplateError           a repository, workflow or template that can't be written or read
├── StateError              a state that can't be read as one
├── PlanError               a plan's JSON, or a comment's template, that can't be read
├── OfflineError            something that keeps a stack from being planned without AWS
├── AwsError                AWS refused, or what is there isn't what was declared
├── ForgeError              GitHub or GitLab refused, did not answer, or holds nothing that fits
└── TerraformError          a run that is refused; nothing was changed
    ├── SynthError          main.py refused or failed: as main.py
    ├── TerraformFailedError  Terraform itself failed: 1
    │   └── TaskFailedError   a task that services wait for did not end with 0: 1
    ├── WaitsForCommonError   the common layer isn't there yet: 0
    ├── StillUsedError        the last step takes away what others still use: 2
    └── StoppedError        Ctrl-C or SIGTERM: 130

The command line prints an error's text, which is the sentence that the user reads, and exits with its code; whatever
else is raised is a bug (tanada/crash_report.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tanada.declarations.mistakes import Mistake
    from tanada.plan import Message


class TanadaError(Exception):
    """Bad input or a refused action; its text is the sentence that the user reads."""

    exit_code = 2


class DeclarationError(TanadaError):
    """All mistakes of all files of a system, each once, by file and line; its text is the lines to print."""

    def __init__(self, message: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(message)
        self.mistakes = mistakes

    @classmethod
    def of(cls, mistakes: Iterable[Mistake]) -> DeclarationError:
        ordered = tuple(sorted(set(mistakes)))
        more = f"\n… and {len(ordered) - _PRINTED:,} more" if len(ordered) > _PRINTED else ""
        return cls("\n".join(map(str, ordered[:_PRINTED])) + more, ordered)


_PRINTED = 100
"""Mistakes that are printed; nobody reads more before mending some, and a file can hold tens of thousands."""


class NamingError(TanadaError):
    """A part of a name that can't be used at run time."""


class StackError(TanadaError):
    """A stack that can't be made as its constructs ask for it."""


class UnfitError(StackError):
    """Patches and imports of stacks that don't fit what these have."""

    def __init__(self, ways: Mapping[str, Sequence[tuple[tuple[str | int, ...], str]]]) -> None:
        lines = (
            f"{stack}: {'.'.join(map(str, way))}: {sentence}" for stack, each in ways.items() for way, sentence in each
        )
        super().__init__("\n".join(lines))
        self.ways = ways
        """By stack the way, with the field (`patches`, `imports`) first, and a sentence."""


class OutputError(TanadaError):
    """`cdktf.out`, or the folder of providers, can't be written (tanada/machine.py)."""

    exit_code = 1


class TemplateError(TanadaError):
    """A repository that can't be written, or a team's own template that can't be read."""


class StateError(TanadaError):
    """A state that can't be read as one; guessing at what it held would lose it."""


class PlanError(TanadaError):
    """A plan's JSON that can't be read; guessing at what a plan does would be worse."""


class OfflineError(TanadaError):
    """Something that keeps a stack from being planned without AWS."""


class AwsError(TanadaError):
    """AWS refused, or what is there isn't what was declared."""


class ForgeError(TanadaError):
    """The forge refused, did not answer, or holds nothing that fits; never names a token.

    `denied`: the token lacks a permission (401, 403; 404 too, which forges answer where they hide what exists).
    """

    def __init__(self, sentence: str, *, denied: bool = False) -> None:
        super().__init__(sentence)
        self.denied = denied


class TerraformError(TanadaError):
    """Bad input, or an action that is refused; nothing was changed."""

    begun = True
    """False of an apply that ended before its first change: its plan was stale, or another run had the lock."""


class SynthError(TerraformError):
    """main.py refused or failed; it has said why itself."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.exit_code = code


class TerraformFailedError(TerraformError):
    """Terraform itself failed; the text is Terraform's own, without its box."""

    exit_code = 1

    def __init__(self, text: str, messages: tuple[Message, ...] = ()) -> None:
        super().__init__(text)
        self.messages = messages
        """The same for programs, warnings included."""


class TaskFailedError(TerraformFailedError):
    """A task that services wait for did not end with 0: they are as they were."""


class WaitsForCommonError(TerraformError):
    """The stack reads a common layer that isn't there yet, or is older than what the stack needs."""

    exit_code = 0


class StillUsedError(TerraformError):
    """Another stack still uses what a step takes away; what came before it is applied."""


class StoppedError(TerraformError):
    """Ctrl-C or SIGTERM: Terraform was told once and has ended."""

    exit_code = 130
