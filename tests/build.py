"""Schedules, regimens and limits written by hand, for tests that must not depend on the planner."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from fractions import Fraction

from titrate.days import Days, plus
from titrate.product import Product, makeable
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.regimen import Administration, Pattern, Regimen, Slot
from titrate.request import Request
from titrate.schedule import Note, RuleStamp, Schedule, Step
from titrate.source import Citation, Source

ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOURCE = Source("label", "Tablets label", "A publisher", "2021", "https://example.org/label")
STATED = Citation(SOURCE, "section 2", date(2026, 11, 23))
DERIVED = Citation(SOURCE, "section 2", date(2026, 11, 23), "derived", "the ladder read backwards")

TABLETS = (
    Product("5mg", "tablet", Quantity.parse("5 mg")),
    Product("10mg", "tablet", Quantity.parse("10 mg"), parts=2),
    Product("20mg", "tablet", Quantity.parse("20 mg"), parts=2),
)
PUMP = (Product("pump", "infusion", Quantity.parse("1 micrograms")),)

SLOTS = {
    1: (Slot("evening", time(20)),),
    2: (Slot("morning", time(8)), Slot("evening", time(20))),
    3: (Slot("morning", time(8)), Slot("afternoon", time(14)), Slot("evening", time(20))),
    4: (Slot("morning", time(7)), Slot("midday", time(12)), Slot("afternoon", time(17)), Slot("bedtime", time(22))),
}


def q(text: str) -> Quantity:
    """A short literal."""
    return Quantity.parse(text)


def regimen(text: str, products: tuple[Product, ...] = TABLETS, times: tuple[str, ...] = ()) -> Regimen:
    """`"5 mg x3"`, `"5/5/10 mg"`, `"300 micrograms/day"` (infusion) or `"none mg"`."""
    if text.startswith("none "):
        return Regimen(text.removeprefix("none "))
    pattern = Pattern.parse(text)
    unit = pattern.total().unit
    if pattern.daily is not None:
        piece = makeable(PUMP, unit, pattern.daily).pieces(int(pattern.daily.amount))
        return Regimen(unit, (Administration(Slot("continuous", None), pattern.daily, piece),))
    table = makeable(products, unit, max(pattern.doses))
    if pattern.cycle > 1:
        days = [[d for d, at in zip(pattern.doses, pattern.on, strict=True) if at == k] for k in set(pattern.on)]
        taken = tuple(
            Administration(slot, dose, table.pieces(table.grains(dose) or 0), day)
            for day, doses in zip(sorted(set(pattern.on)), days, strict=True)
            for slot, dose in zip(SLOTS[len(doses)], doses, strict=True)
        )
        return Regimen(unit, taken, pattern.cycle)
    slots = SLOTS[len(pattern.doses)]
    if times:
        slots = tuple(Slot(f"dose {n}", time.fromisoformat(at)) for n, at in enumerate(times, 1))
    administrations = []
    for slot, dose in zip(slots, pattern.doses, strict=True):
        grains = table.grains(dose)
        assert grains is not None, f"{dose} cannot be made"
        administrations.append(Administration(slot, dose, table.pieces(grains)))
    return Regimen(unit, tuple(administrations))


def schedule(
    *steps: tuple[str, int | None, str, str],
    tz: str | None = "Europe/London",
    review: str | None = None,
    times: tuple[str, ...] = (),
    revision: int = 1,
    label: str | None = None,
    **request: object,
) -> Schedule:
    """Steps as `(first day, number of days or None, kind, regimen text)`; the rest has harmless values."""
    built = []
    for first, length, kind, text in steps:
        start = date.fromisoformat(first)
        days = Days(start, None if length is None else plus(start, length - 1))
        why = Because("A dose rises by at most 5 mg", (Fact("a dose rises by at most 5 mg", STATED),))
        built.append(Step(days, kind, regimen(text, times=times if not text.startswith("none") else ()), why))  # type: ignore[arg-type]
    return Schedule(
        plan="0123456789ab",
        revision=revision,
        version="0.1.0",
        issued=ISSUED,
        rule=RuleStamp(
            "baclofen-oral-spasticity", "ab" * 32, "baclofen", "oral", "spasticity", "US", "adults", "draft"
        ),
        request=Request("baclofen-oral-spasticity", "plan", built[0].days.first, ISSUED, tz=tz, label=label, **request),  # type: ignore[arg-type]
        steps=tuple(built),
        review=None if review is None else date.fromisoformat(review),
        not_checked=("age (not given)",),
        notes=(
            Note("never stop suddenly", "Stopping suddenly can cause fits and hallucinations.", STATED),
            Note("missed dose", "Take it when you remember; never double.", DERIVED),
        ),
    )


def ladder(**options: object) -> Schedule:
    """5, 10, 15 mg three times a day for 3 days each, then 20 mg three times a day without end."""
    return schedule(
        ("2026-12-01", 3, "titration", "5 mg x3"),
        ("2026-12-04", 3, "titration", "10 mg x3"),
        ("2026-12-07", 3, "titration", "15 mg x3"),
        ("2026-12-10", None, "maintenance", "20 mg x3"),
        **options,  # type: ignore[arg-type]
    )


def descent(**options: object) -> Schedule:
    """60 mg a day tapered to nothing: 45, 30, 15, 10, 5 mg a day for 3 days each; the last dose on 15 December 2026."""
    return schedule(
        ("2026-12-01", 3, "taper", "15 mg x3"),
        ("2026-12-04", 3, "taper", "10 mg x3"),
        ("2026-12-07", 3, "taper", "5 mg x3"),
        ("2026-12-10", 3, "taper", "5 mg x2"),
        ("2026-12-13", 3, "taper", "5 mg x1"),
        ("2026-12-16", 1, "taper", "none mg"),
        **options,  # type: ignore[arg-type]
    )


HALF = Fraction(1, 2)
