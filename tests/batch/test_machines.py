"""The same shards on Dask and on Ray, on a local cluster of two workers: byte for byte what one process writes.

The lines that the README shows are run as they stand there. `.ci/machines` installs both.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.batch.asking import HEADER, document, row
from titrate.batch import shard

ROOT = Path(__file__).resolve().parent.parent.parent
ISSUED = datetime(2026, 11, 23, 9, tzinfo=UTC)  # as in the README


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Four files of requests, of different lengths, with some that fail."""
    folder = tmp_path / "requests"
    folder.mkdir()
    for index in range(3):
        lines = (HEADER, *(row(100 * index + number) for number in range(20 + 5 * index)))
        (folder / f"{index}.csv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / "3.jsonl").write_text("".join(f"{document(number)}\n" for number in range(10)), encoding="utf-8")
    return tmp_path


def example(library: str) -> str:
    """The program of the README that imports this library."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return next(str(block) for block in blocks if re.search(rf"^(import|from) {library}\b", block, re.MULTILINE))


@pytest.mark.parametrize("library", ["dask", "ray"])
def test_the_lines_of_the_readme_write_what_one_process_writes(shards: Path, library: str) -> None:
    pytest.importorskip("distributed" if library == "dask" else "ray", reason=f"{library} is not installed")
    alone = shards / "alone"
    alone.mkdir()
    for path in sorted((shards / "requests").iterdir()):
        shard(path, alone / f"{path.stem}.jsonl", ISSUED)
    program = shards / "program.py"
    program.write_text(example(library), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=shards, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "85 requests, 7 failed"
    written = {path.name: path.read_bytes() for path in (shards / "results").iterdir()}
    assert written == {path.name: path.read_bytes() for path in alone.iterdir()}
