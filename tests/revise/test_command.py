"""`titrate revise` and the way out of a schedule as a user meets them: processes, files, exit codes, streams."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.run import CLOCK, titrate
from titrate.formats import json as documents

US = "baclofen-oral-spasticity"
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`plan.json`, made once."""
    folder = tmp_path_factory.mktemp("planned")
    ran = titrate("plan", US, "--start", "2026-12-01", "--target", "20 mg x3", "--tz", "Europe/London",
                  "-o", "plan.json", cwd=folder)  # fmt: skip
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def folder(planned: Path, tmp_path: Path) -> Path:
    """A folder with `plan.json`: 5, 10, 15 mg from 1, 4, 7 December on, 20 mg three times a day from the 10th on."""
    return Path(shutil.copytree(planned, tmp_path, dirs_exist_ok=True))


def revise(folder: Path, *arguments: str, **more: Any) -> Any:
    return titrate("revise", "plan.json", "--on", "2026-12-06", *arguments, cwd=folder, **more)


def test_a_revision_is_a_new_document_beside_the_old_one(folder: Path) -> None:
    before = (folder / "plan.json").read_bytes()
    ran = revise(folder, "stay", "7d", "-o", "r2.json", "-o", "r2.csv", "-o", "r2.md")
    assert (ran.code, ran.out) == (0, "")
    assert (folder / "plan.json").read_bytes() == before
    found = documents.opened((folder / "r2.json").read_text(encoding="utf-8"))
    assert found.schedule.earlier[0].sha256 == json.loads(before)["sha256"]
    assert not found.edited
    assert (folder / "r2.csv").read_text(encoding="utf-8").splitlines()[1].startswith("2026-12-06,Sunday,1,1,titration")


def test_what_is_printed_names_what_it_replaces_and_what_was_before(folder: Path) -> None:
    ran = revise(folder, "stay", "7d")
    assert ran.code == 0
    said = " ".join(ran.out.split())
    for words in (
        "revision 2", "Replaces revision 1 of this plan (sha256 ", "from Sun 06 Dec 2026 on",
        "Decided Stay on 10 mg three times a day 7 days longer, to Sunday 13 December 2026 (set by the prescriber)",
        "Before this revision", "Tue 01 Dec 2026 to Thu 03 Dec 2026: 5 mg three times a day, as planned",
        "Fri 04 Dec 2026 to Sat 05 Dec 2026: 10 mg three times a day, as planned",
        "whether every dose before Sunday 06 December 2026 was taken as it was planned (not asked)",
    ):  # fmt: skip
        assert words in said
    markdown = revise(folder, "missed", "1d", "--then", "continue", "--format", "markdown").out.replace("\u00a0", " ")
    assert "Sat 05 Dec 2026: nothing was taken (missed, as somebody reported)" in markdown


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("plan.json", "--on", "2026-12-06", "missed", "3d"), 5, ["--then continue", "--then restart"]),
        (("plan.json", "--on", "2026-11-06", "stay", "7d"), 4, ["begins on Tuesday 01 December 2026"]),
        (("plan.json", "--on", "soon", "stop"), 4, ["--on", "soon"]),
        (("plan.json", "stop"), 2, ["--on"]),
        (("plan.json", "--on", "2026-12-06"), 2, ["Missing argument"]),
        (("plan.json", "--on", "2026-12-06", "dance"), 4, ['"dance"', "retarget"]),
        (("none.json", "--on", "2026-12-06", "stop"), 7, ["none.json cannot be read", "No such file"]),
        ((".", "--on", "2026-12-06", "stop"), 7, ["Is a directory"]),
        (("broken.json", "--on", "2026-12-06", "stop"), 7, ["broken.json", "no JSON"]),
        (("plan.json", "--on", "2026-12-06", "stop", "--rule", "nothing"), 3, ["nothing"]),
        (("plan.json", "--on", "2026-12-06", "stop", "-o", "plan.docx"), 4, [".docx"]),
        (("plan.json", "--on", "2026-12-06", "stop", "-o", "plan.json"), 7, ["there already", "ever overwritten",
                                                                           "-o plan-r2.json"]),
        (("plan.json", "--on", "2026-12-06", "stop", "--weight", "40"), 4, ["--weight", "40 kg"]),
        (("plan.json", "--on", "2026-12-06", "stay", "7d", "--finish-by", "2026-12-31"), 4, ["--finish-by"]),
    ],
)  # fmt: skip
def test_bad_input(folder: Path, arguments: tuple[str, ...], code: int, words: list[str]) -> None:
    (folder / "broken.json").write_text("{", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ran = titrate("revise", *arguments, cwd=folder)
    assert ran.code == code, ran.err
    assert (ran.out, "Traceback" in ran.err) == ("", False)
    for word in words:
        assert word in " ".join(ran.err.split()), ran.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_pace_of_the_prescriber_is_left_to_the_rule_again(folder: Path) -> None:
    ran = titrate("plan", US, "--start", "2026-12-01", "--target", "20 mg x3", "--every", "7d", "-o", "slow.json",
                  cwd=folder)  # fmt: skip
    assert ran.code == 0
    ran = titrate(
        "revise", "slow.json", "--on", "2026-12-05", "replan", "--every", "rule", "--format", "csv", cwd=folder
    )
    assert ran.code == 0, ran.err
    assert "2026-12-05,Saturday,1,1,titration,morning,08:00,10" in ran.out
    ran = titrate("taper", "slow.json", "--on", "2026-12-20", "--every", "rule", "--format", "csv", cwd=folder)
    assert ran.code == 0, ran.err
    assert titrate("plan", US, "--start", "2026-12-01", "--target", "20 mg x3", "--every", "rule").code == 4


def test_refusals_as_json(folder: Path) -> None:
    ran = titrate("revise", "plan.json", "--on", "2026-12-08", "back", "2", "--json", cwd=folder)
    told = json.loads(ran.err)
    assert (told["exit_code"], told["error"]) == (5, "no schedule")
    assert "back 1 --on 2026-12-08" in told["options"][0]


# --- documents that were changed, are old, or are not the newest ---------------------------------------------------


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_document_that_was_changed_by_hand_is_said_and_gone_on_from_only_if_asked(folder: Path) -> None:
    changed(folder / "plan.json", '"label": null', '"label": "Mum"')
    ran = revise(folder, "stay", "7d", "-o", "r2.json")
    assert ran.code == 7
    assert "changed after titrate wrote it: its SHA-256 no longer fits" in ran.err
    assert "--as-edited" in ran.err
    assert not (folder / "r2.json").exists()
    accepted = revise(folder, "stay", "7d", "--as-edited", "-o", "r2.json", "--format", "text")
    assert accepted.code == 0
    assert "which somebody had changed after titrate wrote it" in " ".join(accepted.out.split())
    assert documents.read((folder / "r2.json").read_text(encoding="utf-8")).earlier[0].edited


def test_a_dose_changed_by_hand_does_not_pass_the_proof(folder: Path) -> None:
    """10 mg three times a day on the first days, by hand: the start is 5 mg."""
    document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    document["steps"][0]["regimen"] = document["steps"][1]["regimen"]
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    ran = revise(folder, "stay", "7d", "--as-edited")
    assert ran.code == 5
    assert "start" in ran.err


def test_a_document_in_another_layout_is_not_changed(folder: Path) -> None:
    document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    (folder / "plan.json").write_text(json.dumps(document, indent=4, sort_keys=True), encoding="utf-8")
    assert revise(folder, "stay", "7d").code == 0


def test_a_document_of_before_there_were_revisions_is_read(folder: Path) -> None:
    document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    for key in ("sha256", "earlier", "revised"):
        del document[key]
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    assert revise(folder, "stay", "7d", "-o", "r2.json").code == 0


def test_a_document_of_a_newer_format_is_named_as_such(folder: Path) -> None:
    changed(folder / "plan.json", '"format": 1', '"format": 2')
    ran = revise(folder, "stay", "7d")
    assert ran.code == 7
    assert "a newer titrate wrote it, and can read it" in ran.err


def test_a_pipe_beside_the_document_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "a.json")
    assert revise(folder, "stay", "7d", "-o", "r2.json").code == 0


def test_an_older_revision_is_not_revised_beside_a_newer_one(folder: Path) -> None:
    assert revise(folder, "stay", "7d", "-o", "r2.json").code == 0
    ran = revise(folder, "stop", "-o", "other.json")
    assert ran.code == 4
    assert "r2.json beside it is revision 2 already" in ran.err
    assert "titrate revise r2.json" in ran.err
    assert not (folder / "other.json").exists()
    assert titrate("revise", "r2.json", "--on", "2026-12-10", "stop", "-o", "r3.json", cwd=folder).code == 0


# --- several at once, a full disk -----------------------------------------------------------------------------------


def test_of_two_that_write_the_same_document_at_once_one_does(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": CLOCK}
    commands = [("stay", "7d"), ("stop",), ("shift", "2d"), ("slower", "x2")]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "titrate", "revise", "plan.json", "--on", "2026-12-06", *words, "-o", "r2.json"],
            cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
        )
        for words in commands
    ]  # fmt: skip
    errors = [process.communicate()[1] for process in running]
    codes = [process.returncode for process in running]
    assert sorted(codes) in ([0, 7, 7, 7], [0, 4, 4, 4], [0, 4, 4, 7], [0, 4, 7, 7]), errors
    found = documents.opened((folder / "r2.json").read_text(encoding="utf-8"))
    winner = commands[codes.index(0)]
    assert found.schedule.revised is not None
    assert (found.schedule.revised.action, found.edited) == (" ".join(winner), False)
    assert sorted(path.name for path in folder.iterdir()) == ["plan.json", "r2.json"]


def limited() -> None:
    """Let no file grow over 1,000 bytes: what a full disk does, for a process of any user."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def test_a_full_disk_changes_nothing(folder: Path) -> None:
    before = (folder / "plan.json").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "titrate", "revise", "plan.json", "--on", "2026-12-06", "stop", "-o", "r2.json"],
        cwd=folder, capture_output=True, text=True, preexec_fn=limited, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 7
    assert "Nothing was written" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"plan.json": before}


def test_what_a_killed_run_left_is_removed_by_the_next_one_that_writes_the_same_file(folder: Path) -> None:
    (folder / ".r2.json.0123456789ab.part").write_text('{"plan": ', encoding="utf-8")
    (folder / ".r3.json.0123456789ab.part").write_text('{"plan": ', encoding="utf-8")
    ran = revise(folder, "stay", "7d", "-o", "r2.json")
    assert ran.code == 0
    said = "Removed .r2.json.0123456789ab.part: a run that was interrupted had left it unfinished."
    assert ran.err.splitlines()[-2:] == [said, "Wrote r2.json."]
    assert sorted(p.name for p in folder.iterdir()) == [".r3.json.0123456789ab.part", "plan.json", "r2.json"]


# --- the way out ----------------------------------------------------------------------------------------------------


def test_the_way_out_card(folder: Path) -> None:
    ran = titrate("taper", "plan.json", "--on", "2026-12-08", "-o", "card.json", "--format", "text", cwd=folder)
    assert ran.code == 0
    assert re.search(r"Way out of   plan [0-9a-f]{12}, revision 1; followed", ran.out)
    card = documents.read((folder / "card.json").read_text(encoding="utf-8"))
    assert (card.request.goal, card.request.start.isoformat(), card.revision) == ("taper", "2026-12-10", 1)
    assert titrate("taper", "-", "--on", "2026-12-08", cwd=folder).code == 7


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("plan.json",), 4, ["on which", "--on today"]),
        (("plan.json", "--on", "2026-12-01"), 4, ["nothing to taper"]),
        (("plan.json", "--on", "2026-12-08", "--from", "10 mg x3"), 4, ["--from does not go with a schedule"]),
        (("plan.json", "--on", "2026-12-08", "--start", "2026-12-08"), 4, ["--start does not go with a schedule"]),
        ((US, "--on", "2026-12-08", "--from", "10 mg x3"), 2, ["--on"]),
        ((US, "--from", "10 mg x3"), 2, ["--start"]),
    ],
)
def test_what_does_not_go_with_a_card(folder: Path, arguments: tuple[str, ...], code: int, words: list[str]) -> None:
    ran = titrate("taper", *arguments, cwd=folder)
    assert ran.code == code, ran.err
    assert ran.out == ""
    for word in words:
        assert word in " ".join(ran.err.split())
