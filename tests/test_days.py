"""Dates, durations, times of day as people write them."""

from __future__ import annotations

from datetime import date, time

import pytest
from pydantic import TypeAdapter

from titrate.days import Days, Duration, between, in_short, in_words, parse_date, parse_time, plus

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-12-01", date(2026, 12, 1)), ("today", TODAY), ("Tomorrow", date(2026, 11, 24)), ("+3d", date(2026, 11, 26)),
     ("+2 weeks", date(2026, 12, 7)), ("+1 month", date(2026, 12, 23)), ("2028-02-29", date(2028, 2, 29))],
)  # fmt: skip
def test_dates(text: str, day: date) -> None:
    assert parse_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text", ["", "01.12.2026", "12/01/2026", "2026-2-1", "2026-02-30", "2027-02-29", "yesterday", "+", "+3", "+x"]
)
def test_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match=r"write for example"):
        parse_date(text, TODAY)


@pytest.mark.parametrize("text", ["x" * 41, "\u0662\u0660\u0662\u0666-12-01"])
def test_a_text_that_is_no_date_is_shown_cut_off(text: str) -> None:
    with pytest.raises(ValueError, match="is no date") as refused:
        parse_date(text, TODAY)
    assert str(refused.value).startswith(f"'{text[:40]}' is no date; write for example 2026-12-01")


@pytest.mark.parametrize(
    ("text", "shown", "days"),
    [("7d", "7 days", 7), ("3 days", "3 days", 3), ("1 day", "1 day", 1), ("8 weeks", "8 weeks", 56),
     ("24 hours", "1 day", 1),
     ("72h", "3 days", 3), ("2w", "2 weeks", 14)],
)  # fmt: skip
def test_durations(text: str, shown: str, days: int) -> None:
    assert (str(Duration.parse(text)), Duration.parse(text).days) == (shown, days)
    assert Duration.parse(text).after(date(2026, 12, 30)) == plus(date(2026, 12, 30), days)


@pytest.mark.parametrize("text", ["0 days", "", "5", "days", "1.5 days", "-1d", "25 hours", "3 fortnights"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match=r"write for example"):
        Duration.parse(text)


def test_a_text_that_is_no_duration_is_shown_cut_off() -> None:
    with pytest.raises(ValueError, match="is no duration") as refused:
        Duration.parse("x" * 61)
    assert str(refused.value).startswith(f"'{'x' * 60}' is no duration")
    with pytest.raises(ValueError, match="'5' is no duration"):
        Duration.parse(5)  # type: ignore[arg-type]


def test_in_documents_a_duration_is_text() -> None:
    adapter = TypeAdapter(Duration)
    assert adapter.validate_json('"8w"') == Duration(8, "week")
    assert adapter.dump_json(Duration(1, "day")) == b'"1 day"'
    assert adapter.json_schema() == {
        "type": "string",
        "description": "A whole number of days, weeks, months or years.",
        "examples": ["8 weeks"],
    }


def test_months_follow_the_calendar() -> None:
    assert Duration.parse("1 month").after(date(2027, 1, 31)) == date(2027, 2, 28)
    assert Duration.parse("1 year").after(date(2028, 2, 29)) == date(2029, 2, 28)
    with pytest.raises(ValueError, match="no fixed length"):
        _ = Duration.parse("1 month").days
    with pytest.raises(ValueError, match="9999"):
        Duration.parse("9999 years").after(TODAY)
    with pytest.raises(ValueError, match=r"^1 day after 9999-12-31 lies"):
        plus(date.max, 1)


def test_spans_include_both_ends() -> None:
    span = Days.of(date(2026, 12, 30), 3)
    assert list(span) == [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1)]
    inside = [date(2026, 12, 29) in span, *(day in span for day in span), date(2027, 1, 2) in span]
    assert (span.length, inside) == (3, [False, True, True, True, False])
    opened = Days(TODAY, None)
    assert (opened.length, date.max in opened) == (None, True)
    assert opened.until(plus(TODAY, 4)).length == 5
    assert span.until(date(2026, 12, 30)).length == 1
    assert span.until(date(2027, 1, 5)) == span
    with pytest.raises(ValueError, match=r"^a span without end cannot be listed; say until when$"):
        list(opened)
    with pytest.raises(ValueError, match="before it begins"):
        Days(TODAY, plus(TODAY, -1))
    assert between(date(2026, 11, 30), date(2026, 12, 2)) == 2


def test_days_in_print() -> None:
    assert in_words(date(2026, 12, 1)) == "Tuesday 01 December 2026"
    assert in_short(date(2026, 12, 1)) == "Tue 01 Dec 2026"


def test_times_of_day() -> None:
    assert parse_time("08:00") == time(8)
    assert parse_time("7:30") == time(7, 30)
    for text in ("24:00", "8", "08:60", "8am", "", "0\u0668:00", "x" * 41):
        with pytest.raises(ValueError, match="time of day") as refused:
            parse_time(text)
        assert str(refused.value) == f"'{text[:40]}' is no time of day; write for example 08:00"
