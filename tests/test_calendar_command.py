"""`titrate calendar` as a user meets it: a folder, what is in it after each run, what is said."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import CLOCK, Ran, titrate
from tests.test_ics import events

ROOT = Path(__file__).resolve().parent.parent
US = "baclofen-oral-spasticity"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan that every test begins with, made once."""
    folder = tmp_path_factory.mktemp("planned")
    plan(folder, "plan.json", "--tz", "Europe/London", "--label", "Mum")
    return folder


@pytest.fixture
def folder(planned: Path, tmp_path: Path) -> Path:
    """A folder with one plan."""
    return Path(shutil.copytree(planned, tmp_path, dirs_exist_ok=True))


def plan(folder: Path, name: str, *more: str) -> None:
    ran = titrate("plan", US, "--start", "2026-12-01", "--target", "20 mg x3", *more, "-o", name, cwd=folder)
    assert ran.code == 0, ran.err


def revise(folder: Path, name: str, on: str, *words: str, to: str) -> None:
    ran = titrate("revise", name, "--on", on, *words, "-o", to, cwd=folder)
    assert ran.code == 0, ran.err


def calendar(folder: Path, *more: str) -> Ran:
    return titrate("calendar", ".", *more, cwd=folder)


def feed(folder: Path) -> Path:
    (path,) = folder.glob("*.ics")
    return path


def sequences(path: Path) -> set[str]:
    return {event["SEQUENCE"] for event in events(path.read_bytes().decode("utf-8"))}


def test_a_calendar_has_the_name_of_its_plan_and_follows_it(folder: Path) -> None:
    name = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["plan"]
    ran = calendar(folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{name}.ics  Mum: Baclofen, revision 1  from plan.json  written\n"
    assert sequences(feed(folder)) == {"1"}
    revise(folder, "plan.json", "2026-12-06", "stay", "7d", to="r2.json")
    assert calendar(folder).out == f"{name}.ics  Mum: Baclofen, revision 2  from r2.json  written\n"
    assert sequences(feed(folder)) == {"1", "2"}
    revise(folder, "r2.json", "2026-12-08", "stop", to="r3.json")
    assert calendar(folder).code == 0
    assert sequences(feed(folder)) == {"1", "2", "3"}


def test_what_did_not_change_is_not_written_again(folder: Path) -> None:
    calendar(folder)
    before = feed(folder).stat()
    assert calendar(folder).out.endswith("as it was\n")
    after = feed(folder).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_each_plan_has_its_own_and_other_files_are_left_alone(folder: Path) -> None:
    plan(folder, "other.json", "--tz", "Asia/Kathmandu")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert titrate("calendar", ".", cwd=folder).out.count("written") == 2
    assert len(list(folder.glob("*.ics"))) == 2
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_another_folder_and_an_address(folder: Path) -> None:
    (folder / "web").mkdir()
    ran = calendar(folder, "--to", "web", "--url", "https://example.org/calendars/")
    assert ran.code == 0
    assert list(folder.glob("*.ics")) == []
    text = feed(folder / "web").read_text(encoding="utf-8").replace("\n ", "")
    assert f"SOURCE;VALUE=URI:https://example.org/calendars/{feed(folder / 'web').name}" in text


def test_a_schedule_without_a_zone(tmp_path: Path) -> None:
    plan(tmp_path, "plan.json")
    ran = titrate("calendar", ".", cwd=tmp_path, TZ="Europe/Berlin")
    assert "names no time zone; its calendar is in that of this machine, Europe/Berlin" in ran.err
    assert "TZID:Europe/Berlin" in feed(tmp_path).read_text(encoding="utf-8")
    assert calendar(tmp_path, "--tz", "Europe/Paris").err == ""
    assert "TZID:Europe/Paris" in feed(tmp_path).read_text(encoding="utf-8")
    assert calendar(tmp_path, "--floating").err == ""
    assert "TZID" not in feed(tmp_path).read_text(encoding="utf-8")


# --- nothing is lost, nothing goes back ------------------------------------------------------------------------------


def test_a_calendar_never_goes_back_to_an_older_revision(folder: Path) -> None:
    revise(folder, "plan.json", "2026-12-06", "stay", "7d", to="r2.json")
    calendar(folder)
    before = feed(folder).read_bytes()
    (folder / "r2.json").unlink()
    ran = calendar(folder)
    assert ran.code == 7
    assert "shows revision 2, and plan.json is only revision 1: a calendar never goes back" in ran.err
    assert feed(folder).read_bytes() == before


def test_two_revisions_of_one_number_are_not_chosen_between(folder: Path) -> None:
    calendar(folder)
    before = feed(folder).read_bytes()
    (folder / "away").mkdir()
    revise(folder, "plan.json", "2026-12-06", "stay", "7d", to="away/a.json")
    revise(folder, "plan.json", "2026-12-06", "stop", to="away/b.json")
    for name in ("a.json", "b.json"):
        (folder / "away" / name).rename(folder / name)
    ran = calendar(folder)
    assert ran.code == 7
    assert "a.json and b.json are both revision 2" in ran.err
    assert "move the one that does not count" in ran.err
    assert feed(folder).read_bytes() == before
    (folder / "b.json").write_bytes((folder / "a.json").read_bytes())
    assert calendar(folder).code == 0, "two copies of one document are no contradiction"


def test_a_document_that_was_changed_by_hand_changes_no_calendar(folder: Path) -> None:
    calendar(folder)
    before = feed(folder).read_bytes()
    path = folder / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"20 mg"', '"40 mg"'), encoding="utf-8")
    ran = calendar(folder)
    assert ran.code == 7
    assert "plan.json was changed after titrate wrote it: its SHA-256 no longer fits" in ran.err
    assert feed(folder).read_bytes() == before


def test_what_is_no_schedule_is_said_and_the_rest_goes_on(folder: Path) -> None:
    (folder / "broken.json").write_text('{"plan": "x", "revision": 1', encoding="utf-8")
    ran = calendar(folder)
    assert ran.code == 7
    assert "broken.json: The document is no JSON" in ran.err
    assert "The calendar of plan x is not written." in ran.err
    assert ran.out.endswith("written\n")


def test_a_newest_revision_that_cannot_be_read_leaves_the_calendar_as_it_is(folder: Path) -> None:
    """Revision 1 is at hand, but it is known not to be the newest: whatever is written from it would be an old plan."""
    revise(folder, "plan.json", "2026-12-06", "stay", "7d", to="r2.json")
    text = (folder / "r2.json").read_text(encoding="utf-8")
    for broken, words in (
        (text.replace('"format": 1', '"format": 2'), "a newer titrate wrote it, and can read it"),
        (text.replace('"format": 1', '"format": 0'), "the titrate that wrote it can read it"),
        (text[: len(text) // 2], "the text breaks off here"),
    ):
        (folder / "r2.json").write_text(broken, encoding="utf-8")
        ran = calendar(folder)
        assert (ran.code, ran.out) == (7, "")
        assert words in ran.err
        assert "is not written." in ran.err
        assert not feed_is_there(folder)
    (folder / "r2.json").write_text(text, encoding="utf-8")
    assert calendar(folder).code == 0
    (folder / "plan.json").write_text(text.replace('"revision": 2', '"revision": 1', 1)[:400], encoding="utf-8")
    ran = calendar(folder)
    assert (ran.code, ran.out.endswith("as it was\n")) == (7, True)
    assert "shows revision 2, which is newer" in ran.err


def feed_is_there(folder: Path) -> bool:
    return list(folder.glob("*.ics")) != []


def test_files_that_are_none_are_not_waited_for_and_hidden_ones_left_alone(folder: Path) -> None:
    os.mkfifo(folder / "pipe.json")
    (folder / "folder.json").mkdir()
    (folder / "._plan.json").write_bytes(b"\x00\x05\x16\x07")
    ran = calendar(folder)
    assert ran.code == 7
    assert "pipe.json is no regular file. It has no calendar." in ran.err
    assert "folder.json" not in ran.err
    assert "._plan.json" not in ran.err
    assert ran.out.endswith("written\n")


def test_all_that_went_wrong_is_one_error_as_json(folder: Path) -> None:
    for name in ("a.json", "b.json"):
        (folder / name).write_text("{", encoding="utf-8")
    ran = calendar(folder, "--json")
    told = json.loads(ran.err)
    assert (ran.code, told["exit_code"], told["options"]) == (7, 7, ["move it to another folder"])
    assert "a.json: The document is no JSON" in told["message"]
    assert "b.json: The document is no JSON" in told["message"]


def test_a_calendar_whose_schedule_is_gone_is_said(folder: Path) -> None:
    calendar(folder)
    (folder / "plan.json").unlink()
    plan(folder, "other.json", "--tz", "Asia/Kathmandu")
    ran = calendar(folder)
    assert ran.code == 0
    assert "has no schedule in the folder any more" in ran.err
    assert len(list(folder.glob("*.ics"))) == 2


@pytest.mark.parametrize("name", ["../../evil", "a/b", "", "x" * 65, "a b", "\u0661"])
def test_the_name_of_a_plan_is_no_way_out_of_the_folder(folder: Path, name: str) -> None:
    document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    document["plan"] = name
    del document["sha256"]
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    ran = calendar(folder)
    assert ran.code == 7
    assert "is no name of a plan" in ran.err
    assert sorted(path.name for path in folder.iterdir()) == ["plan.json"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere",), 7, "nowhere is no folder"),
        (("plan.json",), 7, "plan.json is no folder. You could: name the folder that it is in: .."),
        (("empty",), 7, "holds no schedule"),
        ((".", "--to", "nowhere"), 7, "nowhere is no folder"),
        ((".", "--url", "example.org"), 4, "https://example.org/calendars"),
        ((".", "--url", "https://example.org/\r\nX:1"), 4, "is no address"),
        ((".", "--tz", "Europe/Londn"), 4, "Europe/London"),
        ((".", "--remind", "soon"), 4, "--remind"),
        ((), 2, "Missing argument"),
    ],
)
def test_bad_input(folder: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    (folder / "empty").mkdir()
    ran = titrate("calendar", *arguments, cwd=folder)
    assert (ran.code, ran.out) == (code, "")
    assert words in " ".join(ran.err.split())
    assert "Traceback" not in ran.err
    assert list(folder.glob("*.ics")) == []


def limited() -> None:
    """Let no file grow over 1,000 bytes: what a full disk does, for a process of any user."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def test_a_full_disk_leaves_the_calendar_as_it_was(folder: Path) -> None:
    calendar(folder)
    before = feed(folder).read_bytes()
    revise(folder, "plan.json", "2026-12-06", "stay", "7d", to="r2.json")
    done = subprocess.run(
        [sys.executable, "-m", "titrate", "calendar", "."], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}, preexec_fn=limited, check=False,
    )  # fmt: skip
    assert done.returncode == 7
    assert "Nothing was written" in done.stderr
    assert feed(folder).read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == sorted([feed(folder).name, "plan.json", "r2.json"])


# A process that is killed when it has written so many characters of the file beside the calendar, or just before or
# just after the calendar is put in its place.
KILLED = """
import os, sys
from titrate import atomic
at, real = sys.argv.pop(1), os.replace
def killed(*arguments):
    if at == "after":
        real(*arguments)
    os.kill(os.getpid(), 9)
os.replace = killed
if at == "within":
    os.fsync = killed
from titrate.cli import main
main()
"""


def test_a_way_out_card_has_no_calendar_in_the_folder(folder: Path) -> None:
    """It is not followed, and whoever subscribes to the folder would see its doses beside the others."""
    card = titrate("taper", "plan.json", "--on", "2026-12-20", "-o", "card.json", cwd=folder)
    assert card.code == 0, card.err
    ran = calendar(folder)
    assert ran.code == 0
    assert "card.json is a way-out card" in ran.err
    assert [path.stem for path in folder.glob("*.ics")] == [
        json.loads((folder / "plan.json").read_text(encoding="utf-8"))["plan"]
    ]


@pytest.mark.parametrize("at", ["within", "before", "after"])
def test_a_killed_process_leaves_the_old_calendar_or_the_new_one(folder: Path, at: str) -> None:
    calendar(folder)
    before = feed(folder).read_bytes()
    revise(folder, "plan.json", "2026-12-06", "stay", "7d", to="r2.json")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, at, "calendar", "."], cwd=folder, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    found = feed(folder).read_bytes()
    assert (found == before) == (at != "after")
    left = [path.name for path in folder.glob(".*.part")]
    assert len(left) == (at != "after")
    again = calendar(folder)
    assert again.code == 0, "the next run goes on, and no lock is left behind"
    assert list(folder.glob(".*.part")) == []
    assert again.err == "".join(
        f"Removed {name}: a run that was interrupted had left it unfinished.\n" for name in left
    )
    assert sequences(feed(folder)) == {"1", "2"}
    if at == "after":
        assert feed(folder).read_bytes() == found


def test_what_another_program_is_writing_is_left_alone(folder: Path) -> None:
    """It holds a lock on the file beside the calendar; without the lock the same file has been left behind."""
    name = f".{json.loads((folder / 'plan.json').read_text(encoding='utf-8'))['plan']}.ics.0123456789ab.part"
    other, stranger = folder / name, folder / ".notes.part"
    stranger.write_text("mine", encoding="utf-8")
    with other.open("wb") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        assert calendar(folder).err == ""
        assert other.exists()
    assert calendar(folder).err == f"Removed {name}: a run that was interrupted had left it unfinished.\n"
    assert not other.exists()
    assert stranger.read_text(encoding="utf-8") == "mine"


def test_several_at_once_leave_one_whole_calendar_of_the_newest(folder: Path) -> None:
    revise(folder, "plan.json", "2026-12-06", "stay", "7d", to="r2.json")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": CLOCK}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "titrate", "calendar", "."], cwd=folder, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    told = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert sum("written" in one for one in told) == 1
    assert sequences(feed(folder)) == {"1", "2"}
