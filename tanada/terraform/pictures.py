"""Pictures of the stacks that lie in `cdktf.out`; Node.js, which made them, lays them out with ELK."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import tanada
from tanada import synth_process
from tanada.errors import TerraformError
from tanada.terraform.environ import without_secrets
from tanada.terraform.layout import Layout
from tanada.terraform.process import Processes

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.graph.elk import Laid
    from tanada.graph.model import Graph

Format = Literal["svg", "mermaid"]
_PROGRAM = """\
const ELK = require(process.argv[1]);
new ELK().layout(JSON.parse(require("fs").readFileSync(0, "utf8"))).then(
  (laid) => process.stdout.write(JSON.stringify(laid)),
  (error) => { console.error(String(error && error.message || error)); process.exitCode = 1; },
);
"""


def graph_of(
    system: str, stacks: Sequence[Stack], stack: Stack | None, emitted: Mapping[str, Mapping[str, Any]]
) -> Graph:
    """What one stack consists of, or where none is named all of them; by the emitted JSON of each stack's name."""
    from tanada.graph import read, whole

    if stack is not None:
        shared = None if stack.kind == "common" else emitted[stack.common]
        return read.stack(f"{system}, {stack.environment or stack.name}", _called(stack), emitted[stack.name], shared)
    return whole.system(
        system,
        [
            whole.Account(
                each.account,
                _called(each),
                emitted[each.name],
                tuple(
                    whole.Part(other.environment or other.name, emitted[other.name])
                    for other in stacks
                    if other.kind != "common" and other.account == each.account
                ),
            )
            for each in stacks
            if each.kind == "common"
        ],
    )


def needed(stacks: Sequence[Stack], stack: Stack | None) -> tuple[str, ...]:
    """The stacks whose JSON a picture is made of."""
    if stack is None:
        return tuple(each.name for each in stacks)
    return tuple(dict.fromkeys((stack.common, stack.name)))


def read(root: Path, names: Sequence[str]) -> dict[str, Any]:
    """The emitted JSON of some stacks."""
    layout = Layout(root)
    return {name: json.loads(layout.configuration(name).read_text(encoding="utf-8")) for name in names}


def drawn(graph: Graph, format_: Format, environ: Mapping[str, str], processes: Processes) -> str:
    """The picture as text. Raises TerraformError where Node.js or ELK is missing, which SVG needs."""
    from tanada.graph import mermaid, svg

    if format_ == "mermaid":
        return mermaid.mermaid(graph)
    return svg.svg(graph, laid_out(graph, environ, processes))


def laid_out(graph: Graph, environ: Mapping[str, str], processes: Processes) -> Laid:
    """Where all of it lies. Raises TerraformError as `drawn`."""
    from tanada.graph import elk

    return elk.answered(graph, _asked(elk.asked(graph), environ, processes))


def bundle() -> Path:
    """The file with ELK: a wheel brings it along, a checkout has it from `npm ci`."""
    package = Path(str(tanada.__file__)).parent
    shipped = package / "graph" / "elkjs" / "elk.bundled.js"
    found = shipped if shipped.is_file() else package.parent / "node_modules" / "elkjs" / "lib" / "elk.bundled.js"
    if not found.is_file():
        raise TerraformError(
            "This Tanada has no elkjs, which lays pictures out: run `make setup` in its checkout, and make wheels after"
            " that; or draw with --format mermaid, which needs none."
        )
    return found


def _asked(asked: Mapping[str, Any], environ: Mapping[str, str], processes: Processes) -> Any:
    node = synth_process.node(environ)
    if node is None:
        raise TerraformError(synth_process.missing(environ))
    with tempfile.TemporaryFile("w+", encoding="utf-8") as graph:
        json.dump(asked, graph)
        graph.seek(0)
        finished = processes.run(
            [node, "-e", _PROGRAM, str(bundle())],
            cwd=Path.cwd(),
            environment=without_secrets(environ),
            stdin=graph.fileno(),
        )
    if finished.code != 0:
        last = (finished.errors.strip() or f"it ended with exit code {finished.code}").splitlines()[-1]
        raise TerraformError(f"ELK could not lay the picture out: {last}")
    return json.loads(finished.output)


def _called(stack: Stack) -> str:
    return f"Account {stack.account} · {stack.account_id} · {stack.region}"
