"""Prints what neither botocore's models nor CloudFormation's schemas know of what is emitted: `make requests`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tanada.declarations.loader import load
from tanada.resources import entries
from tanada.stacks.app import synthesize
from tests.requests import formation, forms, holding
from tests.requests.answers import ANSWERS, WITHOUT_CALL
from tests.requests.building import build

ROOT = Path(__file__).parents[2]


def lines(folder: Path) -> Iterator[str]:
    """Of the stacks in a folder such as `cdktf.out`: who knows each attribute, and what is wrong."""
    for file in sorted(folder.glob("stacks/*/cdk.tf.json")):
        for type_, named in json.loads(file.read_text())["resource"].items():
            known = entries().get(type_)
            if known is None or known.request is None:
                yield f"{type_}: {WITHOUT_CALL.get(type_, 'NO CALL IS KNOWN')}"
                continue
            for attributes in named.values():
                built = build(attributes, known.request)
                yield from (f"{type_}: {sentence}" for sentence in holding.faults(built, known.request))
                for each in built.placed:
                    yield from formation.faults(each, known.request)
                    yield from forms.faults(type_, each.leaf)
                    if not each.call and not formation.known(each, known.request):
                        answer = ANSWERS.get((type_, each.leaf.name), "NOBODY KNOWS IT, AND NO ANSWER")
                        yield f"{type_}.{each.leaf.name}: {answer}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for system in (ROOT, *(file.parent for file in sorted(ROOT.glob("tests/capabilities/*/system.yaml")))):
            synthesize(load(system), Path(folder) / system.name)
        said = sorted({line for each in Path(folder).iterdir() for line in lines(each)})
        sys.stdout.write("".join(f"{line}\n" for line in said))


if __name__ == "__main__":
    main()
