"""What each release applied of the default system: its declarations and states, one small file a release.

`make release-state` writes that of the release that stands here; docs/contributing.md says when.
"""

from __future__ import annotations

import json
import lzma
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.offline_system import ROOT, OfflineSystem

FOLDER = Path(__file__).parent
SUFFIX = ".json.xz"
IMAGES = ("--image", "web=4f2a91c", "--image", "backend=77c0e1d")
WORKSPACE = "kokuyou"


@dataclass(frozen=True)
class Release:
    """One release's system, as it lay in a team's account, which writes its declarations in today's words."""

    name: str
    declarations: dict[str, str]
    states: dict[str, str]
    """Below `.tanada/offline`."""

    def here(self, root: Path) -> OfflineSystem:
        """The system in a folder, with the code that stands here and what the release applied."""
        system = OfflineSystem.new(root, self.declarations)
        system.restore(self.states)
        return system


def releases() -> list[Release]:
    """All that are kept, the oldest first."""
    return [read(file) for file in sorted(FOLDER.glob(f"*{SUFFIX}"))]


def read(file: Path) -> Release:
    kept = json.loads(lzma.decompress(file.read_bytes()))
    return Release(file.name.removesuffix(SUFFIX), kept["declarations"], kept["states"])


def write(release: Release) -> Path:
    kept = {"declarations": release.declarations, "states": release.states}
    file = FOLDER / f"{release.name}{SUFFIX}"
    file.write_bytes(lzma.compress(json.dumps(kept, sort_keys=True).encode(), preset=9))
    return file


def apply(name: str, folder: Path) -> Release:
    """Apply the default system offline, with a review environment, with the code that stands here."""
    files = [ROOT / "system.yaml", *ROOT.glob("environments/*.yaml"), *ROOT.glob("workspaces/*.yaml")]
    declarations = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}
    system = OfflineSystem.new(folder, declarations)
    system.must("synth")
    environments = [f"environment-{file.stem}" for file in sorted(ROOT.glob("environments/*.yaml"))]
    for stack in ("common-main", "common-production", *environments, "review"):
        workspace = ("--workspace", WORKSPACE) if stack == "review" else ()
        images = () if stack.startswith("common") else IMAGES
        protected = ("--protected", "production") if "production" in stack else ()
        system.must("plan", stack, *workspace, *images, "--offline", "--no-synth")
        system.must("apply", stack, *workspace, *protected, "--offline", "--no-synth", "--yes")
    return Release(name, declarations, system.states())


if __name__ == "__main__":
    # By version and day: two states of one version may lie in teams' accounts before it is tagged.
    with tempfile.TemporaryDirectory() as temporary:
        write(apply(sys.argv[1], Path(temporary)))
