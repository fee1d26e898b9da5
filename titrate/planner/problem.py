"""One rule, one request and the products at hand, made ready to search: what contradicts itself is found here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import product as every_combination

from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.ladder import Rung
from titrate.limit import Spacing, in_days
from titrate.limits import Limits
from titrate.planner.grid import MOST_DAYS, Grid, largest, slots_at, spread
from titrate.planner.moves import Doses, Moves
from titrate.planner.phase import doses_of, is_rung_alone
from titrate.planner.refused import Refused, Try
from titrate.planner.terms import Terms
from titrate.product import Product, makeable
from titrate.quantity import Quantity, decimal
from titrate.reason import Fact
from titrate.regimen import Pattern, Slot, in_turn
from titrate.request import Request
from titrate.rule import Rule


@dataclass(frozen=True, slots=True)
class Problem:
    """What is searched: the terms, and the days that can be made of the products at hand.

    `current` is what the patient takes now and `targets` the days that satisfy the target, in grains. `shapes` are
    tried in order. `begun` is for how many days a cycle of `current` goes.
    `barred` are days that were found to have no way out; no schedule may hold one before its taper.
    """

    rule: Rule
    terms: Terms
    products: tuple[Product, ...]
    grid: Grid
    current: Doses | None
    targets: tuple[Doses, ...]
    shapes: tuple[str, ...]
    barred: frozenset[Doses] = frozenset()
    begun: int = 1

    @classmethod
    def of(cls, rule: Rule, terms: Terms, mixed: bool = True) -> Problem:
        """`mixed`: a dose may be made of pieces and a liquid together.

        Raises `RequestError` where the request does not go with the rule, `Refused` where what it asks for is
        outside the rule."""
        request, limits = terms.request, terms.limits
        if limits.refusals:
            raise Refused(f"{rule.stamp.title} is not for this patient")
        if limits.largest_dose() is None:
            raise RequestError(f"The rule {rule.id} bounds no dose, and the request does not either.")
        products = _at_hand(limits, request)
        _check_handling(limits, request, products)
        grid = Grid.of(limits, products, _slots(limits, request), request.handling(mixed))
        current = None if request.current is None else _current(request.current, terms, grid)
        shapes = {"even": ("even",), "uneven": ("uneven",), None: ("near", "uneven")}[request.split]
        begun = limits.cycle if request.current is None or request.current.daily is not None else request.current.cycle
        problem = cls(rule, terms, products, grid, current, (), shapes, begun=begun)
        if request.target is None:
            return problem
        return replace(problem, targets=_targets(problem, request.target))

    @property
    def request(self) -> Request:
        """What is asked for."""
        return self.terms.request

    @property
    def limits(self) -> Limits:
        """What the schedule has to keep, the prescriber's own pace included."""
        return self.terms.limits

    @property
    def own(self) -> Limits:
        """What a way out has to keep: the rule's limits without the prescriber's pace."""
        return self.terms.own

    def rises(self, original: Doses) -> Moves:
        """The lawful rises of a phase that begins at `original`."""
        return Moves(self.limits.increase, self.grid.table.grain, original, rising=True, cycle=self.grid.cycle)

    def falls(self, original: Doses, limits: Limits | None = None) -> Moves:
        """The lawful falls of a phase that begins at `original`."""
        changes = (limits or self.limits).decrease
        return Moves(changes, self.grid.table.grain, original, rising=False, cycle=self.grid.cycle)

    def every(self, cycle: int) -> Problem:
        """The same with days that are taken every `cycle` days."""
        return self if cycle == self.grid.cycle else replace(self, grid=replace(self.grid, cycle=cycle))

    def day_of(self, rung: Rung) -> Doses | None:
        """The doses of a rung, or `None` where the products at hand do not make it or a limit forbids it."""
        grid, doses = self.every(rung.cycle).grid, [self.grid.table.grains(dose) for dose in rung.doses]
        made = tuple(dose for dose in doses if dose is not None)
        often = self.limits.taper_frequency if rung.down else self.limits.frequency
        counts = {len(day) for day in rung.days if day}
        uneven = any(len(set(day)) > 1 for day in rung.days)
        fits = (
            len(made) == len(doses)
            and not (uneven and self.request.split == "even")
            and all(dose in grid.table.cost and dose <= grid.largest_dose for dose in made)
            and (grid.largest_daily is None or all(self._daily(day) <= grid.largest_daily for day in rung.days))
            and all(count in grid.slots for count in counts)
            and all(limit.allows(count, grid.daily(made), count) for limit in often for count in counts)
        )
        return made if fits else None

    def goes_on(self, rung: Rung) -> bool:
        """Whether the products at hand make this rung of the way down and all that follow it."""
        return all(self.day_of(one) is not None for one in self.limits.descent[rung.number - 1 :])

    def _daily(self, doses: tuple[Quantity, ...]) -> int:
        return sum(int(dose.amount / self.grid.table.grain) for dose in doses)

    def taken_on(self, ladder: tuple[Rung, ...]) -> Rung | None:
        """The rung of a ladder that the patient is on."""
        if self.current is None or self.request.current is None:
            return None
        on = () if self.begun == 1 else self.request.current.on or (1,) * len(self.current)
        days = Pattern(tuple(map(self.grid.table.dose, self.current)), cycle=self.begun, on=on).days()
        return next((rung for rung in ladder if rung.taken_in(days)), None)

    @property
    def on_rung(self) -> Rung | None:
        """The rung of the way up that the patient is on."""
        return self.taken_on(self.limits.ladder)

    def written(self, day: Doses) -> str:
        """A day as one would type it."""
        if not day:
            return f"0 {self.limits.unit}"
        if any(slot.at is None for slot in self.grid.slots.get(len(day), ())):
            return f"{self.grid.daily(day)}/day"
        doses = tuple(self.grid.table.dose(dose) for dose in day)
        return in_turn((doses, *((),) * (self.grid.cycle - 1)), self.limits.unit)


def _at_hand(limits: Limits, request: Request) -> tuple[Product, ...]:
    if not limits.products:
        raise Refused("No product of this rule suits this patient", limits.cautions)
    if request.products is None:
        return limits.products
    named = {product.name: product for product in limits.products}
    unknown = [name for name in request.products if name not in named]
    if unknown or not request.products:
        raise RequestError(
            f"The rule has no product {', '.join(map(repr, unknown)) or 'of that name'} for this patient.",
            (f"choose from --products {','.join(named)}",),
        )
    return tuple(product for name, product in named.items() if name in request.products)


def _check_handling(limits: Limits, request: Request, products: tuple[Product, ...]) -> None:
    """Raises `RequestError` for wishes about pieces, liquids and pumps that these products cannot fulfil."""
    forms, named = {product.form for product in products}, {product.name: product for product in products}
    for one in request.at_hand:
        if one.product not in named:
            raise RequestError(
                f"--at-hand {one}: {one.product} is not one of the products to plan with.",
                (f"choose from {', '.join(named)}",),
            )
        one.check("--at-hand", named[one.product])
    if request.measure is not None and not any(product.measure for product in products):
        raise RequestError(f'--measure "{request.measure}": none of these products is a liquid.', ("leave it out",))
    if request.liquid_below is not None:
        try:
            request.liquid_below.to(limits.unit)
        except ValueError as fault:
            raise RequestError(f"--liquid-below: {fault}.", (f'--liquid-below "10 {limits.unit}"',)) from fault
        if "liquid" not in forms or forms == {"liquid"}:
            kinds = "liquid" if forms == {"liquid"} else " or ".join(sorted(forms))
            raise RequestError(
                f"--liquid-below {request.liquid_below}: the products are all {kinds}; it takes both forms to change "
                "from one to the other.",
                ("leave it out",),
            )
    if request.pump is not None:
        if forms != {"infusion"}:
            raise RequestError("The products of this rule are not given by a pump.", ("leave out --concentration",))
        request.pump.check(limits.unit)


def _slots(limits: Limits, request: Request) -> dict[int, tuple[Slot, ...]]:
    slots = limits.slots
    if request.times is not None:
        if any(slot.at is None for day in slots.values() for slot in day):
            raise RequestError("A continuous infusion has no times of day.", ("leave out --times",))
        try:
            slots = slots_at(request.times, limits.slots)
        except ValueError as fault:
            raise RequestError(f"--times: {fault}.", ("for example --times 07:00,13:00,21:00",)) from fault
    return {f: day for f, day in slots.items() if not any(too_close(day, limit) for limit in limits.spacing)}


def too_close(day: tuple[Slot, ...], limit: Spacing) -> bool:
    """Whether two doses of a day, or the last and the next day's first, are nearer than the limit allows."""
    clock = [timedelta(hours=slot.at.hour, minutes=slot.at.minute) for slot in day if slot.at is not None]
    if limit.frequency not in (None, len(day)) or len(clock) < 2:
        return False
    least = timedelta(minutes=int(limit.at_least.to("hours").amount * 60))
    gaps = [later - earlier for earlier, later in zip(clock, [*clock[1:], clock[0] + timedelta(hours=24)], strict=True)]
    return min(gaps) < least


def _doses(pattern: Pattern, terms: Terms, option: str) -> tuple[Quantity, ...] | None:
    """The doses of a pattern in the rule's unit; of a daily dose only where the rule leaves one dose a day."""
    limits = terms.limits
    usual = pattern.cycle == limits.cycle and (limits.cycle == 1 or set(pattern.on) == {1})
    # Somebody who takes it every so many days goes on with that, and one on a rung of a way down with that.
    if not usual and not (option == "--from" and (set(pattern.on) == {1} or is_rung_alone(pattern, limits))):
        rhythm = "takes doses every day" if limits.cycle == 1 else f"takes doses every {in_days(limits.cycle)}"
        tries = tuple(_in_the_rhythm(terms))
        raise Refused(f'{option} "{pattern}" has another cycle than the rule, which {rhythm}', (), tries)
    doses = doses_of(pattern, limits.unit, option)
    return doses if pattern.doses or terms.once else None


def _in_the_rhythm(terms: Terms) -> Iterator[Try]:
    """Under a rule that counts in weeks, the dose of a day as one of a week. Not the other way round: what is taken
    once a week, taken every day, would be far too much."""
    cycle, request = terms.limits.cycle, terms.request

    def meant(pattern: Pattern | None) -> Pattern | None:
        daily = pattern is not None and pattern.cycle == 1 and len(pattern.doses) == 1
        return Pattern(pattern.doses, cycle=cycle, on=(1,)) if pattern is not None and daily else pattern

    if cycle > 1:
        now, then = meant(request.current), meant(request.target)
        typed = [f'--from "{now}"'] if now != request.current else []
        typed += [f'--target "{then}"'] if then != request.target else []
        says = f"write one dose every {in_days(cycle)}, if that is what is meant ({' '.join(typed)})"
        yield Try(says, replace(request, current=now, target=then))


def _current(pattern: Pattern, terms: Terms, grid: Grid) -> Doses:
    """What the patient takes now, in grains; any product of the rule may have made it, at hand or not."""
    limits, doses = terms.limits, _doses(pattern, terms, "--from")
    if doses is None:
        raise RequestError(
            f'--from "{pattern}" does not say how the day is divided.',
            (_divided(pattern.total().to(limits.unit), limits, grid),),
        )
    grains = [grid.table.grains(dose) for dose in doses]
    if all(one is not None for one in grains):
        return tuple(one for one in grains if one is not None)
    try:
        every = makeable(limits.products, limits.unit, max(largest(limits), *doses), ())
    except ValueError as fault:
        raise RequestError(f'--from "{pattern}" cannot be planned with: {fault}.', ("check the dose",)) from fault
    for dose in doses:
        if every.grains(dose) is None:
            near = " or ".join(str(d) for d in every.nearest(dose))
            raise Refused(
                f'--from "{pattern}" holds {dose}, which no product of the rule makes',
                tries=(Try(f"check the dose; the nearest that can be made: {near}"),),
            )
    return tuple(int(dose.amount / grid.table.grain) for dose in doses)


def _divided(daily: Quantity, limits: Limits, grid: Grid) -> str:
    """To write the doses of a daily dose; for example as even as the products make them, if they do."""
    says, count = "write the doses in the order of the day", daily.amount / grid.table.grain
    for frequency in grid.allowed(limits.frequency) if count.denominator == 1 else ():
        least, larger = divmod(int(count), frequency)
        day = [least] * (frequency - larger) + [least + 1] * larger
        if least and all(dose in grid.table.doses for dose in set(day)):
            doses = "/".join(decimal(grid.table.dose(dose).amount) for dose in day)
            return f'{says}, for example --from "{Pattern.parse(f"{doses} {limits.unit}")}"'
    return f'{says}, for example --from "1/1/2 {limits.unit}"'


def _targets(problem: Problem, pattern: Pattern) -> tuple[Doses, ...]:
    """The days, in grains, that satisfy the target. Raises `Refused` where none is a day to stay on."""
    doses = _doses(pattern, problem.terms, "--target")
    if pattern.daily is not None and not problem.limits.frequency:
        doses = None  # how often it is taken is left open, so a daily dose does not say the whole of a day
    if doses is None:
        days = _of_daily(problem, pattern.total().to(problem.limits.unit))
        if days:
            return tuple(days)
    else:
        grains = [problem.grid.table.grains(dose) for dose in doses]
        whole = tuple(dose for dose in grains if dose is not None)
        if len(whole) == len(doses) and _may_stay(problem, whole):
            return (whole,)
    raise Refused(
        f"{pattern} is not a regimen to stay on under this rule",
        tuple(_unmade(problem, doses, pattern.total().to(problem.limits.unit))),
        _nearest_targets(problem, pattern.total().to(problem.limits.unit), None if doses is None else len(doses)),
    )


def _may_stay(problem: Problem, day: Doses) -> bool:
    grid, limits = problem.grid, problem.limits
    if not grid.fits(day, limits.frequency):
        return False
    if problem.shapes == ("even",) and spread(day):
        return False
    amounts, daily = [grid.table.dose(dose) for dose in day], grid.daily(day)
    for limit in problem.terms.above:
        if (limit.dose is not None and max(amounts) > limit.dose) or (limit.daily is not None and daily > limit.daily):
            return False
    return all(
        (m.dose is None or all(amount in m.dose for amount in amounts))
        and (m.daily is None or daily in m.daily)
        and (m.frequency is None or len(day) in m.frequency)
        for m in limits.maintenance
    )


def _of_daily(problem: Problem, daily: Quantity) -> list[Doses]:
    """The days with that daily dose: as even as the products allow, unless uneven days were asked for, and rungs."""
    grid = problem.grid
    count = daily.amount / grid.table.grain
    if count.denominator != 1:
        return []
    found: list[Doses] = []
    for frequency in grid.allowed(problem.limits.frequency):
        if problem.shapes == ("uneven",):
            days: Iterable[Doses] = grid.days((frequency,), "uneven", int(count), int(count), int(count))
            found += (day for day in days if _may_stay(problem, day))
        else:
            found += _evenest(problem, frequency, int(count))
    return list(dict.fromkeys((*found, *_rungs_of_daily(problem, int(count)))))


def _rungs_of_daily(problem: Problem, daily: int) -> Iterator[Doses]:
    """The rungs with that daily dose that one may stay on: a ladder says itself how uneven its days are."""
    for rung in problem.limits.ladder:
        day = problem.day_of(rung) if rung.cycle == problem.limits.cycle else None
        if day is not None and sum(day) == daily and _may_stay(problem, day):
            yield day


def _evenest(problem: Problem, frequency: int, daily: int) -> list[Doses]:
    """The days of that frequency and daily dose that one may stay on, and whose doses differ least."""
    doses = [dose for dose in problem.grid.table.doses if dose <= problem.grid.largest_dose]
    # A window holds such a day only if the average lies in it; of one dose a day it is the day.
    average = Fraction(daily, frequency)
    first, last = bisect_left(doses, average), bisect_right(doses, average) - 1
    found: list[Doses] = []
    for width in range(1, 2 if frequency == 1 else len(doses) + 1):
        starts = range(max(0, first - width + 1), min(last, len(doses) - width) + 1)
        windows = [doses[i : i + width] for i in starts]
        narrowest = min((window[-1] - window[0] for window in windows), default=0)
        if found and narrowest >= min(map(spread, found)):
            break
        if width**frequency > MOST_DAYS:
            break
        for window in windows:
            days = (day for day in every_combination(window, repeat=frequency) if sum(day) == daily)
            found += (day for day in days if _may_stay(problem, day))
    least = min(map(spread, found), default=0)
    return sorted({day for day in found if spread(day) == least})


def _unmade(problem: Problem, doses: tuple[Quantity, ...] | None, daily: Quantity) -> Iterator[Fact]:
    """Which of the doses that were asked for the products do not make, and what there is near them; that a daily dose
    is no sum of any; and which there is no time of day for."""
    grain = Quantity(problem.grid.table.grain, problem.limits.unit)
    if doses is None and (daily.amount / grain.amount).denominator != 1:
        yield Fact(f"every dose they make is a multiple of {grain}")
    for dose in dict.fromkeys(doses or ()):
        if problem.grid.table.grains(dose) is None and dose <= largest(problem.limits):
            near = problem.grid.table.nearest(dose)
            nearest = f"the nearest dose{' is' if len(near) == 1 else 's are'} {' and '.join(map(str, near))}"
            yield Fact(f"they do not make {dose}; {nearest}")
    times = problem.request.times
    if doses is not None and times is not None and len(times) < len(doses):
        yield Fact(f"{len(times)} times of day are too few for {len(doses)} doses a day")


def _nearest_targets(problem: Problem, daily: Quantity, frequency: int | None) -> tuple[Try, ...]:
    """The nearest regimens below and above that one may stay on."""
    grid, request = problem.grid, problem.request
    allowed = grid.allowed(problem.limits.frequency)
    frequencies = (frequency,) if frequency in allowed else allowed
    days = [
        day
        for f in frequencies
        for day in grid.days((f,), "even", grid.largest_dose, 0, grid.largest_dose * f)
        if _may_stay(problem, day)
    ]
    wanted = daily.amount * grid.cycle / grid.table.grain
    below = max((day for day in days if sum(day) < wanted), key=lambda day: (sum(day), -len(day)), default=None)
    above = min((day for day in days if sum(day) > wanted), key=lambda day: (sum(day), len(day)), default=None)
    near = [problem.written(day) for day in (below, above) if day is not None]
    return tuple(Try(f'--target "{text}"', replace(request, target=Pattern.parse(text))) for text in near)
