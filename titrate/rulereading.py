"""Each table of limits of a rule file read for one patient: in the unit of the file, what goes by weight worked out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.ladder import Rung, merged
from titrate.limit import By, Change, Frequency, Maintenance, Maximum, Spacing, Start, Times
from titrate.patient import Patient
from titrate.product import Product, makeable
from titrate.quantity import Quantity, Range
from titrate.source import Citation, Source

if TYPE_CHECKING:
    from titrate.ruleformat.file import RuleFile
    from titrate.ruleformat.ladder import RungTable
    from titrate.ruleformat.limit import (
        ChangeTable,
        FrequencyTable,
        MaintenanceTable,
        MaximumTable,
        SpacingTable,
        StartTable,
    )
    from titrate.ruleformat.taper import RateTable
    from titrate.ruleformat.value import ByTable, Cite, RangeTable, TimesTable


def citation_of(file: RuleFile, cite: Cite) -> Citation:
    """A citation with its source in full."""
    source = file.sources[cite.source]
    return Citation(
        Source(cite.source, source.title, source.publisher, source.edition, source.href),
        cite.at, cite.checked, cite.basis, cite.how,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The tables of limits in the file of the rule `id`, read for one patient.

    Every method raises `RequestError` where the limit needs a fact that was not given.
    """

    id: str
    file: RuleFile
    patient: Patient

    def citation(self, cite: Cite) -> Citation:
        """A citation with its source in full."""
        return citation_of(self.file, cite)

    def amount(self, quantity: Quantity, per: str) -> Quantity:
        """A bound in the rule's unit: `/day` and `/dose` dropped, `/kg` multiplied by the weight."""
        parts = quantity.unit.split("/")
        amount = Quantity(quantity.amount, parts[0])
        if "kg" in parts[1:]:
            if self.patient.weight is None:
                raise RequestError(
                    f"The rule {self.id} limits by weight ({quantity.number} {parts[0]} per kg a {per}), "
                    "and the weight was not given.",
                    ('give it, for example --weight "40 kg"',),
                )
            amount = amount * self.patient.weight.amount
        return amount.to(self.file.unit)

    def range(self, table: RangeTable | None, per: str, cap: Quantity | None = None) -> Range | None:
        """A range in the unit of the file; bounds by weight are never above `cap`."""
        return None if table is None else table.range().map(lambda bound: self._capped(bound, per, cap))

    def _capped(self, bound: Quantity, per: str, cap: Quantity | None) -> Quantity:
        """A bound in the rule's unit; one by weight is never above `cap`."""
        amount = self.amount(bound, per)
        return amount if cap is None or not _by_kg(bound) else min(amount, cap.to(self.file.unit))

    def start(self, table: StartTable) -> Start:
        """Where a titration may begin."""
        start = Start(
            self.citation(table.cite),
            self.range(table.dose, "dose", table.cap),
            self.range(table.daily, "day", table.cap),
            _times(table.frequency),
            self._by_weight(table.cap, _top(table.dose), _top(table.daily)),
        )
        return start if table.response is None else self._response(table, start)

    def _by_weight(self, cap: Quantity | None, dose: Quantity | None, daily: Quantity | None) -> str | None:
        """The arithmetic of the bounds by weight; `None` where there is none."""
        told = []
        for bound, per, counted in ((dose, "dose", ""), (daily, "day", " a day")):
            if bound is not None and _by_kg(bound):
                amount, unit = self.amount(bound, per), bound.unit.split("/")[0]
                sum_ = f"{bound.number} {unit} per kg{counted} x {self.patient.weight} = {amount}{counted}"
                over = cap is not None and cap.to(self.file.unit) < amount
                told.append(f"{sum_}, but never more than {cap}{counted}" if over else sum_)
        return " and ".join(told) or None

    def _response(self, table: StartTable, start: Start) -> Start:
        response, dose, effect = table.response, self.patient.screening_dose, self.patient.screening_effect
        assert response is not None
        if dose is None or effect is None:
            raise RequestError(
                f"The rule {self.id} starts from the screening dose that worked; "
                f"{'the dose' if dose is None else 'how long it worked'} was not given.",
                ('give both, for example --screening-dose "50 micrograms" --screening-effect "6 hours"',
                 'say what the patient has now, for example --from "100 micrograms/day"'),
            )  # fmt: skip
        try:
            known = dose.to(self.file.unit) in [allowed.to(self.file.unit) for allowed in response.doses]
        except ValueError as fault:
            raise RequestError(f"The screening dose is wrong: {fault}.") from fault
        if not known:
            raise RequestError(
                f"{dose} is no screening dose of the rule {self.id}; "
                f"it knows {', '.join(str(allowed) for allowed in response.doses)}."
            )
        long = effect in response.long_effect.range()
        times = response.times_after_long_effect if long else response.times
        daily = (dose * times).to(self.file.unit)
        how = f"{times} x the screening dose of {dose} = {daily} a day, because it worked for {effect}"
        return Start(start.citation, start.dose, Range.exactly(daily), start.frequency, how)

    def change(self, table: ChangeTable) -> Change:
        """How far and how fast a dose changes."""
        every = None if table.every.at_least is None else table.every.at_least.days
        longest = None if table.every.at_most is None else table.every.at_most.days
        shares = table.band is not None and any(bound.unit == "%" for bound in table.band.range().bounds)
        band = table.band.range() if shares and table.band is not None else self.range(table.band, "day")
        by = tuple(self._by(one) for one in table.by)
        return Change(by, every, self.citation(table.cite), band, table.every.silent, longest=longest)

    def _by(self, table: ByTable) -> By:
        most, exactly = table.most, table.exactly is not None
        if most is None or most.unit == "%":
            return By(most, table.per, table.of, exactly, table.at_least)
        least = None if table.at_least is None else self.amount(table.at_least, table.per)
        how = self._by_weight(table.cap, *((most, None) if table.per == "dose" else (None, most)))
        return By(self._capped(most, table.per, table.cap), table.per, table.of, exactly, least, how)

    def rate(self, table: RateTable) -> Change:
        """A cap on the falls of several days."""
        share = table.at_most.unit == "%"
        by = By(table.at_most if share else self.amount(table.at_most, "day"), "day", table.of)
        return Change((by,), None, self.citation(table.cite), within=table.within.days)

    def rungs(self, tables: Sequence[RungTable], products: tuple[Product, ...], down: bool) -> tuple[Rung, ...]:
        """The rungs of a ladder; doses by weight that the source rounds are made of `products`."""
        usual = 1 if self.file.cycle is None else self.file.cycle.days
        found = []
        for number, table in enumerate(tables, 1):
            doses, sums = zip(*(self._rung_dose(dose, table, products) for dose in table.doses), strict=True)
            keep = table.keep
            found.append(Rung(
                doses,
                len(table.days) if len(table.days) > 1 else usual if table.cycle is None else table.cycle.days,
                None if keep is None or keep.at_least is None else keep.at_least.days,
                self.citation(table.cite),
                number,
                len(tables),
                None if keep is None or keep.at_most is None else keep.at_most.days,
                table.on if set(table.on) != {1} else (),
                down,
                " and ".join(dict.fromkeys(one for one in sums if one is not None)) or None,
            ))  # fmt: skip
        return merged(found) if any(rung.how for rung in found) else tuple(found)

    def _rung_dose(
        self, dose: Quantity, table: RungTable, products: tuple[Product, ...]
    ) -> tuple[Quantity, str | None]:
        """A dose of a rung in the unit of the file, and its arithmetic where it goes by weight."""
        amount, told = self.amount(dose, "dose"), self._by_weight(None, dose, None)
        if table.round is None:
            return amount, told
        try:
            makes = makeable(products, self.file.unit, amount, (amount,))
        except ValueError as fault:
            raise RequestError(f"The ladder of the rule {self.id} cannot be worked out: {fault}.") from fault
        whole = [makes.dose(grains) for grains in makes.doses]
        if not whole:
            raise RequestError(
                f"The rule {self.id} rounds its first doses down to what its products make, and for this weight that "
                f"is nothing: {told}.",
                ("look at the weight", "plan with a rule that has smaller pieces"),
            )
        return whole[-1], told if whole[-1] == amount else f"{told}, rounded down to {whole[-1]}"

    def maintenance(self, table: MaintenanceTable) -> Maintenance:
        """What one may stay on."""
        dose, daily = self.range(table.dose, "dose", table.cap), self.range(table.daily, "day", table.cap)
        how = self._by_weight(table.cap, _top(table.dose), _top(table.daily))
        return Maintenance(self.citation(table.cite), dose, daily, _times(table.frequency), how)

    def maximum(self, table: MaximumTable) -> Maximum:
        """The largest dose and daily dose."""
        dose = None if table.dose is None else self._capped(table.dose, "dose", table.cap)
        daily = None if table.daily is None else self._capped(table.daily, "day", table.cap)
        how = self._by_weight(table.cap, table.dose, table.daily)
        return Maximum(self.citation(table.cite), dose, daily, table.level, how, table.asks)

    def frequency(self, table: FrequencyTable) -> Frequency:
        """How many doses a day."""
        cycle = 1 if self.file.cycle is None else self.file.cycle.days
        times = Times(table.times.at_least, table.times.at_most, table.times.prefer, cycle)
        return Frequency(times, self.citation(table.cite), self.range(table.band, "day"))

    def spacing(self, table: SpacingTable) -> Spacing:
        """The least hours between two doses."""
        return Spacing(table.at_least.to("hours"), self.citation(table.cite), table.frequency)


def _times(table: TimesTable | None) -> Times | None:
    return None if table is None else Times(table.at_least, table.at_most)


def _by_kg(bound: Quantity) -> bool:
    return "kg" in bound.unit.split("/")[1:]


def _top(table: RangeTable | None) -> Quantity | None:
    return None if table is None else table.at_most
