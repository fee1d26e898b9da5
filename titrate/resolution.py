"""What a rule file says for one patient: which scopes fit, and every bound in the unit of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from titrate import scale
from titrate.errors import RequestError
from titrate.guide import Gate, Look, Missed, Restart, hours, open_edges, spanned
from titrate.ladder import Rung
from titrate.limit import (
    By,
    Change,
    Frequency,
    LastStep,
    Maintenance,
    Maximum,
    Spacing,
    Start,
    TaperDuration,
    Times,
)
from titrate.limits import Limits
from titrate.patient import FACTS, UNITS, Condition, Patient, Scope
from titrate.product import Product
from titrate.quantity import Quantity, Range
from titrate.reason import Fact
from titrate.rulebox import ProductTable
from titrate.rulefile import RuleFile
from titrate.ruleguide import GateTable, RestartTable
from titrate.rulelimit import (
    ChangeTable,
    FrequencyTable,
    MaintenanceTable,
    MaximumTable,
    SpacingTable,
    StartTable,
)
from titrate.rulescope import ScopeTable
from titrate.ruletaper import RateTable
from titrate.rulevalue import ByTable, Cite, RangeTable, TimesTable
from titrate.rulewhen import When
from titrate.source import Citation, Source

_PARTS = {"no": 1, "halves": 2, "thirds": 3, "quarters": 4}


def citation_of(file: RuleFile, cite: Cite) -> Citation:
    """A citation with its source in full."""
    source = file.sources[cite.source]
    return Citation(
        Source(cite.source, source.title, source.publisher, source.edition, source.href),
        cite.at, cite.checked, cite.basis, cite.how,
    )  # fmt: skip


def scope_of(when: When) -> Scope:
    """The conditions of a `when`, in the units in which the facts of a patient are kept."""
    conditions = []
    for fact in When.model_fields:
        value: Any = getattr(when, fact)
        if value is None:
            continue
        if fact == "not_taking":
            conditions.append(Condition("taking", words=value, none=True))
        elif isinstance(value, RangeTable):
            conditions.append(Condition(fact, _in_unit(value.range(), UNITS[fact])))
        else:
            conditions.append(Condition(fact, words=value if isinstance(value, tuple) else (str(value),)))
    return Scope(tuple(conditions))


def _in_unit(bounds: Range, unit: str) -> Range:
    return bounds.map(lambda bound: bound.to(unit))


def product_of(table: ProductTable) -> Product:
    """A product as the rule describes it."""
    measure = (table.measure or scale.USUAL) if table.form == "liquid" else None
    return Product(table.name, table.form, table.strength, _PARTS[table.divide], measure)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The file of the rule `id` read for one patient."""

    id: str
    file: RuleFile
    patient: Patient

    def limits(self, starting: bool) -> Limits:
        """Every limit that holds for the patient; see `Rule.limits_for`."""
        file, scopes = self.file, self._fitting()
        tapers = [scope.taper for scope in scopes if scope.taper is not None]

        def chosen(base: Any, name: str, tables: Iterable[Any] = scopes) -> tuple[Any, ...]:
            """What the scopes that fit say; what the rule says where they do not."""
            found = [getattr(table, name) for table in tables if getattr(table, name)]
            flat = [one for value in found or [base] for one in (value if isinstance(value, tuple) else (value,))]
            spoken = tuple(one for one in flat if one is not None and not getattr(one, "silent", False))
            if found and not spoken:  # no number for these patients: the rule's own holds
                return chosen(base, name, ())
            return spoken

        unsuitable = {form for scope in scopes for form in scope.unsuitable}
        return Limits(
            unit=file.unit,
            products=tuple(product_of(p) for p in file.products if p.form not in unsuitable and self._offered(p)),
            slots=file.slots.day,
            slots_citation=self._citation(file.slots.cite),
            frequency=tuple(self._frequency(t) for t in chosen(file.frequency, "frequency")),
            start=self._begins(chosen(file.start, "start")) if starting else (),
            increase=tuple(self._change(t) for t in chosen(file.increase, "increase")),
            ladder=self._ladder(scopes),
            cycle=1 if file.cycle is None else file.cycle.days,
            maintenance=tuple(self._maintenance(t) for t in chosen(file.maintenance, "maintenance")),
            maximum=tuple(self._maximum(t) for t in chosen(file.maximum, "maximum")),
            spacing=tuple(self._spacing(t) for t in chosen(file.spacing, "spacing")),
            decrease=(
                *(self._change(t) for t in chosen(file.taper.decrease, "decrease", tapers)),
                *(self._rate(t) for t in chosen(file.taper.rate, "rate", tapers)),
            ),
            taper_frequency=tuple(
                self._frequency(t) for t in chosen(file.taper.frequency or file.frequency, "frequency", tapers)
            ),
            taper_duration=tuple(
                TaperDuration(t.at_least.days, self._citation(t.cite))
                for t in chosen(file.taper.duration, "duration", tapers)
                if t.at_least is not None
            ),
            last_step=tuple(
                LastStep(self._amount(t.daily, "day"), self._citation(t.cite))
                for t in chosen(file.taper.last, "last", tapers)
            ),
            refusals=self._refusals(scopes),
            unestablished=self._unestablished(scopes),
            cautions=(
                *(Fact(s.caution, self._citation(s.cite)) for s in scopes if s.caution),
                *self._silences(scopes),
            ),
            not_checked=self._not_checked(),
            gates=tuple(self._gate(t) for t in file.gates if self._holds(t.when)),
            looks=tuple(
                Look(t.since, t.after.days, t.until.days if t.until else None, t.says, self._citation(t.cite))
                for t in file.looks
            ),
            restarts=tuple(self._restart(t) for t in file.restart if self._holds(t.when)),
            missed=self._missed(),
        )

    def _holds(self, when: When | None) -> bool:
        return when is None or scope_of(when).fits(self.patient) is True

    def _gate(self, table: GateTable) -> Gate:
        return Gate(table.before, table.says, self._citation(table.cite), self._range(table.band, "day"))

    def _restart(self, table: RestartTable) -> Restart:
        after, how = None if table.after is None else table.after.range().map(hours), None
        if table.half_life is not None and table.half_lives is not None:
            time = hours(table.half_life) * table.half_lives
            after, how = Range(above=time), f"{table.half_lives} half-lives of {table.half_life} = {time}"
        return Restart(after, table.to, self._citation(table.cite), how, table.says)

    def _missed(self) -> tuple[Missed, ...]:
        tables = [table for table in self.file.missed if self._holds(table.when)]
        ranges = ([None if one is None else one.range() for one in (t.before_next, t.after_due)] for t in tables)
        return tuple(
            Missed(t.do, self._citation(t.cite), before, after, t.in_a_row, t.spacing)
            for t, (before, after) in zip(tables, ranges, strict=True)
        )

    def notes(self) -> Iterator[tuple[str, str, Citation]]:
        """What is shown beside the advice: about missed doses, a second medicine, doses besides the schedule.

        What is on `switching` and `kidneys` is for clinicians."""
        cases = self._missed()
        yield from (("missed dose", case.sentence(), case.citation) for case in cases)
        yield from (("missed dose", says, citation) for says, citation in open_edges(cases))
        for restart in self.file.restart:
            if self._holds(restart.when):
                fact = self._restart(restart).fact()
                yield "missed dose", f"{fact.says[:1].upper()}{fact.says[1:]}.", self._citation(restart.cite)
        for one in self.file.linked:
            told = [f"{spanned(one.by.range())} at a time"] if one.by is not None else []
            told += [f"wait {one.wait}"] if one.wait is not None else []
            told += ["no number in the source"] if one.silent else []
            says = f"{one.medicine.capitalize()}: {one.says} ({'; '.join(told)}). It is not part of this schedule."
            yield "switching", says, self._citation(one.cite)
        for extra in self.file.supplement:
            if self._holds(extra.when):
                dose = spanned(extra.dose.range())
                says = f"After {extra.after}: {dose} besides. It is not part of this schedule."
                yield "kidneys", says, self._citation(extra.cite)

    def _citation(self, cite: Cite) -> Citation:
        return citation_of(self.file, cite)

    def _fitting(self) -> tuple[ScopeTable, ...]:
        return tuple(scope for scope in self.file.scopes if scope_of(scope.when).fits(self.patient))

    def _offered(self, product: ProductTable) -> bool:
        return product.when is None or scope_of(product.when).fits(self.patient) is True

    def _refusals(self, scopes: Sequence[ScopeTable]) -> tuple[Fact, ...]:
        ineligible = [e for e in self.file.eligible if scope_of(e.when).fits(self.patient) is False]
        return (
            *(Fact(f"this rule is for {e.says}", self._citation(e.cite)) for e in ineligible),
            *(Fact(scope.refuse, self._citation(scope.cite)) for scope in scopes if scope.refuse),
            *self._unestablished(scopes),
        )

    def _unestablished(self, scopes: Sequence[ScopeTable]) -> tuple[Fact, ...]:
        found = (scope for scope in scopes if scope.not_established)
        return tuple(Fact(f"not established: {scope.not_established}", self._citation(scope.cite)) for scope in found)

    def _silences(self, scopes: Sequence[ScopeTable]) -> Iterator[Fact]:
        """Where a source gives no number: what holds instead."""
        taper, stays = self.file.taper, self.file.maintenance
        if stays is not None and stays.silent:
            yield Fact("the source gives no number for what one stays on", self._citation(stays.cite))
        if taper.duration is not None and taper.duration.silent:
            yield Fact("the source gives no length of a taper", self._citation(taper.duration.cite))
        if taper.last is not None and taper.last.silent:
            yield Fact("the source names no dose from which one may stop", self._citation(taper.last.cite))
        for scope in scopes:
            for what in scope.silent:
                says = f"for {scope.name} the source gives no number ({what}); what holds for everybody holds here"
                yield Fact(says, self._citation(scope.cite))

    def _begins(self, found: tuple[StartTable, ...]) -> tuple[Start, ...]:
        """The starts. Raises `RequestError` where the source gives no number for one."""
        own = self.file.start
        if not found and own is not None and own.silent:
            title = self._citation(own.cite).source.title
            raise RequestError(
                f'The source "{title}" gives no number for a start, so the rule {self.id} begins nobody.',
                ('prescribe a first dose, and plan from it, for example --from "5 mg x3"',),
            )
        return tuple(self._start(table) for table in found)

    def _not_checked(self) -> tuple[str, ...]:
        tables = [*(e.when for e in self.file.eligible), *(s.when for s in self.file.scopes)]
        file = self.file
        whens = [*(p.when for p in file.products), *(g.when for g in file.gates), *(m.when for m in file.missed)]
        whens += [*(r.when for r in file.restart), *(s.when for s in file.supplement)]
        tables += [when for when in whens if when is not None]
        scopes = [scope_of(when) for when in tables]
        missing = {fact for scope in scopes for fact in scope.missing(self.patient)}
        if self.patient.taking is None and any(advice.with_ for advice in self.file.advice):
            missing.add("taking")
        return tuple(f"{name} (not given)" for fact, name in FACTS.items() if fact in missing)

    def _amount(self, quantity: Quantity, per: str) -> Quantity:
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

    def _range(self, table: RangeTable | None, per: str, cap: Quantity | None = None) -> Range | None:
        return None if table is None else table.range().map(lambda bound: self._capped(bound, per, cap))

    def _capped(self, bound: Quantity, per: str, cap: Quantity | None) -> Quantity:
        """A bound in the rule's unit; one by weight is never above `cap`."""
        amount = self._amount(bound, per)
        return amount if cap is None or not _by_kg(bound) else min(amount, cap.to(self.file.unit))

    def _start(self, table: StartTable) -> Start:
        start = Start(
            self._citation(table.cite),
            self._range(table.dose, "dose", table.cap),
            self._range(table.daily, "day", table.cap),
            _times(table.frequency),
            self._by_weight(table.cap, _top(table.dose), _top(table.daily)),
        )
        return start if table.response is None else self._response(table, start)

    def _by_weight(self, cap: Quantity | None, dose: Quantity | None, daily: Quantity | None) -> str | None:
        """The arithmetic of the bounds by weight; `None` where there is none."""
        told = []
        for bound, per, counted in ((dose, "dose", ""), (daily, "day", " a day")):
            if bound is not None and _by_kg(bound):
                amount, unit = self._amount(bound, per), bound.unit.split("/")[0]
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

    def _change(self, table: ChangeTable) -> Change:
        every = None if table.every.at_least is None else table.every.at_least.days
        longest = None if table.every.at_most is None else table.every.at_most.days
        shares = table.band is not None and any(bound.unit == "%" for bound in table.band.range().bounds)
        band = table.band.range() if shares and table.band is not None else self._range(table.band, "day")
        by = tuple(self._by(one) for one in table.by)
        return Change(by, every, self._citation(table.cite), band, table.every.silent, longest=longest)

    def _by(self, table: ByTable) -> By:
        most, exactly = table.most, table.exactly is not None
        if most is None or most.unit == "%":
            return By(most, table.per, table.of, exactly, table.at_least)
        least = None if table.at_least is None else self._amount(table.at_least, table.per)
        how = self._by_weight(table.cap, *((most, None) if table.per == "dose" else (None, most)))
        return By(self._capped(most, table.per, table.cap), table.per, table.of, exactly, least, how)

    def _rate(self, table: RateTable) -> Change:
        share = table.at_most.unit == "%"
        by = By(table.at_most if share else self._amount(table.at_most, "day"), "day", table.of)
        return Change((by,), None, self._citation(table.cite), within=table.within.days)

    def _ladder(self, scopes: Sequence[ScopeTable]) -> tuple[Rung, ...]:
        """The ladder of the scope that fits, or the rule's own. Two ways up at once cannot be gone."""
        given = [scope for scope in scopes if scope.ladder]
        if len(given) > 1:
            names = " and ".join(f'"{scope.name}"' for scope in given)
            raise RequestError(f"The rule {self.id} has a ladder of its own for {names}, and both fit this patient.")
        rungs = given[0].ladder if given else self.file.ladder
        usual = 1 if self.file.cycle is None else self.file.cycle.days
        return tuple(
            Rung(
                tuple(dose.to(self.file.unit) for _, dose in rung.doses),
                usual if rung.cycle is None else rung.cycle.days,
                None if rung.keep is None or rung.keep.at_least is None else rung.keep.at_least.days,
                self._citation(rung.cite),
                number,
                len(rungs),
                None if rung.keep is None or rung.keep.at_most is None else rung.keep.at_most.days,
            )
            for number, rung in enumerate(rungs, 1)
        )

    def _maintenance(self, table: MaintenanceTable) -> Maintenance:
        dose, daily = self._range(table.dose, "dose", table.cap), self._range(table.daily, "day", table.cap)
        how = self._by_weight(table.cap, _top(table.dose), _top(table.daily))
        return Maintenance(self._citation(table.cite), dose, daily, _times(table.frequency), how)

    def _maximum(self, table: MaximumTable) -> Maximum:
        dose = None if table.dose is None else self._capped(table.dose, "dose", table.cap)
        daily = None if table.daily is None else self._capped(table.daily, "day", table.cap)
        how = self._by_weight(table.cap, table.dose, table.daily)
        return Maximum(self._citation(table.cite), dose, daily, table.level, how, table.asks)

    def _frequency(self, table: FrequencyTable) -> Frequency:
        cycle = 1 if self.file.cycle is None else self.file.cycle.days
        times = Times(table.times.at_least, table.times.at_most, table.times.prefer, cycle)
        return Frequency(times, self._citation(table.cite), self._range(table.band, "day"))

    def _spacing(self, table: SpacingTable) -> Spacing:
        return Spacing(table.at_least.to("hours"), self._citation(table.cite), table.frequency)


def _times(table: TimesTable | None) -> Times | None:
    return None if table is None else Times(table.at_least, table.at_most)


def _by_kg(bound: Quantity) -> bool:
    return "kg" in bound.unit.split("/")[1:]


def _top(table: RangeTable | None) -> Quantity | None:
    return None if table is None else table.at_most
