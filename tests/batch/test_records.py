"""`titrate batch`: a record for each request, in their order; the same schedules that the single commands make."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.batch.asking import HEADER, RULE, document, table
from tests.run import Ran, titrate
from titrate import rulebook
from titrate.formats import json as documents
from titrate.formats import lines
from titrate.planner import plan
from titrate.regimen import Pattern
from titrate.request import Request

TAPER = ("taper", RULE, "--start", "2026-12-01", "--from", "20 mg x3")


def batch(folder: Path, requests: str | bytes, *options: str, name: str = "r.csv", out: str = "o.jsonl") -> Ran:
    content = requests.encode() if isinstance(requests, str) else requests
    (folder / name).write_bytes(content)
    return titrate("batch", name, "-o", out, *options, cwd=folder)


def records(folder: Path, out: str = "o.jsonl") -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / out).read_text(encoding="utf-8").splitlines()]


def test_a_record_is_the_document_of_the_single_command(tmp_path: Path) -> None:
    done = batch(tmp_path, f"{HEADER}\n{RULE},taper,2026-12-01,20 mg x3,,,\n")
    assert done.code == 0
    assert records(tmp_path) == [json.loads(titrate(*TAPER, "--format", "json").out)]


def test_a_line_of_json_is_the_same_request(tmp_path: Path) -> None:
    line = {"rule": RULE, "goal": "taper", "start": "2026-12-01", "current": {"doses": ["20 mg", "20 mg", "20 mg"]}}
    batch(tmp_path, json.dumps(line), name="r.jsonl")
    assert records(tmp_path) == [json.loads(titrate(*TAPER, "--format", "json").out)]


@pytest.mark.parametrize(
    "label", ['"cycle":1}', ',"on":[]}', '\u007f \u2028 \u00e9 \U0001f600 \\ / \t \x01 "', '\\","day":1}']
)
def test_a_label_of_any_characters_is_written_as_in_the_document(label: str) -> None:
    rule = rulebook.load(RULE)
    request = Request(RULE, "taper", date(2026, 12, 1), datetime(2026, 11, 23, tzinfo=UTC), Pattern.parse("20 mg x3"))
    schedule = plan(rule, replace(request, label=label))
    whole = json.dumps(json.loads(documents.write(schedule)), ensure_ascii=False, separators=(",", ":"))
    assert lines.write(schedule) == whole
    assert json.loads(whole)["request"]["label"] == label


def test_a_record_can_be_read_by_the_other_commands(tmp_path: Path) -> None:
    batch(tmp_path, f"{HEADER}\n{RULE},taper,2026-12-01,20 mg x3,,,\n")
    told = titrate("explain", "o.jsonl", "--day", "2026-12-01", cwd=tmp_path)
    assert told.code == 0
    assert "Step 1 of 5" in told.out


def test_the_rows_of_a_csv_are_those_of_the_single_command(tmp_path: Path) -> None:
    batch(tmp_path, f"{HEADER}\n{RULE},taper,2026-12-01,20 mg x3,,,Ann\n", out="o.csv")
    rows = list(csv.reader((tmp_path / "o.csv").read_text().splitlines()))
    alone = list(csv.reader(titrate(*TAPER, "--format", "csv").out.splitlines()))
    assert [row[3:-3] for row in rows] == alone
    assert {(row[0], row[2], *row[-3:]) for row in rows[1:]} == {("2", "Ann", "", "", "")}


def test_parquet_holds_the_rows_of_the_csv_with_exact_amounts(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow (the extra [parquet]) is not installed")
    lines = f"{HEADER}\n{RULE},taper,2026-12-01,20 mg x3,,,=Ann\n{RULE},taper,2026-12-01,20 x3,,,\n"
    batch(tmp_path, lines, out="o.parquet")
    batch(tmp_path, lines, out="o.csv")
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text().splitlines()))
    read = parquet.read_table(tmp_path / "o.parquet").to_pylist()
    assert len(read) == len(rows)
    for row, typed in zip(rows, read, strict=True):
        assert str(typed["date"] or "") == row["date"]
        assert typed["dose"] == (Decimal(row["dose"]) if row["dose"] else None)
        assert typed["daily_dose"] == (Decimal(row["daily_dose"]) if row["daily_dose"] else None)
        for name in ("line", "plan", "slot", "time", "unit", "pieces", "kind", "day", "step", "error", "exit_code"):
            assert str("" if typed[name] is None else typed[name]) == row[name]
    assert read[0]["label"] == "=Ann"
    assert rows[0]["label"] == "'=Ann"  # a spreadsheet would run it


@pytest.mark.parametrize(
    ("line", "kind", "code", "says"),
    [
        (f"{RULE},taper,2026-12-01,20 mg x3,,2026-12-04,", "no schedule", 5, "cannot be stopped by"),
        ("unheard-of,taper,2026-12-01,20 mg x3,,,", "rule", 3, "There is no rule 'unheard-of'"),
        (f"{RULE},taper,2026-12-01,20 x3,,,", "request", 4, '--from: "20" has no unit'),
        (f"{RULE},taper,2026-12-01,,,,", "request", 4, "A taper needs what the patient takes now"),
        (f"{RULE},stop,2026-12-01,20 mg x3,,,", "request", 4, "goal is 'stop'; it is plan or taper"),
        (f"{RULE},taper,,20 mg x3,,,", "request", 4, "start is missing"),
        (f"{RULE},taper,2026-12-01", "format", 7, "3 cells; the first line names 7 columns"),
        ("", "format", 7, "The line is empty"),
        (f'{RULE},taper,2026-12-01,"20 mg x3,,,', "format", 7, "no line of a CSV"),
        (f"{RULE},taper,2026-12-01,20 mg x3,,,{'x' * 200_000}", "format", 7, "longer than 100000 bytes"),
        (f"{RULE},taper,2026-12-01,20 mg x3,,,a\0b", "format", 7, "zero byte"),
    ],
)
def test_a_line_that_fails_is_a_record_and_the_rest_goes_on(
    tmp_path: Path, line: str, kind: str, code: int, says: str
) -> None:
    good = f"{RULE},taper,2026-12-01,5 mg x3,,,"
    done = batch(tmp_path, f"{HEADER}\n{good}\n{line}\n{good}\n")
    first, failed, last = records(tmp_path)
    assert (failed["line"], failed["error"], failed["exit_code"]) == (3, kind, code)
    assert says in str(failed["message"])
    assert first == last
    assert "plan" in first
    assert done.code == 8
    assert done.err.startswith(f"3 requests: 2 planned and proved, 1 failed (1 {kind}).")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"rule": "r", "rule": "s"}', 'The key "rule" stands twice'),
        ("[1]", "a list is no request"),
        ('{"rule": "r", "goal": "taper", "start": "2026-12-01", "dose": 1}', "dose: there is no such key"),
        ('{"rule": "r", "goal": "taper", "start": "86400"}', '"86400" is not allowed'),
        ('{"rule": "r", "goal": "taper", "start": "2026-12-01", "by": "5"}', '"5" has no unit'),
        ('{"rule": "r", "goal": "taper", "start": "2026-12-01", "by": 2.5}', "2.5 is no amount"),
        ('{"rule": "r", "goal": "stop", "start": "2026-12-01"}', "it is 'plan' or 'taper'"),
        ('{"rule": "r", "goal": "taper", "sta', "breaks off here"),
        ('{"goal": "taper", "start": "2026-12-01"}', "rule: is missing"),
        ("[" * 50_000, "nested too deeply"),
        ('{"x": ' + "9" * 9_000 + "}", "without end"),
    ],
)
def test_json_that_is_no_request(tmp_path: Path, line: str, says: str) -> None:
    batch(tmp_path, f"{document(1)}\n{line}\n{document(1)}", name="r.jsonl")
    first, failed, last = records(tmp_path)
    assert says in str(failed["message"])
    assert failed["exit_code"] == 7
    assert first == last
    assert "plan" in first


def test_a_last_line_that_may_have_been_cut_off_is_not_planned(tmp_path: Path) -> None:
    """`5 mg/day` cut to `5 mg` would still be a pace, and another one."""
    batch(tmp_path, f"rule,goal,start,from,by\n{RULE},taper,2026-12-01,20 mg x3,5 mg")
    assert "no line end" in str(records(tmp_path)[0]["message"])


def test_a_mark_of_byte_order_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    plain = f"{HEADER}\n{RULE},taper,2026-12-01,20 mg x3,,,Zoë\n"
    batch(tmp_path, plain)
    batch(tmp_path, b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode(), out="w.jsonl")
    assert records(tmp_path) == records(tmp_path, "w.jsonl")
    assert records(tmp_path)[0]["request"]["label"] == "Zoë"  # type: ignore[index]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("rule,goal,start,form", "'form' is no column that titrate knows; did you mean from?"),
        ("rule;goal;start;from", "separated by semicolons"),
        ("rule,start,from", "the column goal is missing"),
        ("rule,goal,start,from,from", "the column from stands twice"),
        ("", "the column rule is missing"),
    ],
)
def test_a_header_that_cannot_be_meant_ends_it_before_anything_is_written(
    tmp_path: Path, header: str, says: str
) -> None:
    done = batch(tmp_path, f"{header}\n")
    assert done.code == 7
    assert says in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.csv"]


def test_every_option_of_the_commands_is_a_column(tmp_path: Path) -> None:
    cells = {
        "rule": RULE, "goal": "plan", "start": "2026-12-01", "from": "5 mg x3", "since": "2026-11-01",
        "target": "20 mg x3", "maintain": "8 weeks", "then-stop": "yes", "by": "5 mg per dose", "every": "7d",
        "age": "45 years", "weight": "70 kg", "creatinine-clearance": "90 mL/min", "dialysis": "no", "taking": "none",
        "setting": "community", "times": "07:00,13:00,21:00", "uneven": "no", "tz": "Europe/London",
        "max_pieces": "4", "products": "5mg,10mg,20mg",
    }  # fmt: skip
    options = [f"--{name.replace('_', '-')}={value}" for name, value in list(cells.items())[3:]
               if name not in ("then-stop", "dialysis", "uneven")]  # fmt: skip
    alone = titrate("plan", RULE, "--start", "2026-12-01", *options, "--then-stop", "--no-dialysis", "--even",
                    "--format", "json")  # fmt: skip
    values = ",".join(f'"{value}"' for value in cells.values())
    batch(tmp_path, f"{','.join(cells)}\n{values}\n")
    assert records(tmp_path) == [json.loads(alone.out)]


@pytest.mark.parametrize("out", ["o.jsonl", "o.csv", "o.parquet"])
def test_several_workers_write_the_same_bytes(tmp_path: Path, out: str) -> None:
    if out.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow (the extra [parquet]) is not installed")
    one = batch(tmp_path, table(140), out=out)
    (tmp_path / out).rename(tmp_path / "one")
    two = batch(tmp_path, table(140), "--workers", "2", out=out)
    assert (tmp_path / out).read_bytes() == (tmp_path / "one").read_bytes()
    assert one.err == two.err
    assert one.err.startswith("140 requests: 126 planned and proved, 14 failed (1 no schedule, 13 request).")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["one", out, "r.csv"])
