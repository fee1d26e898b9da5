"""The daily dose over time as a picture: where every line, number and date of it stands.

All positions are whole tenths of a unit of the picture, computed exactly. The picture tells nothing by colour: what
is planned is a thick line, what is over a hatched area, the target is dashed, the maximum dotted, and each is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from titrate.days import between, plus
from titrate.formats.html import wording
from titrate.formats.html.language import Language
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.schedule import Schedule, Step

# One character of a label is about so wide, in units of the picture at the size in which labels are set.
_CHARACTER = 10
_LINE = 22
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Label:
    """A text with its middle at a place; `backed`: on a white ground so many units wide, which begins at `left`."""

    x: str
    y: str
    says: str
    left: str = ""
    top: str = ""
    backed: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line across the picture; `style` is `grid`, `target` or `maximum`."""

    y: str
    style: str
    label: Label


@dataclass(frozen=True, slots=True)
class Upright:
    """A vertical line, with the label at its upper end; `style` is `date`, `review` or `revised`."""

    x: str
    style: str
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture `width` by `height`. `line`, `area`, `past`, `hatching` and `arrow` are paths of SVG; where there is
    nothing to draw they are empty. `above` is a maximum that
    lies above the picture."""

    width: int
    height: int
    left: str
    right: str
    top: str
    bottom: str
    line: str
    area: str
    past: str
    hatching: str
    levels: tuple[Level, ...]
    uprights: tuple[Upright, ...]
    labels: tuple[Label, ...]
    arrow: str
    above: str


def chart(tongue: Language, schedule: Schedule, width: int, height: int) -> Chart:
    """The picture of a schedule, with the days before it where it is a revision."""
    return _Drawing(tongue, schedule, width, height).drawn()


@dataclass(frozen=True, slots=True)
class _Drawing:
    tongue: Language
    schedule: Schedule
    width: int
    height: int

    def drawn(self) -> Chart:
        planned, before = self._corners(self.schedule.steps), self._corners(self.schedule.kept())
        return Chart(
            self.width,
            self.height,
            _tenths(self._left),
            _tenths(self._right),
            _tenths(self._top),
            _tenths(self._bottom),
            "M" + " L".join(f"{x} {y}" for x, y in self._with_start(planned)),
            _area(planned, _tenths(self._bottom)),
            _area(before, _tenths(self._bottom)),
            self._hatching(),
            tuple(self._levels()),
            tuple(self._uprights()),
            tuple(self._doses()),
            self._arrow(),
            self._above(),
        )

    def _above(self) -> str:
        """The largest daily dose of the rule, where it lies above the picture; else nothing."""
        most = self.schedule.maximum
        return "" if most is None or self._maximum is not None else self.tongue.quantity(most)

    def _arrow(self) -> str:
        """The head of an arrow, where the schedule has no end."""
        if self.schedule.last is not None:
            return ""
        x, y = self.x(self._after), self.y(_largest(self.schedule.steps[-1]))
        return f"M{_tenths(x)} {_tenths(y - 9)} l16 9 l-16 9 z"

    def _hatching(self) -> str:
        """Upright strokes through the days that are over."""
        strokes = []
        for step in self.schedule.kept():
            assert step.days.last is not None, step
            x, end = self.x(step.days.first) + 4, self.x(plus(step.days.last, 1))
            while x < end:
                strokes.append(f"M{_tenths(x)} {_tenths(self._bottom)} V{_tenths(self.y(_largest(step)))}")
                x += 6
        return " ".join(strokes)

    # Where the picture begins and ends, in units.

    @property
    def _left(self) -> Fraction:
        longest = max(len(self.tongue.quantity(tick)) for tick in self._ticks)
        return Fraction(longest * _CHARACTER + 12)

    @property
    def _right(self) -> Fraction:
        return Fraction(self.width - 20)

    @property
    def _top(self) -> Fraction:
        return Fraction(3 * _LINE + 4)

    @property
    def _bottom(self) -> Fraction:
        return Fraction(self.height - _LINE - 14)

    @property
    def _first(self) -> date:
        past = self.schedule.kept()
        return past[0].days.first if past else self.schedule.first

    @property
    def _after(self) -> date:
        """The day after the last one that is drawn."""
        return plus(self.schedule.listed_until, 1)

    @property
    def _highest(self) -> Quantity:
        steps = (*self.schedule.kept(), *self.schedule.steps)
        unit = self.schedule.steps[0].regimen.unit
        found = [_largest(step).to(unit) for step in steps]
        found += [more.to(unit) for more in (self._current, self._target) if more is not None]
        return max(found)

    @property
    def _maximum(self) -> Quantity | None:
        """The largest daily dose of the rule, where it does not lie so high that the steps could not be told apart."""
        most = self.schedule.maximum
        return None if most is None or most.to(self._highest.unit) > self._highest * 2 else most

    @property
    def _current(self) -> Quantity | None:
        current = self.schedule.request.current
        return None if current is None or self.schedule.earlier else current.total()

    @property
    def _target(self) -> Quantity | None:
        target = self.schedule.request.target
        return None if target is None else target.total()

    @property
    def _ticks(self) -> tuple[Quantity, ...]:
        """The amounts of the scale: multiples of 1, 2 or 5 and a power of ten, from nothing to above the highest."""
        unit = self.schedule.steps[0].regimen.unit
        highest = max(one.to(unit).amount for one in (self._highest, self._maximum) if one is not None)
        size = Fraction(1, 1000)
        while True:
            for factor in (1, 2, 5):
                if highest <= size * factor * _MOST_TICKS:
                    return tuple(Quantity(size * factor * n, unit) for n in range(-(-highest // (size * factor)) + 1))
            size *= 10

    def x(self, day: date) -> Fraction:
        """Where a day begins."""
        days = max(between(self._first, self._after), 1)
        lead = self._lead
        return self._left + lead + (self._right - self._left - lead) * between(self._first, day) / days

    @property
    def _lead(self) -> Fraction:
        """The width of what is taken before the first day, where it is known."""
        return Fraction(0) if self._current is None else (self._right - self._left) / 14

    def y(self, amount: Quantity) -> Fraction:
        """The height of a daily dose."""
        top = self._ticks[-1].amount
        value = amount.to(self.schedule.steps[0].regimen.unit).amount
        return self._bottom - (self._bottom - self._top) * value / (top or 1)

    def _corners(self, steps: tuple[Step, ...]) -> list[tuple[str, str]]:
        """The stairs from step to step."""
        corners = []
        for step in steps:
            last = self.schedule.listed_until if step.days.last is None else step.days.last
            y = _tenths(self.y(_largest(step)))
            corners += [(_tenths(self.x(step.days.first)), y), (_tenths(self.x(plus(last, 1))), y)]
        return corners

    def _with_start(self, corners: list[tuple[str, str]]) -> list[tuple[str, str]]:
        if self._current is None:
            return corners
        y = _tenths(self.y(self._current))
        return [(_tenths(self._left), y), (corners[0][0], y), *corners]

    def _levels(self) -> Iterator[Level]:
        for tick in self._ticks:
            y = self.y(tick)
            label = Label(_tenths(self._left - 8), _tenths(y + 6), self.tongue.quantity(tick))
            yield Level(_tenths(y), "grid", label)
        named = ((self._maximum, "maximum", self.tongue.say("never more than")),
                 (self._target, "target", self.tongue.say("target")))  # fmt: skip
        for amount, style, name in named:
            if amount is not None:
                y = self.y(amount)
                says = f"{name} {self.tongue.quantity(amount)}"
                half = Fraction(len(says) * _CHARACTER, 2)
                middle = self._right - half if style == "maximum" else self._left + half
                yield Level(_tenths(y), style, Label(_tenths(middle), _tenths(y - 7), says))

    def _uprights(self) -> Iterator[Upright]:
        """The first day of each step, as far as the dates find room; the revision and the review above the picture."""
        free = self._left - 100
        wide = max(len(self._day(step.days.first)) for step in self.schedule.steps) * _CHARACTER
        for step in self.schedule.steps:
            x = self.x(step.days.first)
            middle = min(max(x, Fraction(wide, 2)), self._right + 18 - Fraction(wide, 2))
            label = None
            if middle - Fraction(wide, 2) >= free:
                label = Label(_tenths(middle), _tenths(self._bottom + _LINE + 5), self._day(step.days.first))
                free = middle + Fraction(wide, 2) + 8
            yield Upright(_tenths(x), "date", label)
        past = self.schedule.kept()
        if past:
            day = self._day(past[0].days.first)
            left = max(self.x(past[0].days.first), Fraction(len(day) * _CHARACTER, 2))
            if left + len(day) * _CHARACTER <= self.x(self.schedule.first):
                label = Label(_tenths(left), _tenths(self._bottom + _LINE + 5), day)
                yield Upright(_tenths(self.x(past[0].days.first)), "date", label)
        if self.schedule.revised is not None:
            yield self._marked(self.schedule.revised.on, "revised", self.tongue.say("changed"))
        review = self.schedule.review
        if review is not None and self._first <= review <= self._after:
            yield self._marked(review, "review", self.tongue.say("review"))

    def _marked(self, day: date, style: str, name: str) -> Upright:
        x, says = self.x(day), f"{name} {self._day(day)}"
        half = Fraction(len(says) * _CHARACTER, 2)
        middle = min(max(x, half), self.width - half)
        line = 1 if style == "revised" else 2
        return Upright(_tenths(x), style, Label(_tenths(middle), _tenths(Fraction(line * _LINE - 6)), says))

    def _day(self, day: date) -> str:
        from babel.dates import format_skeleton

        return str(format_skeleton("MMMEd", day, locale=self.tongue.locale))

    def _doses(self) -> Iterator[Label]:
        """The daily dose over each step that is wide enough for it."""
        for step in self.schedule.steps:
            last = self.schedule.listed_until if step.days.last is None else step.days.last
            left, right = self.x(step.days.first), self.x(plus(last, 1))
            says = self.tongue.quantity(_largest(step))
            if right - left >= len(says) * _CHARACTER and step.regimen.administrations:
                middle, y = (left + right) / 2, self.y(_largest(step)) - 7
                wide = len(says) * _CHARACTER - 6
                yield Label(
                    _tenths(middle), _tenths(y), says, _tenths(middle - Fraction(wide, 2)), _tenths(y - 15), wide
                )


def _largest(step: Step) -> Quantity:
    """The daily dose of a step; where its days differ that of the day with most, since an average is never taken."""
    return max(day.daily for day in step.regimen.each())


def _area(corners: list[tuple[str, str]], bottom: str) -> str:
    if not corners:
        return ""
    stairs = " L".join(f"{x} {y}" for x, y in corners)
    return f"M{corners[0][0]} {bottom} L{stairs} L{corners[-1][0]} {bottom} Z"


def _tenths(value: Fraction) -> str:
    """A position with one digit after the point."""
    tenths = value * 10 // 1
    sign, tenths = ("-" if tenths < 0 else ""), abs(tenths)
    return f"{sign}{tenths // 10}.{tenths % 10}"


def description(tongue: Language, schedule: Schedule) -> str:
    """The picture in words: what is taken in each step, with its dates."""
    said = [
        tongue.say(
            "{dates}: {regimen}",
            dates=wording.span(tongue, step.days, schedule.review),
            regimen=wording.regimen(tongue, step.regimen),
        )
        for step in schedule.steps
    ]
    then = tongue.say("then")
    return f"; {then} ".join(said) + "."
