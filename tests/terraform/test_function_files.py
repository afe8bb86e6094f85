"""The zips of functions lie beside the configuration that names them, and are this Tanada's own."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tanada import function_zips
from tanada.errors import TerraformError
from tanada.terraform import function_files


def test_what_a_configuration_names_lies_beside_it(tmp_path: Path) -> None:
    made = function_zips.function("jobs")
    function_files.write(tmp_path, f'{{"filename": "{made.file}"}}')
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.zip")] == [made.file]
    assert (tmp_path / made.file).read_bytes() == made.content


def test_nothing_lies_where_nothing_is_named(tmp_path: Path) -> None:
    function_files.write(tmp_path, '{"filename": "/etc/passwd"}')
    assert list(tmp_path.iterdir()) == []


def test_a_zip_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="another version of Tanada: run tanada synth"):
        function_files.write(tmp_path, '{"filename": "functions/jobs-00000000.zip"}')


def test_a_zip_is_the_same_bytes_wherever_it_is_made() -> None:
    made = function_zips.function("jobs")
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        [entry] = archive.infolist()
        assert (entry.filename, entry.date_time, entry.compress_type) == ("main.py", (1980, 1, 1, 0, 0, 0), 0)
        assert archive.read(entry) == (function_zips.sources() / "jobs" / "main.py").read_bytes()
    function_zips.function.cache_clear()
    assert function_zips.function("jobs").content == made.content
