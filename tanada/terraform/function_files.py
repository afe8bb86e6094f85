"""The zips of functions, beside the configuration that names them: Terraform uploads them from there."""

from __future__ import annotations

import re
from pathlib import Path

from tanada import function_zips
from tanada.errors import TerraformError
from tanada.files import private_folder, write_private

_NAMED = re.compile(rf'"filename": *"({function_zips.FOLDER}/[a-z0-9_-]+\.zip)"')


def write(folder: Path, configuration: str) -> None:
    """Put the zips that a configuration names into its folder.

    They are this Tanada's own, made of its code, whoever wrote the configuration. Raises TerraformError where it
    hasn't one of that name, which says what is in it.
    """
    if not (named := sorted(set(_NAMED.findall(configuration)))):
        return
    known = function_zips.functions()
    for file in named:
        if file not in known:
            raise TerraformError(f"{file} is of another version of Tanada: run tanada synth with this one.")
        private_folder((folder / file).parent)
        write_private(folder / file, known[file])
