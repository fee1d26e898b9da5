"""What a schedule takes from the box: how much of each product, in which fills, and when each of them runs out.

`of` is a pure function of a schedule and of how it is dispensed. It counts day by day, so it holds whatever the days
of a step are. A schedule without an end is counted as far as it is listed; the medicine goes on, and so does the day on
which the last fill runs out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from fractions import Fraction
from math import ceil

from titrate.days import Days, Duration, between, plus
from titrate.dispensing import Dispensing
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.product import Piece, Product
from titrate.regimen import Regimen
from titrate.schedule import Day, Schedule

Counts = dict[Product, Fraction]

NOTHING = Fraction(0)
# What lasts for longer than this beyond the days that are listed counts as lasting.
_FARTHEST = Duration(20, "year")
# More fills than these are no way to dispense anything.
MOST_FILLS = 1_000


@dataclass(frozen=True, slots=True)
class StepUse:
    """What one step takes. `number` counts from 1; a step without end is counted to the last day that is listed."""

    number: int
    days: Days
    counts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """What of one product is dispensed in one fill: whole pieces, or mL; `packs` where the size of a pack is known."""

    piece: Piece
    packs: int | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """What is dispensed at once, for the `days` after what was there before.

    `needed` is the first day that cannot do without it (or could not, if the taper were slower by the margin),
    `order_by` the latest day to order it. `runs_out` is the last
    day that everything in the house then covers, and `next_by` the latest day to order more; both are `None` where it
    lasts to the end of the schedule.
    """

    number: int
    days: Days
    items: tuple[Item, ...]
    needed: date
    order_by: date
    runs_out: date | None
    next_by: date | None


@dataclass(frozen=True, slots=True)
class Supply:
    """What a schedule takes from `days.first` to `days.last`, both included.

    `used` is the sum over the steps, `dispensed` that over the fills, `left` what is there at the end. `goes_on`: the
    medicine goes on after the last day. Products that a pump gives are not counted here (`titrate.refill`).
    """

    days: Days
    goes_on: bool
    dispensing: Dispensing
    at_hand: tuple[Piece, ...]
    steps: tuple[StepUse, ...]
    used: tuple[Piece, ...]
    fills: tuple[Fill, ...]
    dispensed: tuple[Piece, ...]
    left: tuple[Piece, ...]

    def late(self, today: date) -> tuple[Fill, ...]:
        """The fills that should have been ordered before `today`."""
        return tuple(fill for fill in self.fills if fill.order_by < today)


def of(schedule: Schedule, dispensing: Dispensing = Dispensing()) -> Supply:  # noqa: B008 (frozen)
    """The supply of a schedule, of a revision from its first day on.

    Raises `RequestError` for a pack or a stock of a product that the schedule does not use.
    """
    days = _counted_days(schedule)
    house = _House.of(schedule, days, dispensing)
    steps = tuple(_per_step(schedule, house))
    fills = tuple(_fills(schedule, house))
    used, dispensed = house.total(), _summed(item.piece for fill in fills for item in fill.items)
    left = {
        product: house.at_hand.get(product, NOTHING) + dispensed.get(product, NOTHING) - used.get(product, NOTHING)
        for product in {**house.at_hand, **dispensed}
    }
    last = days[-1].date if days else schedule.first
    return Supply(
        days=Days(schedule.first, last),
        goes_on=schedule.last is None,
        dispensing=dispensing,
        at_hand=_listed(house.at_hand),
        steps=steps,
        used=_listed(used),
        fills=fills,
        dispensed=_listed(dispensed),
        left=_listed({product: count for product, count in left.items() if count}),
    )


def used_by(schedule: Schedule, dispensing: Dispensing) -> Dispensing:
    """The same without packs and stocks of products that the schedule does not use: a folder has several plans."""
    used = {
        piece.product.name
        for step in schedule.steps
        for given in step.regimen.administrations
        for piece in given.pieces
    }
    packs = tuple(one for one in dispensing.packs if one.product in used)
    at_hand = None if dispensing.at_hand is None else tuple(one for one in dispensing.at_hand if one.product in used)
    return replace(dispensing, packs=packs, at_hand=at_hand)


def _counted_days(schedule: Schedule) -> list[Day]:
    """The days up to the last dose, or as far as a schedule without end is listed."""
    days = list(schedule.each_day())
    while days and schedule.last is not None and not days[-1].regimen.administrations:
        days.pop()
    return days


@dataclass(slots=True)
class _House:
    """What is taken on each day, and what is in the house before the first."""

    schedule: Schedule
    dispensing: Dispensing
    days: list[Day]
    uses: list[Counts]
    at_hand: Counts
    packs: Counts
    # The regimens are kept with their counts, so that no other one can get the same id.
    _known: dict[int, tuple[Regimen, Counts]] = field(default_factory=dict)

    @classmethod
    def of(cls, schedule: Schedule, days: list[Day], dispensing: Dispensing) -> _House:
        """Raises `RequestError` for a product that the schedule does not use."""
        house = cls(schedule, dispensing, days, [], {}, {})
        house.uses = [house.use(day.regimen) for day in days]
        named = {product.name: product for use in house.uses for product in use}
        request = schedule.request.at_hand if dispensing.at_hand is None else dispensing.at_hand
        for option, stocks, found in (("--at-hand", request, house.at_hand), ("--pack", dispensing.packs, house.packs)):
            for one in stocks:
                if one.product in named:
                    one.check(option, named[one.product])
                    found[named[one.product]] = one.count
                elif dispensing.at_hand is not None or option == "--pack":
                    raise RequestError(
                        f"{option} {one}: the schedule takes nothing from {one.product}.",
                        (f"choose from {', '.join(named)}",) if named else (),
                    )
        return house

    def use(self, regimen: Regimen) -> Counts:
        """What a day with that regimen takes: parts as they are, or each divided piece as a whole one."""
        if id(regimen) not in self._known:
            found: Counts = {}
            for piece in (piece for given in regimen.administrations for piece in given.pieces):
                if piece.product.form != "infusion":
                    exact = self.dispensing.keep_halves or piece.product.measured
                    count = piece.count if exact else Fraction(ceil(piece.count))
                    found[piece.product] = found.get(piece.product, NOTHING) + count
            self._known[id(regimen)] = (regimen, found)
        return self._known[id(regimen)][1]

    def total(self) -> Counts:
        """All that is taken."""
        return _added(self.uses)

    def needed(self, have: Mapping[Product, Fraction]) -> date | None:
        """The first day that what is there does not cover; `None` if it lasts to the end, or longer than anyone plans.

        The last regimen of a schedule without end goes on after the days that are counted.
        """
        left = dict(have)
        for day, use in self._ahead():
            for product, count in use.items():
                left[product] = left.get(product, NOTHING) - count
                if left[product] < 0:
                    return day
        return None

    def _ahead(self) -> Iterator[tuple[date, Counts]]:
        yield from ((day.date, use) for day, use in zip(self.days, self.uses, strict=True))
        if self.schedule.last is None and self.days:
            last = self.days[-1]
            for day in self.schedule.each_day(_FARTHEST.after(last.date)):
                if day.date > last.date:
                    yield day.date, self.use(day.regimen)

    def spare(self, index: int) -> Counts:
        """What the margin takes after the day of that index: the days that follow, or the step for longer if that is
        more."""
        margin, last = self.dispensing.margin, self.days[index]
        if not margin:
            return {}
        later = self.schedule.each_day(plus(last.date, margin))
        following = _added(self.use(day.regimen) for day in later if day.date > last.date)
        of_step = [use for day, use in zip(self.days, self.uses, strict=True) if day.step == last.step]
        longer = {p: _whole(p, count * margin / len(of_step), self) for p, count in _added(of_step).items()}
        return {p: max(following.get(p, NOTHING), longer.get(p, NOTHING)) for p in {**following, **longer}}


def _whole(product: Product, count: Fraction, house: _House) -> Fraction:
    """The next larger count that can be taken: of parts where they are kept, of whole pieces where not."""
    if product.measured:
        return count
    parts = product.parts if house.dispensing.keep_halves else 1
    return Fraction(ceil(count * parts), parts)


def _per_step(schedule: Schedule, house: _House) -> Iterator[StepUse]:
    for number, step in enumerate(schedule.steps, 1):
        if step.days.first <= (house.days[-1].date if house.days else schedule.first):
            uses = [use for day, use in zip(house.days, house.uses, strict=True) if day.step == number]
            if uses:
                yield StepUse(number, Days.of(step.days.first, len(uses)), _listed(_added(uses)))


def _fills(schedule: Schedule, house: _House) -> Iterator[Fill]:
    """The fills one after the other; one that what is there already makes needless is left out."""
    have, taken, wishes = dict(house.at_hand), Counts(), house.dispensing
    number, order_by = 0, None
    for first, last in _spans(house.days, wishes.fill):
        taken = _added((taken, *house.uses[first : last + 1]))
        items = tuple(_items(house, have, taken, house.spare(last)))
        if not items:
            continue
        needed = house.needed(have)
        have = _added((have, _summed(item.piece for item in items)))
        if needed is None:
            needed = house.days[first].date
        number += 1
        if order_by is None:
            # Before the first fill there is no margin in the house.
            order_by = plus(needed, -1 - wishes.lead)
        next_needed = house.needed(have)
        if next_needed is not None and next_needed <= needed:
            # It covers no further day as planned, and is there for the margin alone: for days after its own.
            needed = min(needed, plus(house.days[last].date, 1))
            order_by = min(order_by, plus(needed, -1 - wishes.lead))
        next_by = None if next_needed is None else plus(next_needed, -1 - wishes.lead - wishes.margin)
        runs_out = None if next_needed is None else plus(next_needed, -1)
        days = Days(house.days[first].date, house.days[last].date)
        yield Fill(number, days, items, needed, order_by, runs_out, next_by)
        order_by = next_by


def _spans(days: Sequence[Day], fill: Duration | None) -> Iterator[tuple[int, int]]:
    """The first and the last index of the days of each fill."""
    if not days:
        return
    first, begins, count = 0, days[0].date, 0
    while first < len(days):
        count += 1
        if count > MOST_FILLS:
            raise RequestError(f"--fill {fill} makes more than {MOST_FILLS} fills.", ("--fill 28d",))
        ends = days[-1].date if fill is None else min(plus(fill.after(begins), -1), days[-1].date)
        last = first + between(days[first].date, ends)
        yield first, last
        first, begins = last + 1, plus(ends, 1)


def _items(house: _House, have: Counts, taken: Counts, spare: Counts) -> Iterator[Item]:
    """What is missing for all that is taken up to the end of a fill, and for the margin after it."""
    for piece in _listed(_added((taken, spare))):
        product = piece.product
        missing = piece.count - have.get(product, NOTHING)
        if missing <= 0:
            continue
        if product in house.packs:
            packs = ceil(missing / house.packs[product])
            yield Item(Piece(product, house.packs[product] * packs), packs)
        else:
            yield Item(Piece(product, missing if product.measured else Fraction(ceil(missing))))


def _added(several: Iterable[Mapping[Product, Fraction]]) -> Counts:
    found: Counts = {}
    for counts in several:
        for product, count in counts.items():
            found[product] = found.get(product, NOTHING) + count
    return found


def _summed(pieces: Iterable[Piece]) -> Counts:
    return _added({piece.product: piece.count} for piece in pieces)


def _listed(counts: Mapping[Product, Fraction]) -> tuple[Piece, ...]:
    """Counts as pieces, larger strengths first."""
    ordered = sorted(counts, key=lambda product: (product.measured, -product.strength.amount, product.name))
    return tuple(Piece(product, counts[product]) for product in ordered)
