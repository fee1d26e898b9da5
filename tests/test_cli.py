"""The command as a user meets it: real processes, real files, exit codes, what stands on which stream."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import CLOCK, titrate

US, UK = "baclofen-oral-spasticity", "baclofen-oral-spasticity-uk"
PUMP, HICCUPS = "baclofen-intrathecal-spasticity", "baclofen-oral-hiccups"
START = ("--start", "2026-12-01")
SHIPPED = sorted(path.stem for path in (Path(__file__).parent.parent / "rules").glob("*.toml"))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_rules_lists_one_line_each() -> None:
    ran = titrate("rules")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines] == SHIPPED
    assert all(line.split()[-1] == "draft" for line in lines)


@pytest.mark.parametrize("rule", [US, UK, PUMP, HICCUPS])
def test_rules_show_says_basis_source_and_age(rule: str) -> None:
    ran = titrate("rules", "show", rule, SOURCE_DATE_EPOCH=str(int(CLOCK) + 10 * 86400))
    assert ran.code == 0
    assert "checked 2026-11-23 (10 days ago)" in ran.out
    assert "derived:" in ran.out
    assert "stated:" in ran.out


def test_rules_show_says_where_the_source_is_silent() -> None:
    assert "no number in the source" in titrate("rules", "show", HICCUPS).out


def test_rules_check_without_files_checks_all() -> None:
    ran = titrate("rules", "check")
    assert ran.code == 0
    assert [line.split(".toml: ")[0] for line in ran.out.splitlines() if line.endswith(": no faults")] == SHIPPED


def test_rules_check_reports_every_fault_of_a_file(tmp_path: Path) -> None:
    good = (Path(__file__).parent.parent / "rules" / f"{US}.toml").read_text(encoding="utf-8")
    broken = tmp_path / "mine.toml"
    text = good.replace('daily = "80 mg"', 'daily = "80"').replace('status = "draft"', 'status = "fine"')
    broken.write_text(text, encoding="utf-8")
    ran = titrate("rules", "check", str(broken))
    assert ran.code == 3
    assert len(ran.out.splitlines()) == 2
    assert 'mine.toml: maximum.daily: "80" has no unit; write for example "80 mg"' in ran.out
    assert 'mine.toml: status: "fine"' in ran.out


def test_the_ladder_of_the_label_as_csv() -> None:
    """US label: 5, 10, 15, 20 mg three times a day, 3 days each."""
    ran = titrate("plan", US, *START, "--target", "20 mg x3", "--review", "2026-12-20", "--format", "csv")
    assert ran.code == 0
    lines = rows(ran.out)
    assert ran.out.splitlines()[0] == "date,weekday,day,step,kind,slot,time,dose,unit,pieces,daily_dose"
    daily = {line["date"]: line["daily_dose"] for line in lines}
    assert list(daily.values()) == ["15"] * 3 + ["30"] * 3 + ["45"] * 3 + ["60"] * 10
    assert min(daily) == "2026-12-01"
    assert {line["kind"] for line in lines if line["date"] < "2026-12-10"} == {"titration"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", US, *START, "--target", "60 mg/day", "--maintain", "8 weeks", "--then-stop"),
        ("plan", US, *START, "--from", "10 mg x3", "--target", "20 mg x4"),
        ("taper", US, *START, "--from", "20 mg x4"),
        ("taper", US, *START, "--from", "20/20/10 mg", "--finish-by", "2027-02-01"),
        ("plan", UK, *START, "--target", "20 mg x3"),
        ("taper", UK, *START, "--from", "20 mg x3"),
        ("plan", HICCUPS, *START, "--target", "10 mg x3", "--by", "5 mg", "--every", "3d"),
        ("taper", HICCUPS, *START, "--from", "10 mg x3", "--by", "5 mg", "--every", "3d"),
        ("plan", PUMP, *START, "--target", "300 micrograms/day", "--screening-dose", "50 micrograms",
         "--screening-effect",
         "6 hours"),
        ("taper", PUMP, *START, "--from", "300 micrograms/day", "--every", "1d"),
        ("plan", PUMP, *START, "--from", "100 micrograms/day", "--target", "200 micrograms/day", "--maintain",
         "4 weeks",
         "--then-stop", "--every", "7d"),
    ],
)  # fmt: skip
def test_every_rule_plans_up_stays_and_tapers(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ran = titrate(*arguments, "-o", "plan.json", "-o", "plan.csv", "-o", "plan.md", "-o", "plan.txt", "-o", "plan.ics",
                  "--tz", "Europe/London", cwd=tmp_path)  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.out == ""
    lines = rows((tmp_path / "plan.csv").read_text(encoding="utf-8"))
    if arguments[0] == "taper" or "--then-stop" in arguments:
        assert (lines[-1]["dose"], lines[-1]["slot"], lines[-1]["daily_dose"]) == ("0", "", "0")
    else:
        assert lines[-1]["kind"] == "maintenance"
        assert "ontinue until reviewed" in (tmp_path / "plan.txt").read_text(encoding="utf-8")
    assert b"\r\n" in (tmp_path / "plan.ics").read_bytes()
    document = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert document["rule"]["id"] == arguments[1]
    assert len(document["rule"]["sha256"]) == 64
    assert document["not_checked"]


def test_finish_by_is_the_day_of_the_last_dose() -> None:
    ran = titrate("taper", US, *START, "--from", "20/20/10 mg", "--finish-by", "2027-02-01", "--format", "csv")
    doses = [line["date"] for line in rows(ran.out) if line["dose"] != "0"]
    assert doses[-1] == "2027-02-01"


def test_same_request_same_bytes() -> None:
    first, second = (
        titrate("taper", US, *START, "--from", "20 mg x4", "--tz", "Europe/London", "--format", "json", TZ=zone)
        for zone in ("UTC", "Asia/Tokyo")
    )
    assert first.out == second.out


# Each bad input: what it is, its arguments, the exit code, words that the message must hold.
BAD = [
    ("unknown rule", ("plan", "baclofen-oral-spastcity", *START, "--target", "20 mg x3"), 3, (US, "nearest")),
    ("no unit", ("plan", US, *START, "--target", "20 x3"), 4, ("--target", '"20" has no unit', '"20 mg"')),
    ("wrong unit", ("plan", US, *START, "--target", "20 mL x3"), 4, ("20 mL", "mg")),
    ("ambiguous", ("plan", US, *START, "--target", "20 mg"), 4, ('"20 mg x3"', '"20 mg/day"')),
    ("not makeable", ("plan", US, *START, "--target", "12 mg x3"), 5,
     ("12 mg", "10 mg and 15 mg", '--target "10 mg x3"')),
    ("outside the range", ("plan", US, *START, "--target", "25 mg x4"), 5,
     ("20 mg at one time", '--target "20 mg x4"')),
    ("below the range", ("plan", US, *START, "--target", "5 mg x3"), 5, ("at least 10 mg", '--target "10 mg x3"')),
    ("no date", ("plan", US, "--start", "soon", "--target", "20 mg x3"), 4, ("--start", "soon", "2026-12-01")),
    ("no such day", ("plan", US, "--start", "2026-02-30", "--target", "20 mg x3"), 4, ("--start", "2026-02-30")),
    ("too fast", ("plan", US, *START, "--target", "20 mg x3", "--every", "2d"), 4,
     ("--every 2 days", "at least 3 days")),
    ("too large", ("plan", US, *START, "--target", "20 mg x3", "--by", "10 mg"), 4, ("--by 10 mg", "5 mg per dose")),
    ("silent", ("plan", HICCUPS, *START, "--target", "10 mg x3"), 4, ("--by", "--every", "prescriber")),
    ("no target", ("plan", US, *START), 4, ("target", "--target")),
    ("no from", ("taper", US, *START), 4, ("--from",)),
    ("stop when?", ("plan", US, *START, "--target", "20 mg x3", "--then-stop"), 4, ("--maintain",)),
    ("age without unit", ("plan", US, *START, "--target", "20 mg x3", "--age", "30"), 4, ("--age", '"30 years"')),
    ("a child", ("plan", US, *START, "--target", "20 mg x3", "--age", "11 years"), 5, ("12 years",)),
    ("too early an end", ("taper", US, *START, "--from", "20 mg x3", "--finish-by", "2026-12-13"), 5,
     ("14 days", "Monday 14 December 2026", "--finish-by 2026-12-14")),
    ("too few times", ("plan", US, *START, "--target", "20 mg x4", "--times", "08:00,14:00,20:00"), 5,
     ("3 times of day are too few for 4 doses", '--target "20 mg x3"')),
    ("no such product", ("plan", US, *START, "--target", "20 mg x3", "--products", "25mg"), 4, ("25mg", "5mg,10mg")),
    ("no such suffix", ("plan", US, *START, "--target", "20 mg x3", "-o", "plan.docx"), 4, (".docx", ".ics")),
    ("no such zone", ("plan", US, *START, "--target", "20 mg x3", "--tz", "Europe/Londn"), 4, ("Europe/London",)),
    ("no folder", ("plan", US, *START, "--target", "20 mg x3", "-o", "no/plan.csv"), 7, ("no/plan.csv",
         "No such file")),
    ("a folder", ("plan", US, *START, "--target", "20 mg x3", "-o", "folder.csv"), 7, ("folder.csv",)),
    ("year 9999", ("plan", US, "--start", "9999-12-30", "--target", "20 mg x3"), 4, ("9999",)),
    ("no option value", ("plan", US, *START, "--target"), 2, ("--target",)),
    ("no such option", ("plan", US, *START, "--targt", "20 mg x3"), 2, ("--targt",)),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input(arguments: tuple[str, ...], code: int, words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    before = sorted(tmp_path.iterdir())
    ran = titrate(*arguments, "-o", "good.json", cwd=tmp_path) if code != 2 else titrate(*arguments, cwd=tmp_path)
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    for word in words:
        assert word in " ".join(ran.err.split()), ran.err
    assert sorted(tmp_path.iterdir()) == before, "a file was written"


def test_errors_as_json() -> None:
    ran = titrate("taper", US, *START, "--from", "20 mg x3", "--finish-by", "2026-12-13", "--json")
    told = json.loads(ran.err)
    assert (told["exit_code"], told["error"]) == (5, "no schedule")
    assert any(fact.get("source") == "bnfc" for fact in told["because"]["because"])
    assert "--finish-by 2026-12-14" in told["options"][0]


def test_a_rule_from_a_path_and_from_a_folder(tmp_path: Path) -> None:
    original = Path(__file__).parent.parent / "rules" / f"{US}.toml"
    own = tmp_path / "own"
    own.mkdir()
    (own / "my-rule.toml").write_bytes(original.read_bytes())
    arguments = (*START, "--target", "20 mg x3", "--format", "json")
    by_path = titrate("plan", "./my-rule.toml", *arguments, cwd=own)
    by_folder = titrate("plan", "my-rule", *arguments, cwd=tmp_path, TITRATE_RULES=str(own))
    assert by_path.code == by_folder.code == 0
    assert json.loads(by_path.out)["rule"]["id"] == json.loads(by_folder.out)["rule"]["id"] == "my-rule"
    assert titrate("rules", TITRATE_RULES=str(own)).out.count("my-rule") == 1
    missing = titrate("rules", TITRATE_RULES=str(tmp_path / "none"))
    assert missing.code == 3
    assert "TITRATE_RULES" in missing.err


@pytest.mark.parametrize("document", ["schedule", "rule", "request"])
def test_schema(document: str) -> None:
    ran = titrate("schema", document)
    assert ran.code == 0
    assert json.loads(ran.out)["$schema"].startswith("https://json-schema.org/")


def test_relative_days_use_the_clock() -> None:
    ran = titrate("taper", US, "--start", "tomorrow", "--from", "20 mg x3", "--format", "csv")
    assert rows(ran.out)[0]["date"] == "2026-11-24"
    ran = titrate("taper", US, "--start", "+3d", "--from", "20 mg x3", "--format", "csv")
    assert rows(ran.out)[0]["date"] == "2026-11-26"


def test_notes_go_to_standard_error(tmp_path: Path) -> None:
    ran = titrate("plan", US, *START, "--target", "20 mg x3", "--format", "ics", TZ="Europe/Berlin")
    assert ran.code == 0
    assert ran.out.startswith("BEGIN:VCALENDAR")
    assert "Europe/Berlin" in ran.err


def limited() -> None:
    """Let no file grow over 1,000 bytes: what a full disk does, for a process of any user."""
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("old", encoding="utf-8")
    arguments = ["taper", US, *START, "--from", "20 mg x4", "-o", "plan.csv", "-o", "plan.json"]
    done = subprocess.run(
        [sys.executable, "-m", "titrate", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limited,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert "Nothing was written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["plan.csv"]
    assert (tmp_path / "plan.csv").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_a_real_full_or_read_only_disk(kind: str, tmp_path: Path) -> None:
    """A disk of 8 kB, or one that cannot be written, mounted in a name space of its own."""
    size = "size=8k" if kind == "full" else "size=1m,ro"
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o {size} tmpfs {disk} || exit 99; cd {disk}; "
        f"{sys.executable} -m titrate taper {US} --start 2026-12-01 --from '20 mg x4' -o plan.json -o plan.csv; "
        "code=$?; ls -A; exit $code"
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        check=False,
    )
    if done.returncode in (1, 99):
        pytest.skip(f"no mount is possible here: {done.stderr.strip()}")
    assert done.returncode == 7, done.stderr
    assert ("No space left" if kind == "full" else "Read-only file system") in done.stderr
    assert done.stdout == ""


def test_standard_output_that_is_full() -> None:
    with open("/dev/full", "wb") as full:
        ran = titrate("taper", US, *START, "--from", "20 mg x4", "--format", "csv", stdout=full.fileno())
    assert ran.code == 7
    assert "No space left" in ran.err


def test_a_terminal_gets_a_table(tmp_path: Path) -> None:
    """Run in a pseudo-terminal, the answer is drawn; nothing of it is cut off."""
    import pty

    leader, follower = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "titrate", "taper", US, *START, "--from", "20 mg x4"],
        stdin=follower,
        stdout=follower,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "100", "TERM": "xterm"},
    )
    os.close(follower)
    drawn = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        drawn += chunk
    _, errors = done.communicate()
    assert (done.returncode, errors) == (0, b"")
    assert "…" not in drawn.decode("utf-8")
    assert "20 mg" in drawn.decode("utf-8").replace("\u00a0", " ")
