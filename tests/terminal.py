"""Runs the real command in a pseudo-terminal, types into it, and tells what it shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

from tests.run import CLOCK

ROOT = str(Path(__file__).resolve().parent.parent)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)")
_LONGEST = 120
_INTERRUPT = "\x03"


@dataclass(frozen=True)
class Shown:
    """What stood on the terminal in the end: as it was sent (`raw`), and without what steers colours (`text`)."""

    code: int
    raw: str

    @property
    def text(self) -> str:
        return _ESCAPES.sub("", self.raw).replace("\r\n", "\n")


def typed(*arguments: str, answers: tuple[tuple[str, str], ...] = (), cwd: Path | None = None, columns: int = 80,
          environment: dict[str, str] | None = None) -> Shown:  # fmt: skip
    """`titrate` with these arguments. `answers`: when the first text is shown, the second one is typed."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    dropped = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TITRATE_RULES", "TZ")
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    set_here = {"PYTHONPATH": ROOT, "SOURCE_DATE_EPOCH": CLOCK, "TERM": "xterm-256color", **(environment or {})}
    running = subprocess.Popen(
        [sys.executable, "-m", "titrate", *arguments], cwd=cwd, stdin=follower, stdout=follower, stderr=follower,
        env={**inherited, **set_here}, start_new_session=True, preexec_fn=_controlled,
    )  # fmt: skip
    os.close(follower)
    try:
        raw = _conversation(leader, list(answers))
        return Shown(running.wait(timeout=_LONGEST), raw)
    finally:
        running.kill()
        os.close(leader)


def _controlled() -> None:
    """Make the terminal that of the process, so that Ctrl-C reaches it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests in the background may have it ignored
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _conversation(leader: int, answers: list[tuple[str, str]]) -> str:
    """Everything that is shown until the program ends."""
    sent, seen, ends, last = b"", 0, time.monotonic() + _LONGEST, ""
    while True:
        raw = sent.decode("utf-8", "replace")
        assert time.monotonic() < ends, f"nothing more came after:\n{raw[-2000:]}"
        if not select.select([leader], [], [], 1)[0]:
            if last == _INTERRUPT:  # pressed between the prompt and the reading, it is not seen: as one would, again
                os.write(leader, last.encode())
            continue
        piece = b""
        with contextlib.suppress(OSError):  # the other end is closed
            piece = os.read(leader, 65536)
        if not piece:
            assert not answers, f"{answers[0][0]!r} was never shown:\n{raw[-2000:]}"
            return raw
        sent += piece
        shown = _ESCAPES.sub("", sent.decode("utf-8", "ignore"))
        if answers and answers[0][0] in shown[seen:]:
            seen = len(shown)
            last = answers.pop(0)[1]
            os.write(leader, last.encode())
