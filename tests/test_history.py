"""What changed between two schedules, and the list of the revisions of a plan."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests import build
from tests.revise.acting import act, d, down, up
from tests.run import titrate
from titrate.days import Days, plus
from titrate.difference import Difference, differences
from titrate.formats import changes, difference
from titrate.regimen import Regimen
from titrate.schedule import Schedule

US = "baclofen-oral-spasticity"


def told(before: Schedule, after: Schedule) -> list[str]:
    found = changes.sentences(before, after, differences(before, after))
    return [says.replace("\N{NO-BREAK SPACE}", " ") for says in found]


def sentence(before: str, after: str, first: str = "2026-12-08", length: int | None = None) -> str:
    """What is said of a change from one day of doses to another."""
    days = Days(d(first), None if length is None else plus(d(first), length - 1))
    one = Difference(days, build.regimen(before), build.regimen(after))
    return changes.sentence(one, "baclofen").replace("\N{NO-BREAK SPACE}", " ")


# --- days ------------------------------------------------------------------------------------------------------------


def test_the_days_that_differ_are_those_of_the_ladder_a_week_later() -> None:
    """15 mg from the 7th and 20 mg from the 10th become 10 mg to the 13th, 15 mg to the 16th, then 20 mg."""
    found = differences(up(), act(up(), "2026-12-06", "stay", "7d"))
    assert [(one.days.first.day, one.days.last and one.days.last.day) for one in found] == [(7, 9), (10, 13), (14, 16)]
    assert [(one.before and one.before.notation, one.after and one.after.notation) for one in found] == [
        ("15 mg x3", "10 mg x3"), ("20 mg x3", "10 mg x3"), ("20 mg x3", "15 mg x3"),
    ]  # fmt: skip


def test_a_change_without_end_has_none() -> None:
    (one,) = differences(up(), act(up(), "2026-12-20", "retarget", "15 mg x3"))
    assert one.days == Days(d("2026-12-20"), None)


def test_after_a_stop_there_is_nothing_for_ever() -> None:
    found = differences(up(), act(up(), "2026-12-20", "stop"))
    assert found[-1].days == Days(d("2027-01-03"), None)
    assert found[-1].after == Regimen("mg")
    back = differences(act(up(), "2026-12-20", "stop"), up())
    assert back[-1].before == Regimen("mg")


def test_a_schedule_differs_from_itself_on_no_day() -> None:
    for schedule in (up(), down(), act(up(), "2026-12-08", "missed", "2d", then="continue")):
        assert differences(schedule, schedule) == ()
        assert told(schedule, schedule) == ["No dose changes on any day."]


def test_days_that_were_reported_are_reported() -> None:
    after = act(up(), "2026-12-08", "missed", "3d", then="back")
    reported = [one for one in differences(up(), after) if one.reported]
    # 10 mg was planned for the 5th and 6th, 15 mg for the 7th.
    assert [one.days for one in reported] == [Days(d("2026-12-05"), d("2026-12-06")), Days.of(d("2026-12-07"), 1)]
    assert told(up(), after)[0] == (
        "From Saturday 05 December 2026 to Sunday 06 December 2026 nothing was taken, as it was reported."
    )


def test_days_of_which_only_one_says_anything() -> None:
    later = act(up(), "2026-12-01", "shift", "7d")
    first = told(up(), later)[0]
    assert first == (
        "From Tuesday 01 December 2026 to Thursday 03 December 2026 nothing is planned; before it was 5 mg three times "
        "a day."
    )
    assert told(later, up())[0].endswith("take 5 mg three times a day; before nothing was planned for it.")


# --- sentences -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("10/10/15 mg", "10/10/10 mg", "take 10 mg instead of 15 mg in the evening."),
        ("15 mg x3", "10 mg x3", "take 10 mg instead of 15 mg, three times a day."),
        ("15/15/10 mg", "10/10/10 mg", "take 10 mg instead of 15 mg in the morning and in the afternoon."),
        ("5 mg x1", "5 mg x2", "take 5 mg in the morning as well."),
        ("5 mg x2", "5 mg x1", "leave out the 5 mg in the morning."),
        ("10/5 mg", "5 mg x1", "leave out the 10 mg in the morning."),
        ("10/10 mg", "5 mg x1", "take 5 mg instead of 10 mg in the evening, and leave out the 10 mg in the morning."),
        ("10 mg x3", "10 mg x4",
         "take 10 mg four times a day, instead of 10 mg three times a day."),
        ("10 mg x3", "none mg", "take no baclofen any more, instead of 10 mg three times a day."),
        ("none mg", "5 mg x3", "take 5 mg three times a day; before it was no baclofen."),
        ("300 micrograms/day", "270 micrograms/day",
         "the pump gives 270 micrograms a day as a continuous infusion instead of 300 micrograms a day as a continuous "
         "infusion."),
    ],
)  # fmt: skip
def test_a_change_is_told_dose_by_dose_or_as_a_day(before: str, after: str, says: str) -> None:
    assert sentence(before, after) == f"From Tuesday 08 December 2026 {says}"


def test_the_days_are_told_with_their_weekdays() -> None:
    assert sentence("15 mg x3", "10 mg x3", length=1).startswith("On Tuesday 08 December 2026 take")
    assert sentence("15 mg x3", "10 mg x3", length=3).startswith(
        "From Tuesday 08 December 2026 to Thursday 10 December 2026 take"
    )


def test_other_times_and_other_pieces() -> None:
    early = build.regimen("10 mg x3", times=("07:00", "13:00", "20:00"))
    named = Regimen("mg", tuple(
        replace(given, slot=replace(given.slot, name=name))
        for given, name in zip(early.administrations, ("morning", "afternoon", "evening"), strict=True)
    ))  # fmt: skip
    days = Days(d("2026-12-08"), None)
    says = changes.sentence(Difference(days, build.regimen("10 mg x3"), named), "baclofen")
    assert says.replace("\N{NO-BREAK SPACE}", " ") == (
        "From Tuesday 08 December 2026 take the same doses at other times: at 07:00 instead of 08:00 and at 13:00 "
        "instead of 14:00."
    )
    fives = build.regimen("10 mg x3", products=build.TABLETS[:1])
    says = changes.sentence(Difference(days, build.regimen("10 mg x3"), fives), "baclofen")
    assert says.replace("\N{NO-BREAK SPACE}", " ").endswith(
        "take the same doses in other pieces: 2 tablets of 5 mg, instead of 1 tablet of 10 mg."
    )


def test_what_else_is_different_is_said_besides() -> None:
    before = down(finish_by=d("2027-01-31"))
    text = difference.write(before, act(before, "2026-12-06", "shift", "7d"))
    said = " ".join(text.split())
    assert "The last dose is on Sunday 07 February 2027 instead of Sunday 31 January 2027." in said
    text = difference.write(up(review=d("2027-01-15")), act(up(review=d("2027-01-15")), "2026-12-20", "stop"))
    said = " ".join(text.split())
    assert "The review on Friday 15 January 2027 falls away." in said
    assert "The target was 20 mg x3; now it is to stop." in said
    assert "The last dose is on Saturday 02 January 2027; until now there was no last one." in said


def test_the_table_and_every_line_fit_a_page() -> None:
    after = act(up(), "2026-12-06", "stay", "7d")
    lines = difference.write(up(), after).splitlines()
    assert max(map(len, lines)) <= 78
    at = next(place for place, line in enumerate(lines) if line.startswith("Days"))
    assert lines[at].split() == ["Days", "Before", "(revision", "1)", "After", "(revision", "2)"]
    assert " ".join(lines[at + 2].split()) == "Mon 07 Dec 2026 to 15 mg three times a day 10 mg three times a day"
    assert lines[at + 3] == "Wed 09 Dec 2026"


def test_for_the_patient_there_are_only_sentences() -> None:
    text = difference.write(up(), act(up(), "2026-12-06", "stay", "7d"), patient=True)
    assert text.startswith("Baclofen: what changes\n----------------------\n- From Monday 07 December 2026")
    assert "take 10 mg instead of 15 mg, three times a day." in " ".join(text.split())
    assert "Every other day stays as it was." in text
    assert "Do not stop suddenly" in text
    for word in ("Before", "revision 1", "Decided", "sha256"):
        assert word not in text


def test_as_data() -> None:
    found = difference.data(up(), act(up(), "2026-12-20", "retarget", "15 mg x3"))
    assert found["differences"] == [
        {
            "first": "2026-12-20", "last": None, "before": "20 mg x3", "after": "15 mg x3",
            "says": "From Sunday 20 December 2026 take 15 mg instead of 20 mg, three times a day.",
        }
    ]  # fmt: skip
    assert found["besides"] == ["The target was 20 mg x3; now it is 15 mg x3."]


# --- the commands ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three revisions of a plan, made once."""
    folder = tmp_path_factory.mktemp("revised")
    for arguments in (
        ("plan", US, "--start", "2026-12-01", "--target", "20 mg x3", "--label", "Mum", "-o", "r1.json"),
        ("revise", "r1.json", "--on", "2026-12-06", "stay", "7d", "-o", "r2.json"),
        ("revise", "r2.json", "--on", "2026-12-10", "stop", "-o", "r3.json"),
    ):
        assert titrate(*arguments, cwd=folder).code == 0
    return folder


@pytest.fixture
def folder(revised: Path, tmp_path: Path) -> Path:
    """A folder with three revisions of a plan."""
    return Path(shutil.copytree(revised, tmp_path, dirs_exist_ok=True))


def test_history_lists_every_revision_once(folder: Path) -> None:
    ran = titrate("history", "r3.json", "r1.json", "r2.json", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    said = " ".join(ran.out.split())
    assert said.count("Revision ") == 3
    assert "Baclofen, oral, for spasticity, Mum" in said
    assert "Revision 1, from Tue 01 Dec 2026 on, issued Mon 23 Nov 2026 First version. r1.json, sha256 " in said
    assert "Revision 2, from Sun 06 Dec 2026 on, issued Mon 23 Nov 2026 Stay on 10 mg three times a day" in said
    assert "Revision 3, from Thu 10 Dec 2026 on, issued Mon 23 Nov 2026 Stop baclofen gradually" in said
    assert max(map(len, ran.out.splitlines())) <= 78


def test_the_newest_document_alone_tells_of_all(folder: Path) -> None:
    ran = titrate("history", "r3.json", cwd=folder)
    assert ran.code == 0
    assert ran.out.count("no file was given; a later document tells of it") == 2
    listed = json.loads(titrate("history", "r3.json", "--json", cwd=folder).out)
    ((plan, entries),) = listed.items()
    assert len(plan) == 12
    assert [(one["revision"], one["action"], one["files"]) for one in entries] == [
        (1, None, []), (2, "stay 7d", []), (3, "stop", ["r3.json"]),
    ]  # fmt: skip
    first = json.loads((folder / "r1.json").read_text(encoding="utf-8"))
    assert entries[0]["sha256"] == first["sha256"]


def test_history_says_what_does_not_fit(folder: Path) -> None:
    path = folder / "r1.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "review": "2027-03-01"}), encoding="utf-8")
    ran = titrate("history", "r1.json", "r2.json", "r3.json", cwd=folder)
    assert ran.code == 7
    assert "r1.json was changed after titrate wrote it: its SHA-256 no longer fits" in " ".join(ran.out.split())
    assert "SHA-256 no longer fits" in ran.err
    ran = titrate("plan", US, "--start", "2026-12-01", "--target", "20 mg x3", "--label", "Mum",
                  "--review", "2027-03-01", "-o", "other.json", cwd=folder)  # fmt: skip
    assert ran.code == 0
    other = json.loads((folder / "other.json").read_text(encoding="utf-8"))
    del other["sha256"]
    (folder / "other.json").write_text(json.dumps({**other, "plan": document["plan"]}), encoding="utf-8")
    ran = titrate("history", "other.json", "r2.json", cwd=folder)
    assert ran.code == 7
    assert "other.json is not the document that r2.json (revision 2) goes back to" in " ".join(ran.out.split())


def test_history_tells_two_documents_of_one_number_apart(folder: Path) -> None:
    (folder / "other").mkdir()
    assert titrate("revise", "r1.json", "--on", "2026-12-06", "stop", "-o", "other/b.json", cwd=folder).code == 4
    (folder / "r2.json").rename(folder / "other" / "a.json")
    (folder / "r3.json").unlink()
    assert titrate("revise", "r1.json", "--on", "2026-12-06", "stop", "-o", "other/b.json", cwd=folder).code == 0
    ran = titrate("history", "r1.json", "other/a.json", "other/b.json", cwd=folder)
    assert ran.code == 7
    assert "other/a.json and other/b.json are both revision 2, and they differ" in " ".join(ran.out.split())


def test_history_lists_what_can_be_read_and_says_what_cannot(folder: Path) -> None:
    (folder / "r2.json").write_text("{", encoding="utf-8")
    ran = titrate("history", "r1.json", "r2.json", "r3.json", cwd=folder)
    assert ran.code == 7
    assert ran.err.startswith("r2.json: The document is no JSON")
    assert "Revision 3, from Thu 10 Dec 2026 on" in ran.out
    assert ran.out.count("no file was given") == 1
    ran = titrate("history", "r2.json", cwd=folder)
    assert (ran.code, ran.out) == (7, "")


def test_diff_prints_words_and_a_table(folder: Path) -> None:
    ran = titrate("diff", "r1.json", "r2.json", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    said = " ".join(ran.out.split())
    assert "From Monday 07 December 2026 to Wednesday 09 December 2026 take 10 mg instead of 15 mg" in said
    assert "Decided Stay on 10 mg three times a day 7 days longer" in said
    over_two = " ".join(titrate("diff", "r1.json", "r3.json", cwd=folder).out.split())
    assert "Decided Stay on 10 mg three times a day 7 days longer, to Sunday 13 December 2026 (set by" in over_two
    assert "Decided Stop baclofen gradually, from 10 mg three times a day (set by the prescriber)" in over_two
    back = titrate("diff", "r2.json", "r1.json", cwd=folder)
    assert "Decided" not in back.out
    assert "r2.json is the newer revision" in back.err
    assert json.loads(titrate("diff", "r1.json", "r2.json", "--json", cwd=folder).out)["after"]["revision"] == 2


def test_diff_of_what_cannot_be_compared(folder: Path) -> None:
    ran = titrate("taper", "baclofen-intrathecal-spasticity", "--start", "2026-12-01", "--from", "300 micrograms/day",
                  "--every", "1d", "-o", "pump.json", cwd=folder)  # fmt: skip
    assert ran.code == 0
    ran = titrate("diff", "r1.json", "pump.json", cwd=folder)
    assert (ran.code, ran.out) == (4, "")
    assert "r1.json is about baclofen (oral), pump.json about baclofen (intrathecal)" in ran.err
    assert titrate("diff", "r1.json", "none.json", cwd=folder).code == 7
    assert titrate("diff", "r1.json", cwd=folder).code == 2
    assert titrate("history", cwd=folder).code == 2


def test_a_revision_prints_what_changes(folder: Path) -> None:
    ran = titrate("revise", "r3.json", "--on", "2026-12-12", "stay", "2d", cwd=folder)
    assert ran.code == 0
    assert "What changes" in ran.out
