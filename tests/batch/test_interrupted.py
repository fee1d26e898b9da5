"""A run that is interrupted, wherever: nothing is lost and nothing is done twice."""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.batch.asking import HEADER, RULE, document, table
from tests.run import CLOCK, titrate
from titrate.batch import run, shard
from titrate.errors import FormatError

ROOT = Path(__file__).resolve().parent.parent.parent
ISSUED = datetime.fromtimestamp(int(CLOCK), UTC)


def started(folder: Path, *options: str, **more: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": CLOCK, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "titrate", "batch", "r.csv", "-o", "o.jsonl", *options]
    # Whoever runs the tests in the background may have left the interrupt key ignored, which is inherited.
    more.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def until_written(folder: Path, lines: int) -> None:
    """Wait until the log of a run has so many lines."""
    log = folder / "o.jsonl.part.log"
    for _ in range(1_200):
        if log.exists() and log.read_bytes().count(b"\n") >= lines:
            return
        time.sleep(0.05)
    pytest.fail("the run wrote nothing")


def whole(folder: Path) -> bytes:
    """What a run that is not interrupted writes."""
    shard(folder / "r.csv", folder / "whole.jsonl", ISSUED)
    return (folder / "whole.jsonl").read_bytes()


def children(process: int) -> list[int]:
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return [int(word) for word in done.stdout.split()]


def running(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    stat = Path(f"/proc/{process}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_and_resumed_it_writes_what_it_would_have_written(tmp_path: Path, workers: str) -> None:
    (tmp_path / "r.csv").write_text(table(330), encoding="utf-8")
    process = started(tmp_path, "--workers", workers)
    until_written(tmp_path, 3)
    helpers = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "o.jsonl").exists()
    done = titrate("batch", "r.csv", "-o", "o.jsonl", "--resume", cwd=tmp_path)
    assert done.err.startswith("330 requests: 297 planned and proved, 33 failed")
    assert (tmp_path / "o.jsonl").read_bytes() == whole(tmp_path)
    for _ in range(200):
        if not any(map(running, helpers)):
            break
        time.sleep(0.05)
    assert not any(map(running, helpers)), "the workers went on without the process that began them"


def test_an_interruption_from_the_keyboard_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(table(200), encoding="utf-8")
    process = started(tmp_path, "--workers", "2", start_new_session=True)
    until_written(tmp_path, 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to all of them
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode() == (
        "Interrupted. What is done stays. Go on with: titrate batch r.csv -o o.jsonl --workers 2 --resume\n"
    )
    assert titrate("batch", "r.csv", "-o", "o.jsonl", "--resume", cwd=tmp_path).code == 8
    assert (tmp_path / "o.jsonl").read_bytes() == whole(tmp_path)


class _Enough(Exception):
    """Ends a run in the middle, as a power cut would."""


def broken_off(folder: Path, after: int) -> None:
    """A run that ends after so many portions."""

    def seen(tally: object, byte: int) -> None:
        nonlocal after
        after -= 1
        if after < 0:
            raise _Enough

    with (folder / "r.csv").open("rb") as file, pytest.raises(_Enough):
        run(file, folder / "o.jsonl", form="csv", written="jsonl", issued=ISSUED, seen=seen)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run of 140 requests that ended after its second portion."""
    (tmp_path / "r.csv").write_text(table(140), encoding="utf-8")
    broken_off(tmp_path, after=2)
    return tmp_path


@pytest.mark.parametrize("lost", [0, 1, 5_000, 10**9])
def test_what_was_half_written_is_written_anew(folder: Path, lost: int) -> None:
    """The end of the part, of its log, or of both may not have reached the disk."""
    expected = whole(folder)
    part, log = folder / "o.jsonl.part", folder / "o.jsonl.part.log"
    kept = part.read_bytes(), log.read_bytes()
    for cut_part, cut_log in ((0, lost), (lost, 0), (lost, lost)):
        part.write_bytes(kept[0][: max(len(kept[0]) - cut_part, 0)])
        log.write_bytes(kept[1][: max(len(kept[1]) - cut_log, 0)])
        if cut_part == 0:
            part.write_bytes(kept[0] + b'{"half": "a rec')
        shard(folder / "r.csv", folder / "o.jsonl", ISSUED, resume=True)
        assert (folder / "o.jsonl").read_bytes() == expected
        assert not part.exists()
        assert not log.exists()


def test_a_resumed_run_keeps_the_moment_of_the_one_that_began_it(folder: Path) -> None:
    shard(folder / "r.csv", folder / "o.jsonl", datetime(2030, 1, 1, tzinfo=UTC), resume=True)
    assert (folder / "o.jsonl").read_bytes() == whole(folder)


def test_other_requests_are_not_gone_on_with(folder: Path) -> None:
    changed = (folder / "r.csv").read_text().replace("20 mg x3", "15 mg x3", 1)
    (folder / "r.csv").write_text(changed)
    with pytest.raises(FormatError, match="The requests are not those of the interrupted run"):
        shard(folder / "r.csv", folder / "o.jsonl", ISSUED, resume=True)


def test_requests_that_were_added_at_the_end_are_answered(folder: Path) -> None:
    with (folder / "r.csv").open("a") as more:
        more.write(f"{RULE},taper,2026-12-01,5 mg x3,,,late\n")
    assert shard(folder / "r.csv", folder / "o.jsonl", ISSUED, resume=True).requests == 141
    assert (folder / "o.jsonl").read_bytes() == whole(folder)


def test_an_interrupted_run_is_not_begun_anew_by_accident(folder: Path) -> None:
    done = titrate("batch", "r.csv", "-o", "o.jsonl", cwd=folder)
    assert done.code == 7
    assert "o.jsonl.part is of a run that was interrupted" in done.err
    assert "--resume" in done.err


def test_without_a_run_to_resume_it_begins_or_says_that_all_is_done(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(f"{HEADER}\n{RULE},taper,2026-12-01,5 mg x3,,,\n")
    assert titrate("batch", "r.csv", "-o", "o.jsonl", "--resume", cwd=tmp_path).code == 0
    again = titrate("batch", "r.csv", "-o", "o.jsonl", "--resume", cwd=tmp_path)
    assert again.code == 7
    assert "There is nothing to resume: o.jsonl is complete" in again.err


def test_a_rule_that_changes_on_the_way_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schedules of two editions of a rule are not put into one file."""
    monkeypatch.setenv("TITRATE_RULES", str(tmp_path))
    rule = (ROOT / "rules" / f"{RULE}.toml").read_text(encoding="utf-8")
    (tmp_path / f"{RULE}.toml").write_text(rule, encoding="utf-8")
    (tmp_path / "r.csv").write_text(table(200), encoding="utf-8")
    broken_off(tmp_path, after=2)
    (tmp_path / f"{RULE}.toml").write_text(rule + "\n# another edition\n", encoding="utf-8")
    with pytest.raises(FormatError, match=f"The rule {RULE} was changed while its schedules were made"):
        shard(tmp_path / "r.csv", tmp_path / "o.jsonl", ISSUED, resume=True)


def test_a_full_disk_keeps_what_is_done(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(table(220), encoding="utf-8")

    def narrow() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, 2_500_000))

    process = started(tmp_path, preexec_fn=narrow)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 7
    assert err.decode().startswith("o.jsonl cannot be written: File too large. What is done so far is in o.jsonl.part.")
    assert not (tmp_path / "o.jsonl").exists()
    assert titrate("batch", "r.csv", "-o", "o.jsonl", "--resume", cwd=tmp_path).code == 8
    assert (tmp_path / "o.jsonl").read_bytes() == whole(tmp_path)


def test_two_runs_never_write_the_same_results(folder: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (folder / "o.jsonl.part.log").open("r+b") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        with pytest.raises(FormatError, match="is being written by another run"):
            shard(folder / "r.csv", folder / "o.jsonl", ISSUED, resume=True)


def test_a_reader_that_has_seen_enough_ends_it(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(table(200), encoding="utf-8")
    process = started(tmp_path, "-o", "-", "--format", "jsonl")
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b'{"plan":')
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(60) == 0


def test_standard_input_that_is_closed(tmp_path: Path) -> None:
    command = f"{sys.executable} -m titrate batch - --input jsonl -o o.jsonl <&-"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 7
    assert done.stderr == "Standard input is closed; there are no requests to read.\n"
    assert list(tmp_path.iterdir()) == []


def test_requests_from_standard_input_and_results_to_standard_output() -> None:
    found: list[bytes] = []
    tally = run(
        io.BytesIO(f"{document(1)}\n{document(2)}\n".encode()), found.append, form="jsonl", written="csv", issued=ISSUED
    )
    assert tally.requests == 2
    assert b"".join(found).decode().splitlines()[0].startswith("line,plan,label,date")


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("r.csv", "-o", "r.csv"), 4, "r.csv is the file of requests itself"),
        (("r.csv", "-o", "r.xlsx"), 7, "the suffix '.xlsx' names no format"),
        (("r.csv", "-o", "nowhere/o.jsonl"), 7, "there is no folder nowhere"),
        (("none.csv", "-o", "o.jsonl"), 7, "none.csv cannot be read: No such file"),
        (("r.csv", "-o", "-"), 4, "- has no suffix"),
        (("-", "-o", "o.jsonl"), 4, "- has no suffix"),
        (("r.csv", "-o", "-", "--format", "jsonl", "--resume"), 4, "--resume needs a file of results"),
        (("r.csv", "-o", "-", "--format", "parquet"), 4, "Parquet is written to a file"),
        (("r.csv", "-o", "o.jsonl", "--workers", "0"), 2, "--workers"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, options: tuple[str, ...], code: int, says: str) -> None:
    (tmp_path / "r.csv").write_text(f"{HEADER}\n", encoding="utf-8")
    done = titrate("batch", *options, cwd=tmp_path)
    assert done.code == code
    assert says in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def test_on_a_terminal_a_bar_tells_how_many_how_fast_and_how_long(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    (tmp_path / "r.csv").write_text(table(140), encoding="utf-8")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "SOURCE_DATE_EPOCH": CLOCK, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "titrate", "batch", "r.csv", "-o", "o.jsonl"],
        cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            read = os.read(ours, 10_000)
        except OSError:  # the other end was closed
            break
        if not read:
            break
        shown += read
    assert process.wait() == 8
    text = shown.decode()
    assert "100%" in text
    assert "140 requests, 14 failed" in text
    assert " a second" in text
    assert "140 requests: 126 planned and proved" in text
