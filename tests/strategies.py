"""Random small rules, and requests for them: small enough for `tests.oracle` to look at everything.

A problem is a `Sketch`, plain values that print as what they are, so that a failing example can be read,
minimised and kept. It writes the rule as the TOML of a rule file and has it read like any other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Literal

from hypothesis import strategies as st

from titrate.days import Duration, plus
from titrate.limit import Per
from titrate.quantity import Quantity, decimal
from titrate.regimen import Pattern
from titrate.request import Approval, Goal, Request, Split
from titrate.rule import Rule
from titrate.rulebook import parse

START = date(2026, 12, 1)
ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CITE = 'cite = { source = "label", at = "section 2", checked = 2026-11-23 }'
DIVIDE = {1: "no", 2: "halves", 3: "thirds", 4: "quarters"}

Bound = tuple[str, str]  # ("at-most", "20 mg")


@dataclass(frozen=True)
class Limit:
    """One limit on the size and pace of changes. `by`: (amount, per, of); `=5 mg` is an exact amount."""

    by: tuple[tuple[str, Per, Literal["current", "original"]], ...]
    every: int
    band: Bound | None = None

    def text(self) -> str:
        """The keys of its table."""
        sizes = ", ".join(f'{{ {_most(amount)}, per = "{per}", of = "{of}" }}' for amount, per, of in self.by)
        every = f'by = [{sizes}]\nevery = {{ at-least = "{self.every} days" }}'
        return f"{every}{_band(self.band)}\n{CITE}\n"


@dataclass(frozen=True)
class Sketch:
    """A small rule and what is asked of it. Days are texts as one types them, tablets are (mg, parts), caps on falls
    (amount, of, days), `opinion` a daily dose above which one is asked for, and whether it was given. Rungs of a ladder
    are (doses of a day, every how many days, kept for how many days), `cycle` is that of the whole rule."""

    tablets: tuple[tuple[str, int], ...]
    times: tuple[int, int]
    maximum: str
    increase: tuple[Limit, ...]
    decrease: tuple[Limit, ...]
    goal: Goal
    current: str | None = None
    target: str | None = None
    start: tuple[str, Bound] = ("daily", ("at-most", "1000 mg"))
    start_times: int | None = None
    daily_maximum: str | None = None
    opinion: tuple[str, bool] | None = None
    maintenance: tuple[str, Bound] = ("daily", ("at-most", "1000 mg"))
    caps: tuple[tuple[str, Literal["current", "original"], int], ...] = ()
    last: str | None = None
    duration: int | None = None
    taper_times: tuple[tuple[int, int, Bound | None], ...] = ()
    maintain: int | None = None
    length: int | None = None
    split: Split | None = None
    by: str | None = None
    every: int | None = None
    products: tuple[int, ...] | None = None
    prefer: int | None = None
    ladder: tuple[tuple[tuple[str, ...], int, int | None], ...] = ()
    cycle: int = 1

    def text(self) -> str:
        """The rule file."""
        tables = [
            'format = 1\ndrug = "anything"\nroute = "oral"\nindication = "a test"\nregion = "nowhere"\n'
            'population = "nobody"\nstatus = "draft"\nunit = "mg"\n'
            + ("" if self.cycle == 1 else f'cycle = "{self.cycle} days"\n'),
            '[sources.label]\ntitle = "T"\npublisher = "P"\nedition = "1"\nhref = "https://example.org"\n',
            *(
                f'[[products]]\nname = "p{index}"\nform = "tablet"\nstrength = "{strength} mg"\n'
                f'divide = "{DIVIDE[parts]}"\n{CITE}\n'
                for index, (strength, parts) in enumerate(self.tablets)
            ),
            f'[slots]\n{CITE}\n[slots.day]\n1 = ["evening 20:00"]\n2 = ["morning 08:00", "evening 20:00"]\n'
            '3 = ["morning 08:00", "afternoon 14:00", "evening 20:00"]\n',
            f"[frequency]\n{_times(*self.times, self.prefer)}\n{CITE}\n",
            *map(_rung, self.ladder),
            *(
                ()
                if self.ladder
                else (
                    f"[start]\n{_bounded(*self.start)}\n"
                    + ("" if self.start_times is None else f"frequency = {self.start_times}\n")
                    + f"{CITE}\n",
                )
            ),
            *(f"[[increase]]\n{limit.text()}" for limit in self.increase),
            f"[maintenance]\n{_bounded(*self.maintenance)}\n{CITE}\n",
            f'[[maximum]]\ndose = "{self.maximum}"\n{CITE}\n',
        ]
        if self.daily_maximum is not None:
            tables.append(f'[[maximum]]\ndaily = "{self.daily_maximum}"\n{CITE}\n')
        if self.opinion is not None:
            above = f'daily = "{self.opinion[0]}"\nlevel = "approval"\nasks = "second opinion"'
            tables.append(f"[[maximum]]\n{above}\n{CITE}\n")
        tables += [f"[[taper.decrease]]\n{limit.text()}" for limit in self.decrease]
        tables += [
            f"[[taper.frequency]]\n{_times(least, most)}{_band(band)}\n{CITE}\n"
            for least, most, band in self.taper_times
        ]
        tables += [
            f'[[taper.rate]]\nat-most = "{amount}"\nof = "{of}"\nwithin = "{days} days"\n{CITE}\n'
            for amount, of, days in self.caps
        ]
        if self.last is not None:
            tables.append(f'[taper.last]\ndaily = "{self.last}"\n{CITE}\n')
        if self.duration is not None:
            tables.append(f'[taper.duration]\nat-least = "{self.duration} days"\n{CITE}\n')
        return "\n".join(tables)

    def rule(self) -> Rule:
        """The rule, read from its text."""
        content = self.text().encode()
        file, faults = parse(content, "sketch.toml")
        assert file is not None, faults
        return Rule("sketch", hashlib.sha256(content).hexdigest(), file)

    def request(self) -> Request:
        """What is asked of it."""
        stops = self.goal == "taper" or self.maintain is not None
        request = Request(
            rule="sketch",
            goal=self.goal,
            start=START,
            issued=ISSUED,
            current=None if self.current is None else Pattern.parse(self.current),
            target=None if self.target is None else Pattern.parse(self.target),
            maintain=None if self.maintain is None else Duration(self.maintain, "day"),
            then_stop=self.goal == "plan" and stops,
            finish_by=None if self.length is None or not stops else plus(START, self.length - 1),
            by=None if self.by is None else Quantity.parse(self.by),
            every=None if self.every is None else Duration(self.every, "day"),
            products=None if self.products is None else tuple(f"p{index}" for index in self.products),
            split=self.split,
            approved=(Approval("second opinion", "somebody"),) if self.opinion is not None and self.opinion[1] else (),
        )
        request.check()
        return request


def _rung(rung: tuple[tuple[str, ...], int, int | None]) -> str:
    doses, cycle, keep = rung
    slots = {1: ("evening",), 2: ("morning", "evening"), 3: ("morning", "afternoon", "evening")}[len(doses)]
    take = ", ".join(f"{slot} {dose} mg" for slot, dose in zip(slots, doses, strict=True))
    every = "" if cycle == 1 else f'cycle = "{cycle} days"\n'
    kept = "" if keep is None else f'keep = {{ at-least = "{keep} days" }}\n'
    return f'[[ladder]]\ntake = "{take}"\n{every}{kept}{CITE}\n'


def _bounded(key: str, bound: Bound) -> str:
    return f'{key} = {{ {bound[0]} = "{bound[1]}" }}'


def _most(amount: str) -> str:
    return f'exactly = "{amount[1:]}"' if amount.startswith("=") else f'at-most = "{amount}"'


def _band(band: Bound | None) -> str:
    return "" if band is None else "\n" + _bounded("band", band)


def _times(least: int, most: int, prefer: int | None = None) -> str:
    preferred = "" if prefer is None else f", prefer = {prefer}"
    return f"times = {{ at-least = {least}, at-most = {most}{preferred} }}"


def mg(amount: Fraction) -> str:
    """An amount as one types it; only amounts that a plain decimal writes are used here."""
    return f"{decimal(amount)} mg"


def _made(tablets: tuple[tuple[str, int], ...], count: int) -> list[Fraction]:
    """The `count` smallest doses that the tablets make."""
    parts = {Fraction(strength) / divided for strength, divided in tablets}
    doses = {Fraction(0)}
    for _ in range(count):
        smallest = sorted({dose + part for dose in doses for part in parts} | doses)
        doses = set(smallest[: count + 1])
    return sorted(doses)[1:]


def days_of(draw: st.DrawFn, doses: list[Fraction], most: int) -> str:
    """A day of makeable doses, often of equal ones."""
    if draw(often):
        day = [draw(st.sampled_from(doses))] * draw(st.integers(1, most))
    else:
        day = draw(st.lists(st.sampled_from(doses), min_size=1, max_size=most))
    return f"{'/'.join(decimal(dose) for dose in day)} mg" if len(day) > 1 else f"{mg(day[0])} x1"


# Parts that a plain decimal writes: thirds only of what is a multiple of three.
TABLETS = [("2", 1), ("3", 1), ("3", 3), ("4", 1), ("4", 2), ("5", 1), ("5", 2), ("6", 3), ("8", 4), ("10", 2)]
# Two in three and one in three. A problem in which every part is unusual has hardly ever a schedule.
often = st.sampled_from([True, True, False])
seldom = st.sampled_from([False, False, True])


@st.composite
def sizes(draw: st.DrawFn, doses: list[Fraction]) -> tuple[str, Per, Literal["current", "original"]]:
    """How large a change may be: an amount that the doses can use, or a share of what there was."""
    per: Per = draw(st.sampled_from(("dose", "day")))
    if draw(often):
        return mg(doses[0] * draw(st.integers(1, 3 if per == "dose" else 6))), per, "current"
    # A dose that is new rises from nothing, of which every share is nothing: small shares of a dose allow little.
    percents = [10, 20, 25, 33, 40, 50, 67, 75, 100, 150] if per == "day" else [50, 67, 100, 100, 150, 200]
    return f"{draw(st.sampled_from(percents))} %", per, draw(st.sampled_from(("current", "original")))


@st.composite
def limits(draw: st.DrawFn, doses: list[Fraction], rising: bool) -> tuple[Limit, ...]:
    """One limit for all daily doses, or two that meet (or overlap in one point) at an edge, or one beside a band.

    Of a rise some are exact, of a fall some edges are shares of the original dose.
    """

    def one(band: Bound | None) -> Limit:
        count = 2 if draw(seldom) else 1
        by = [draw(sizes(doses)) for _ in range(count)]
        if rising and draw(seldom) and draw(seldom):
            by[0] = (f"={by[0][0]}", *by[0][1:])
        return Limit(tuple(by), draw(st.integers(1, 5)), band)

    if draw(often):
        return (one(None),)
    edge = mg(draw(st.sampled_from(doses)) * draw(st.integers(1, 2)))
    if not rising and draw(st.booleans()):
        edge = f"{draw(st.sampled_from([20, 30, 50, 60, 75]))} %"
    low, high = draw(
        st.sampled_from(
            [
                (("at-most", edge), ("above", edge)),
                (("below", edge), ("at-least", edge)),
                (("at-most", edge), ("at-least", edge)),
                (None, ("above", edge)),
                (("at-most", edge), None),
            ]
        )
    )
    return (one(low), one(high))


@st.composite
def sketches(draw: st.DrawFn, goals: tuple[str, ...] = ("up", "up", "down", "taper", "taper", "stay")) -> Sketch:
    """A small problem: at most 8 doses, at most 3 a day, all days together at most about 200."""
    tablets = tuple(draw(st.lists(st.sampled_from(TABLETS), min_size=1, max_size=3, unique_by=lambda t: t[0])))
    most = draw(st.sampled_from([1, 2, 2, 3, 3]))
    doses = _made(tablets, draw(st.integers(3, {1: 8, 2: 7, 3: 5}[most])))
    low, high = doses[: (len(doses) + 1) // 2], doses[len(doses) // 2 :]
    goal = draw(st.sampled_from(goals))
    times = (draw(st.integers(1, most)) if draw(seldom) else 1, most)
    # Under a cap on falls over several days the oracle looks at every single way; that takes fewer days. What it
    # does not cover is a dose that is reached by falling and left by falling.
    few = most == 1 or len(doses) ** most <= 12
    capped = few and goal in ("taper", "down", "up") and draw(st.booleans())
    increase, decrease = draw(limits(doses, rising=True)), draw(limits(doses, rising=False))
    daily = st.builds(lambda dose, times: mg(dose * times), st.sampled_from(doses), st.integers(1, most))
    low_daily = st.builds(lambda dose, times: mg(dose * times), st.sampled_from(low), st.integers(1, most))
    common: dict[str, Any] = {
        "tablets": tablets,
        "times": times,
        "prefer": draw(st.integers(*times)) if draw(seldom) else None,
        "maximum": mg(max(doses)),
        "increase": increase,
        "decrease": decrease,
        "daily_maximum": draw(daily) if draw(seldom) and draw(seldom) else None,
        "opinion": (draw(daily), draw(st.booleans())) if draw(seldom) and draw(seldom) else None,
        "caps": draw(caps(doses)) if capped else (),
        "last": draw(low_daily) if draw(st.booleans()) else None,
        "duration": draw(st.integers(1, 14)) if draw(st.booleans()) else None,
        "taper_times": draw(taper_times(most, daily)) if draw(st.booleans()) else (),
        "split": draw(st.sampled_from(["even", "uneven"])) if draw(seldom) else None,
        "by": draw(bys(doses, (*increase, *decrease))) if draw(seldom) and draw(seldom) else None,
        "every": draw(st.integers(1, 3)) + _longest(increase, decrease) if draw(seldom) else None,
        "products": draw(subsets(len(tablets))) if draw(seldom) and draw(seldom) else None,
    }
    if goal == "taper":
        length = draw(st.integers(1, 30)) if draw(st.booleans()) else None
        return Sketch(goal="taper", current=days_of(draw, high, most), length=length, **common)
    asked: dict[str, Any] = {"target": draw(targets(low if goal == "down" else high, most))}
    if goal == "down" or (goal == "up" and draw(st.booleans())):
        asked["current"] = days_of(draw, high if goal == "down" else low, most)
    else:
        asked["start"] = (draw(st.sampled_from(["daily", "dose"])), ("at-most", draw(low_daily)))
        asked["start_times"] = draw(st.integers(common["times"][0], most)) if draw(seldom) else None
    if draw(seldom) and draw(st.booleans()):
        bound = st.tuples(st.sampled_from(["at-most", "at-least"]), daily)
        asked["maintenance"] = (draw(st.sampled_from(["daily", "dose"])), draw(bound))
    if goal == "stay":
        asked["maintain"] = draw(st.integers(1, 8))
        asked["length"] = draw(st.integers(5, 40)) if draw(seldom) else None
    return Sketch(goal="plan", **common, **asked)


def _longest(*changes: tuple[Limit, ...]) -> int:
    return max(limit.every for several in changes for limit in several)


@st.composite
def caps(draw: st.DrawFn, doses: list[Fraction]) -> tuple[tuple[str, Literal["current", "original"], int], ...]:
    """One or two caps on all falls within some days: an amount, or a share of the current or original daily dose."""

    def one() -> tuple[str, Literal["current", "original"], int]:
        amount = mg(doses[0] * draw(st.integers(1, 6)))
        if draw(st.booleans()):
            amount = f"{draw(st.sampled_from([20, 25, 33, 50, 60, 75]))} %"
        return amount, draw(st.sampled_from(("current", "original"))), draw(st.integers(1, 12))

    return tuple(one() for _ in range(2 if draw(seldom) else 1))


@st.composite
def taper_times(
    draw: st.DrawFn, most: int, edges: st.SearchStrategy[str]
) -> tuple[tuple[int, int, Bound | None], ...]:  # fmt: skip
    """Any number, or other numbers below an edge than above it."""
    if draw(st.booleans()):
        return ((1, most, None),)
    edge, least = draw(edges), draw(st.integers(1, most))
    return ((1, draw(st.integers(1, most)), ("at-most", edge)), (least, most, ("above", edge)))


@st.composite
def targets(draw: st.DrawFn, doses: list[Fraction], most: int) -> str:
    """Doses, or the daily dose of some."""
    written = days_of(draw, doses, most)
    if draw(st.booleans()):
        return written
    return f"{Pattern.parse(written).total()}/day"


@st.composite
def bys(draw: st.DrawFn, doses: list[Fraction], changes: tuple[Limit, ...]) -> str:
    """The prescriber's own size of a change: no larger than what the rule allows where the two can be compared."""
    size = draw(st.sampled_from([mg(doses[0] * times) for times in (1, 2, 3)] + ["50 %", "100 %"]))
    counted = draw(st.sampled_from(["", "/dose", "/day"])) if size.endswith("mg") else ""
    rules = [Quantity.parse(amount.removeprefix("=")) for change in changes for amount, _, _ in change.by]
    alike = [bound for bound in rules if bound.unit == Quantity.parse(size).unit]
    return f"{min([Quantity.parse(size), *alike])}{counted}"


def subsets(count: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Some of the products, at least one."""
    return st.sets(st.integers(0, count - 1), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
