"""One rule, one request and the products at hand, made ready to search: what contradicts itself is found here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product as every_combination

from titrate.errors import NoSchedule, RequestError
from titrate.limit import Change, Limits, Spacing, in_days
from titrate.planner.grid import MOST_DAYS, Grid, slots_at, spread
from titrate.planner.moves import Doses, Moves
from titrate.product import Product, makeable
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.regimen import Pattern, Slot, notation
from titrate.request import Request
from titrate.rule import Rule


@dataclass(frozen=True, slots=True)
class Problem:
    """What is searched.

    `limits` are the rule's together with the prescriber's pace; `own` the rule's alone, with the prescriber's
    pace only where the rule is silent: it decides whether there is a way out. `current` is what the patient takes
    now and `targets` the days that satisfy the target, in grains. `shapes` are tried in order. `barred` are
    days that were found to have no way out; no schedule may hold one before its taper.
    """

    rule: Rule
    request: Request
    limits: Limits
    own: Limits
    products: tuple[Product, ...]
    grid: Grid
    current: Doses | None
    targets: tuple[Doses, ...]
    shapes: tuple[str, ...]
    barred: frozenset[Doses] = frozenset()

    @classmethod
    def of(cls, rule: Rule, request: Request) -> Problem:
        """Raises `RequestError` where the request contradicts itself or lacks something, `NoSchedule` where what it
        asks for is outside the rule."""
        request.check()
        resolved = rule.limits_for(request.patient, starting=request.current is None)
        if resolved.refusals:
            raise NoSchedule(Because(f"No schedule: {rule.stamp.title} is not for this patient", resolved.refusals))
        limits, own = _paced(resolved, request)
        products = _at_hand(limits, request)
        grid = Grid.of(limits, products, _slots(limits, request))
        current = None if request.current is None else _current(request.current, limits, grid)
        shapes = {"even": ("even",), "uneven": ("uneven",), None: ("near", "uneven")}[request.split]
        problem = cls(rule, request, limits, own, products, grid, current, (), shapes)
        if request.target is None:
            return problem
        return replace(problem, targets=_targets(problem, request.target))

    def rises(self, original: Doses) -> Moves:
        """The lawful rises of a phase that begins at `original`."""
        return Moves(self.limits.increase, self.grid.table.grain, original, rising=True)

    def falls(self, original: Doses, limits: Limits | None = None) -> Moves:
        """The lawful falls of a phase that begins at `original`."""
        return Moves((limits or self.limits).decrease, self.grid.table.grain, original, rising=False)

    def written(self, day: Doses) -> str:
        """A day as one would type it."""
        if not day:
            return f"0 {self.limits.unit}"
        if any(slot.at is None for slot in self.grid.slots.get(len(day), ())):
            return f"{self.grid.daily(day)}/day"
        return notation(tuple(self.grid.table.dose(dose) for dose in day))


def _paced(limits: Limits, request: Request) -> tuple[Limits, Limits]:
    every = None
    if request.every is not None:
        try:
            every = request.every.days
        except ValueError as fault:
            raise RequestError(f"--every: {fault}.") from fault
    _not_faster(limits, request, every)
    try:
        paced = limits.paced(request.by, every, request.citation("--by and --every"))
    except ValueError as fault:
        raise RequestError(f'--by "{request.by}" does not fit this rule: {fault}.') from fault
    own = paced if any(change.silent for change in limits.decrease) else limits
    rising = request.goal == "plan"
    for what, changes in (("rise", paced.increase if rising else ()), ("fall", paced.decrease)):
        if any(by.at_most is None for change in changes for by in change.by):
            raise RequestError(
                f"The source of {limits_name(changes)} gives no size of one {what}, so the prescriber has to.",
                ('say by how much the dose may change, for example --by "5 mg" --every "7d"',),
            )
    return paced, own


def limits_name(changes: tuple[Change, ...]) -> str:
    """The document that is silent."""
    silent = next((change for change in changes if change.silent), changes[0])
    return f'"{silent.citation.source.title}"'


def needs_interval(changes: tuple[Change, ...], what: str) -> None:
    """Raises `RequestError` where neither the rule nor the prescriber says how long a dose is kept."""
    if any(change.silent_every for change in changes):
        raise RequestError(
            f"The source of {limits_name(changes)} does not say how long a dose is kept before it {what}, "
            "so the prescriber has to.",
            ('say how long each dose is kept at least, for example --every "7d"',),
        )


def _not_faster(limits: Limits, request: Request, every: int | None) -> None:
    """The prescriber's pace may be slower or smaller than the rule's, never faster."""
    changes = (*(limits.increase if request.goal == "plan" else ()), *limits.decrease)
    intervals = [change for change in changes if change.every is not None]
    if every is not None and intervals:
        slowest = min(intervals, key=lambda change: change.every or 0)
        if slowest.every is not None and every < slowest.every:
            fact = slowest.stay()
            raise RequestError(
                f"--every {request.every} is faster than the rule allows: {fact}.",
                (f'--every "{in_days(slowest.every)}" or more',),
            )
    if request.by is None:
        return
    unit, _, per = request.by.unit.partition("/")
    for group in (limits.increase if request.goal == "plan" else (), limits.decrease):
        meant = per or (group[0].by[0].per if group else "")
        bounds = [b.at_most for c in group for b in c.by if b.at_most is not None and b.per == meant]
        same = [b for b in bounds if (b.unit == "%") == (unit == "%")]
        if same and Quantity(request.by.amount, unit).to(same[0].unit) > max(same):
            raise RequestError(
                f"--by {request.by} is more than the rule allows, which is {max(same)} "
                f"{'a day' if meant == 'day' else 'per dose'}.",
                (f'--by "{max(same)}" or less',),
            )


def _at_hand(limits: Limits, request: Request) -> tuple[Product, ...]:
    if not limits.products:
        raise NoSchedule(
            Because(
                "No schedule: no product of this rule suits this patient",
                limits.cautions or (Fact("every product of the rule is unsuitable for the patient"),),
            )
        )
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


def _slots(limits: Limits, request: Request) -> dict[int, tuple[Slot, ...]]:
    slots = limits.slots
    if request.times is not None:
        if any(slot.at is None for day in slots.values() for slot in day):
            raise RequestError("A continuous infusion has no times of day.", ("leave out --times",))
        try:
            slots = slots_at(request.times)
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


def _doses(pattern: Pattern, limits: Limits, option: str) -> tuple[Quantity, ...] | None:
    """The doses of a pattern in the rule's unit; of a daily dose only where the rule leaves one dose a day."""
    try:
        if pattern.doses:
            return tuple(dose.to(limits.unit) for dose in pattern.doses)
        total = pattern.total().to(limits.unit)
    except ValueError as fault:
        raise RequestError(
            f'{option} "{pattern}" does not fit this rule, which counts in {limits.unit}: {fault}.'
        ) from fault
    single = all(limit.times.at_most == 1 for limit in limits.frequency)
    return (total,) if single else None


def _current(pattern: Pattern, limits: Limits, grid: Grid) -> Doses:
    """What the patient takes now, in grains; any product of the rule may have made it, at hand or not."""
    doses = _doses(pattern, limits, "--from")
    if doses is None:
        raise RequestError(
            f'--from "{pattern}" does not say how the day is divided.',
            (f'write the doses, for example --from "{Quantity(pattern.total().amount / 3, limits.unit)} x3"',),
        )
    every = makeable(limits.products, limits.unit, max(limits.largest_dose(), *doses), ())
    for dose in doses:
        if every.grains(dose) is None:
            near = " or ".join(str(d) for d in every.nearest(dose))
            raise NoSchedule(
                Because(
                    f'No schedule: --from "{pattern}" holds {dose}, which no product of the rule makes',
                    (Fact(f"the products are {_listed(limits.products)}"),),
                    (f"check the dose; the nearest that can be made: {near}",),
                )
            )
    return tuple(int(dose.amount / grid.table.grain) for dose in doses)


def _targets(problem: Problem, pattern: Pattern) -> tuple[Doses, ...]:
    """The days, in grains, that satisfy the target. Raises `NoSchedule` with everything that speaks against it."""
    doses = _doses(pattern, problem.limits, "--target")
    if doses is None:
        days = _of_daily(problem, pattern.total().to(problem.limits.unit))
        if days:
            return tuple(days)
    else:
        grains = [problem.grid.table.grains(dose) for dose in doses]
        whole = tuple(dose for dose in grains if dose is not None)
        if len(whole) == len(doses) and _may_stay(problem, whole):
            return (whole,)
    raise NoSchedule(
        Because(
            f"No schedule: {pattern} is not a regimen to stay on under this rule",
            tuple(_against(problem, pattern, doses)),
            _nearest_targets(problem, pattern.total().to(problem.limits.unit), None if doses is None else len(doses)),
        )
    )


def _may_stay(problem: Problem, day: Doses) -> bool:
    grid, limits = problem.grid, problem.limits
    if not grid.fits(day, limits.frequency):
        return False
    if problem.shapes == ("even",) and spread(day):
        return False
    amounts, daily = [grid.table.dose(dose) for dose in day], grid.daily(day)
    return all(
        (m.dose is None or all(amount in m.dose for amount in amounts))
        and (m.daily is None or daily in m.daily)
        and (m.frequency is None or len(day) in m.frequency)
        for m in limits.maintenance
    )


def _of_daily(problem: Problem, daily: Quantity) -> list[Doses]:
    """The days with that daily dose: as even as the products allow, unless uneven days were asked for."""
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
    return found


def _evenest(problem: Problem, frequency: int, daily: int) -> list[Doses]:
    """The days of that frequency and daily dose that one may stay on, and whose doses differ least."""
    doses = [dose for dose in problem.grid.table.doses if dose <= problem.grid.largest_dose]
    found: list[Doses] = []
    for width in range(1, len(doses) + 1):
        windows = [doses[i : i + width] for i in range(len(doses) - width + 1)]
        if found and min(window[-1] - window[0] for window in windows) >= min(map(spread, found)):
            break
        if width**frequency > MOST_DAYS:
            break
        for window in windows:
            if window[0] * frequency <= daily <= window[-1] * frequency:
                days = (day for day in every_combination(window, repeat=frequency) if sum(day) == daily)
                found += (day for day in days if _may_stay(problem, day))
    least = min(map(spread, found), default=0)
    return sorted({day for day in found if spread(day) == least})


def _against(problem: Problem, pattern: Pattern, doses: tuple[Quantity, ...] | None) -> Iterator[Fact]:
    """Each limit that the target breaks."""
    limits, grid = problem.limits, problem.grid
    daily, largest = pattern.total().to(limits.unit), max(doses) if doses else None
    for maximum in limits.maximum:
        over_dose = maximum.dose is not None and largest is not None and largest > maximum.dose
        if maximum.level == "limit" and (over_dose or (maximum.daily is not None and daily > maximum.daily)):
            yield maximum.fact()
    frequencies = grid.allowed(limits.frequency)
    if doses is not None and len(doses) not in frequencies:
        yield from (limit.fact() for limit in limits.frequency if not limit.allows(len(doses), daily))
        if len(doses) not in grid.slots:
            yield _no_slots(problem, len(doses))
    for limit in limits.maintenance:
        out = limit.daily is not None and daily not in limit.daily
        out = out or (limit.dose is not None and any(dose not in limit.dose for dose in doses or ()))
        out = out or (limit.frequency is not None and doses is not None and len(doses) not in limit.frequency)
        if out or doses is None:
            yield limit.fact()
    for dose in dict.fromkeys(doses or ()):
        if grid.table.grains(dose) is None and dose <= limits.largest_dose():
            near = grid.table.nearest(dose)
            nearest = f"the nearest dose{' is' if len(near) == 1 else 's are'} {' and '.join(map(str, near))}"
            yield Fact(f"{dose} cannot be made from {_listed(problem.products)}; {nearest}")
    if doses is None:
        times = ", ".join(str(f) for f in frequencies)
        yield Fact(f"{daily} a day is to be made of {_listed(problem.products)} in {times} doses a day")
    if problem.shapes == ("even",):
        yield Fact("equal doses were asked for", problem.request.citation("--even"))


def _no_slots(problem: Problem, frequency: int) -> Fact:
    times = problem.request.times
    if times is not None and len(times) < frequency:
        given = problem.request.citation("--times")
        return Fact(f"{len(times)} times of day are too few for {frequency} doses a day", given)
    return Fact(f"there are no slots for {frequency} doses a day that are far enough apart")


def _nearest_targets(problem: Problem, daily: Quantity, frequency: int | None) -> tuple[str, ...]:
    """The nearest regimens below and above that one may stay on, as they would be typed."""
    grid = problem.grid
    allowed = grid.allowed(problem.limits.frequency)
    frequencies = (frequency,) if frequency in allowed else allowed
    days = [
        day
        for f in frequencies
        for day in grid.days((f,), "even", grid.largest_dose, 0, grid.largest_dose * f)
        if _may_stay(problem, day)
    ]
    wanted = daily.amount / grid.table.grain
    below = max((day for day in days if sum(day) < wanted), key=lambda day: (sum(day), -len(day)), default=None)
    above = min((day for day in days if sum(day) > wanted), key=lambda day: (sum(day), len(day)), default=None)
    near = [problem.written(day) for day in (below, above) if day is not None]
    return tuple(f'--target "{text}"' for text in near)


def _listed(products: tuple[Product, ...]) -> str:
    return ", ".join(str(product) + (" (can be divided)" if product.parts > 1 else "") for product in products)
