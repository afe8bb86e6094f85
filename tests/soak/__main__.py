"""`make soak`: two hundred disasters, or as many as are asked for; goes on where it was stopped."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from itertools import repeat
from pathlib import Path
from typing import Any

from tests.soak.bucket import served
from tests.soak.play import FULL, can_mount, choose, new

ROOT = Path(__file__).parents[2]
ROWS = ROOT / ".tanada" / "soak.jsonl"
PAGE = ROOT / "docs" / "soak.md"
BEGIN = "<!-- what `make soak` writes -->\n"


def main() -> int:
    """0 where nothing was wrong."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    asked = parser.parse_args()
    # Begun in a shell's background it would ignore Ctrl-C, and with it all that it begins.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    mounts = can_mount()
    ROWS.parent.mkdir(exist_ok=True, mode=0o700)
    read = [json.loads(line) for line in ROWS.read_text().splitlines()] if ROWS.is_file() else []
    done = {row["number"]: row for row in read}
    with ROWS.open("a") as rows, ProcessPoolExecutor(asked.jobs) as pool:
        left = [number for number in range(asked.kills) if number not in done]
        for row in pool.map(_round, left, repeat(asked.seed), repeat(mounts)):
            done[row["number"]] = row
            rows.write(json.dumps(row) + "\n")
            rows.flush()
            held, wrong = row["held"], "; ".join(row["wrong"]) or "right"
            say(f"{row['number']:>4} {row['verb']:<12} {row['disaster']:<26} {row['after']:>3} {held:<10} {wrong}")
    text = table(list(done.values()))
    say(text)
    if len(done) >= asked.kills:
        head = PAGE.read_text().partition(BEGIN)[0]
        PAGE.write_text(f"{head}{BEGIN}{text}")
        ROWS.unlink()
    return 1 if any(row["wrong"] for row in done.values()) else 0


def _round(number: int, seed: int, mounts: bool) -> dict[str, Any]:
    """One disaster, in a repository and a bucket of its own: what is wrong in one is no fault of the next."""
    dice = random.Random(seed * 1_000_003 + number)
    verb, disaster = choose(dice, mounts=mounts)
    with (
        served() as bucket,
        tempfile.TemporaryDirectory() as folder,
        new(Path(folder), bucket, dice.randrange(2**32), small=disaster is FULL) as soak,
    ):
        return {**asdict(soak.play(disaster, verb)), "number": number}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table(rows: Sequence[dict[str, Any]]) -> str:
    """What was there afterwards, by disaster."""
    lines = [
        f"{len(rows)} disasters, {sum(bool(row['wrong']) for row in rows)} of them with something that should not be.",
        "",
        "| what happened | plan, apply, apply --all | the states held all that is there | a lock was left "
        "| a state waited to be saved "
        "| a run's folder was left | exit codes | wrong |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in sorted({row["disaster"] for row in rows}):
        of = [row for row in rows if row["disaster"] == name]
        verbs = Counter(row["verb"] for row in of)
        codes = Counter(row["code"] for row in of)
        cells = (
            name,
            ", ".join(str(verbs[verb]) for verb in ("plan", "apply", "apply --all")),
            f"{sum(row['held'] == 'all of it' for row in of)} of {len(of)}",
            sum(row["lock"] for row in of),
            sum(row["unsaved"] for row in of),
            sum(bool(row["runs"]) for row in of),
            ", ".join(f"{code} ({times})" for code, times in sorted(codes.items())),
            sum(bool(row["wrong"]) for row in of),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
