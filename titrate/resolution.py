"""What a rule file says for one patient: which scopes fit, and every bound in the unit of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from titrate import scale
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.guide import Gate, Look, Missed, Restart, hours, open_edges, spanned
from titrate.limit import LastStep, Start, TaperDuration
from titrate.limits import Limits
from titrate.patient import EXAMPLES, FACTS, UNITS, Condition, Patient, Scope
from titrate.product import Product
from titrate.pump import PumpFact
from titrate.quantity import Range
from titrate.reason import Fact
from titrate.rulederived import Bounded
from titrate.rulereading import Reading, citation_of
from titrate.source import Citation

if TYPE_CHECKING:
    from titrate.ruleformat.box import ProductTable
    from titrate.ruleformat.file import RuleFile
    from titrate.ruleformat.guide import GateTable, RestartTable
    from titrate.ruleformat.ladder import RungTable
    from titrate.ruleformat.limit import StartTable
    from titrate.ruleformat.scope import ScopeTable
    from titrate.ruleformat.taper import TaperTable
    from titrate.ruleformat.value import Cite
    from titrate.ruleformat.when import When

# What a `when` may hold, in the order in which it is told.
CONDITIONS = (
    "age", "weight", "creatinine_clearance", "egfr", "dialysis", "taking", "not_taking", "setting", "origin",
)  # fmt: skip
_PARTS = {"no": 1, "halves": 2, "thirds": 3, "quarters": 4}


def scope_of(when: When) -> Scope:
    """The conditions of a `when`, in the units in which the facts of a patient are kept."""
    conditions = []
    for fact in CONDITIONS:
        value: Any = getattr(when, fact)
        if value is None:
            continue
        if fact == "not_taking":
            conditions.append(Condition("taking", words=value, none=True))
        elif isinstance(value, Bounded):
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

    @property
    def reading(self) -> Reading:
        """The tables of limits, read for the patient."""
        return Reading(self.id, self.file, self.patient)

    def limits(self, starting: bool) -> Limits:
        """Every limit that holds for the patient; see `Rule.limits_for`."""
        for fact in (name.replace("-", "_") for name in self.file.needs):
            if getattr(self.patient, fact) is None:
                raise RequestError(
                    f"The rule {self.id} decides by this, and it was not given: {FACTS[fact]}.",
                    (f"say it, for example {EXAMPLES[fact]}",),
                )
        file, scopes, read = self.file, self._fitting(), self.reading
        unsuitable = {form for scope in scopes for form in scope.unsuitable}
        products = tuple(product_of(p) for p in file.products if p.form not in unsuitable and self._offered(p))
        return Limits(
            unit=file.unit,
            products=products,
            slots=file.slots.day,
            slots_citation=self._citation(file.slots.cite),
            frequency=tuple(map(read.frequency, _chosen(file.frequency, "frequency", scopes))),
            start=self._begins(_chosen(file.start, "start", scopes)) if starting else (),
            increase=tuple(map(read.change, _chosen(file.increase, "increase", scopes))),
            ladder=read.rungs(self._ladder(file.ladder, scopes, scopes), products, down=False),
            cycle=1 if file.cycle is None else file.cycle.days,
            maintenance=tuple(map(read.maintenance, _chosen(file.maintenance, "maintenance", scopes))),
            maximum=tuple(map(read.maximum, _chosen(file.maximum, "maximum", scopes))),
            spacing=tuple(map(read.spacing, _chosen(file.spacing, "spacing", scopes))),
            **self._falling(scopes, products),
            **self._of_people(scopes),
        )

    def _falling(self, scopes: Sequence[ScopeTable], products: tuple[Product, ...]) -> dict[str, Any]:
        """The limits of a taper."""
        taper, read = self.file.taper, self.reading
        tapers = [scope.taper for scope in scopes if scope.taper is not None]
        often = taper.frequency or self.file.frequency
        lengths, lasts = (_chosen(getattr(taper, name), name, tapers) for name in ("duration", "last"))
        return {
            "decrease": (
                *map(read.change, _chosen(taper.decrease, "decrease", tapers)),
                *map(read.rate, _chosen(taper.rate, "rate", tapers)),
            ),
            "descent": read.rungs(self._ladder(taper.ladder, tapers, scopes), products, down=True),
            "taper_frequency": tuple(map(read.frequency, _chosen(often, "frequency", tapers))),
            "taper_duration": tuple(TaperDuration(t.at_least.days, self._citation(t.cite)) for t in lengths),
            "last_step": tuple(LastStep(read.amount(t.daily, "day"), self._citation(t.cite)) for t in lasts),
        }

    def _of_people(self, scopes: Sequence[ScopeTable]) -> dict[str, Any]:
        """Who the rule is for, and what people confirm and decide."""
        file = self.file
        return {
            "refusals": self._refusals(scopes),
            "unestablished": self._unestablished(scopes),
            "cautions": (
                *(Fact(s.caution, self._citation(s.cite)) for s in scopes if s.caution),
                *self._silences(scopes),
            ),
            "not_checked": self._not_checked(),
            "gates": tuple(self._gate(t) for t in file.gates if self._holds(t.when)),
            "looks": tuple(
                Look(t.since, t.after.days, t.until.days if t.until else None, t.says, self._citation(t.cite))
                for t in file.looks
            ),
            "restarts": tuple(self._restart(t) for t in file.restart if self._holds(t.when)),
            "missed": self._missed(),
            "pump": tuple(PumpFact(t.what, t.model, t.value, self._citation(t.cite)) for t in file.pump),
        }

    def _ladder(
        self, own: tuple[RungTable, ...], tables: Sequence[ScopeTable | TaperTable], scopes: Sequence[ScopeTable]
    ) -> tuple[RungTable, ...]:
        """The ladder of the scope that fits, or the rule's own. Two ways at once cannot be gone."""
        given = [table for table in tables if table.ladder]
        if len(given) > 1:
            fitting = [s.name for s in scopes if s in given or s.taper in given]
            names = " and ".join(f'"{name}"' for name in fitting)
            raise RequestError(f"The rule {self.id} has a ladder of its own for {names}, and both fit this patient.")
        return given[0].ladder if given else own

    def _holds(self, when: When | None) -> bool:
        return when is None or scope_of(when).fits(self.patient) is True

    def _gate(self, table: GateTable) -> Gate:
        return Gate(table.before, table.says, self._citation(table.cite), self.reading.range(table.band, "day"))

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
        for table in self.file.maximum:
            if table.silent:
                yield Fact("the source names no largest dose", self._citation(table.cite))
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
        return tuple(self.reading.start(table) for table in found)

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


def _chosen(base: Any, name: str, tables: Iterable[Any]) -> tuple[Any, ...]:
    """What the scopes that fit say of a kind of limit; what the rule says (`base`) where they do not."""
    found = [getattr(table, name) for table in tables if getattr(table, name)]
    flat = [one for value in found or [base] for one in (value if isinstance(value, tuple) else (value,))]
    spoken = tuple(one for one in flat if one is not None and not getattr(one, "silent", False))
    if found and not spoken:  # no number for these patients: the rule's own holds
        return _chosen(base, name, ())
    return spoken
