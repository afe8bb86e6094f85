"""What `tanada plan` adds to Terraform's own processes: `python -m benchmarks.plan`, ten stacks, offline.

The same commands are run without Tanada, on the same copies, as many at a time, against the same provider.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import systems
from benchmarks.measure import FailedError, Run, measure
from tanada import offline
from tanada.terraform.parallel import default_jobs

ENVIRONMENTS = 9
"""And their common layer."""
ROUNDS = 5
AIM = 0.15
_IMAGES = {"web": "v1", "backend": "v1"}
_COMMANDS = (
    ("init", "-input=false", "-no-color"),
    ("state", "pull"),
    ("plan", "-json", "-input=false", "-lock-timeout=10m", "-out={data}/plan.tfplan"),
    ("show", "-json", "{data}/plan.tfplan"),
)
"""As Tanada runs them for each stack (tanada/terraform/session.py)."""


@dataclass(frozen=True)
class ByHand:
    """Terraform's commands without Tanada: seconds of the clock, and CPU of their processes alone."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Added:
    """Medians over the rounds: seconds."""

    wall: float
    terraform: float
    """CPU of Terraform's processes, in the run with Tanada."""
    provider: float
    tanada: float
    other: float
    by_command: Mapping[str, float]
    by_hand: ByHand

    @property
    def added(self) -> float:
        """CPU of what isn't Terraform; the provider, which only offline plans have, is counted too."""
        return self.provider + self.tanada + self.other

    @property
    def ratio(self) -> float:
        """To Terraform's own processes, as they are by hand."""
        return self.added / self.by_hand.cpu


def figures(folder: Path, rounds: int = ROUNDS) -> Added:
    """Plan ten stacks in turn with Tanada and without."""
    system = _prepare(folder)
    with_tanada, bare = [], []
    for _ in range(rounds):
        with_tanada.append(_tanada(system, "plan", "--no-synth", "--offline", *_images()))
        bare.append(_bare(system))
    return summed(with_tanada, bare)


def summed(runs: Sequence[Run], bare: Sequence[ByHand]) -> Added:
    """One figure of many; what was not seen of a process is Terraform's, whose processes are the short ones."""

    def of(*kinds: str) -> float:
        return median(sum(run.parts.get(kind, 0) for kind in kinds) for run in runs)

    commands = sorted({kind for run in runs for kind in run.parts if kind.startswith("terraform ")})
    others = sorted({kind for run in runs for kind in run.parts} - {"tanada", "provider", *commands})
    known = of("tanada") + of("provider") + of(*others)
    return Added(
        wall=median(run.wall for run in runs),
        terraform=median(run.cpu for run in runs) - known,
        provider=of("provider"),
        tanada=of("tanada"),
        other=of(*others),
        by_command={command: of(command) for command in commands},
        by_hand=ByHand(median(each.wall for each in bare), median(each.cpu for each in bare)),
    )


def rows(added: Added) -> Iterator[str]:
    """As Markdown: the aim, then where the time goes."""
    reached = "reached" if added.ratio <= AIM else "missed"
    what = "what `tanada plan` adds to terraform's own processes, 10 stacks"
    yield "|  | aim | measured |  |"
    yield "| --- | ---: | ---: | --- |"
    yield f"| {what} | ≤ {AIM:.0%} | {added.ratio:.0%} | {reached} |"
    yield ""
    yield "| process | CPU seconds, 10 stacks | of terraform's by hand |"
    yield "| --- | --- | --- |"
    commands = ", ".join(f"{name.split()[1]} {taken:.2f}" for name, taken in added.by_command.items())
    for name, taken in (
        ("the same terraform commands by hand", added.by_hand.cpu),
        (f"`tanada plan`: terraform ({commands})", added.terraform),
        ("Tanada", added.tanada),
        ("the offline provider, which real plans don't have", added.provider),
        ("git and others", added.other),
        ("together", added.terraform + added.added),
    ):
        yield f"| {name} | {taken:.2f} | {taken / added.by_hand.cpu:.0%} |"
    yield ""
    yield (
        f"By hand, the offline provider serves all types, as the real one does; Tanada asks it for a stack's own. "
        f"By the clock: {added.wall:.2f} s, by hand {added.by_hand.wall:.2f} s, the provider running already. "
        f"What isn't terraform is {added.added / added.terraform:.0%} of what terraform takes under Tanada."
    )


def kind(arguments: Sequence[str]) -> str:
    """What a process of `tanada plan` is."""
    program = Path(arguments[0]).name
    if program == "terraform":
        return f"terraform {next((word for word in arguments[1:] if not word.startswith('-')), '')}"
    if "tanada.offline.server" in arguments:
        return "provider"
    return "tanada" if program.startswith(("python", "tanada")) else program


def _prepare(folder: Path) -> Path:
    """A system whose common layer is applied, offline."""
    shutil.rmtree(folder, ignore_errors=True)
    system = systems.environments(folder, ENVIRONMENTS)
    shutil.copy(systems.ROOT / ".terraform-version", system)
    _tanada(system, "synth")
    _tanada(system, "plan", "common-main", "--no-synth", "--offline")
    _tanada(system, "apply", "common-main", "--no-synth", "--offline", "--yes")
    return system


def _tanada(system: Path, *arguments: str) -> Run:
    command = [str(Path(sys.executable).with_name("tanada")), *arguments]
    return measure(command, system, _environment(), system / "last.log", kind)


def _images() -> list[str]:
    return [word for name, tag in _IMAGES.items() for word in ("--image", f"{name}={tag}")]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "TANADA_", "AWS_"))}
    return {**kept, "TANADA_TERRAFORM": "local", "CHECKPOINT_DISABLE": "1"}


def _bare(system: Path) -> ByHand:
    """Terraform's commands without Tanada, on the copies that it has made."""
    copies = sorted(file.parent for file in (system / ".tanada" / "offline").glob("*/cdk.tf.json"))
    with offline.start(system / ".tanada" / "offline", container=False) as provider:
        environment = {**_environment(), **provider.environment, "TF_IN_AUTOMATION": "1"}
        began = time.perf_counter()
        with ThreadPoolExecutor(default_jobs()) as pool:
            taken = list(pool.map(lambda copy: _commands(copy, system / "bare" / copy.name, environment), copies))
        return ByHand(time.perf_counter() - began, sum(taken))


def _commands(copy: Path, data: Path, environment: Mapping[str, str]) -> float:
    """CPU seconds of a stack's commands."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    tags = ", ".join(f'{name} = "{tag}"' for name, tag in _IMAGES.items())
    variables = {"TF_VAR_image_tags": f"{{{tags}}}", "TF_DATA_DIR": str(data)}
    total = 0.0
    for command in _COMMANDS:
        words = [word.format(data=data) for word in command]
        with (data / "errors").open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                ["terraform", f"-chdir={copy}", *words],  # noqa: S607 - the one on PATH, as Tanada takes it
                env={**environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said = (data / "errors").read_text(encoding="utf-8", errors="replace")
            raise FailedError(f"terraform {words[0]} ended with {process.returncode}:\n{said}")
        total += usage.ru_utime + usage.ru_stime
    return total


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows(figures(systems.ROOT / ".tanada" / "bench" / "plan"))) + "\n")
