"""All limits of a rule that hold for one patient.

For each kind of limit it is every one that applies. All of them have to be satisfied together, so where two scopes of
a rule both speak, the narrower one decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from titrate.frozen import dataclass
from titrate.guide import Gate, Look, Missed, Restart
from titrate.ladder import Rung, as_fact
from titrate.limit import (
    OFF_LABEL,
    By,
    Change,
    Frequency,
    LastStep,
    Maintenance,
    Maximum,
    Per,
    Spacing,
    Start,
    TaperDuration,
)
from titrate.product import Product
from titrate.pump import PumpFact
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import Slot
from titrate.scale import Scale
from titrate.source import Citation


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit that applies to one patient, in one unit of dose.

    `refusals` say why the patient is not one the rule is for (empty: they are); those of them that a prescriber may
    take on as an off-label use are also in `unestablished`. `not_checked` names what a scope needed and nobody gave;
    `slots` has a day's slots by frequency. `cycle` is for how many days each regimen goes before it
    begins again: 1 but for a drug taken once a week or so. `ladder` has the rungs of the way up where the source
    prints it so; above its last one `increase` holds. `descent` has those of the way down; above its first one
    `decrease` holds, and the drug stops after its last one.
    """

    unit: str
    products: tuple[Product, ...]
    slots: dict[int, tuple[Slot, ...]]
    slots_citation: Citation
    frequency: tuple[Frequency, ...]
    start: tuple[Start, ...]
    increase: tuple[Change, ...]
    maintenance: tuple[Maintenance, ...]
    maximum: tuple[Maximum, ...]
    spacing: tuple[Spacing, ...]
    decrease: tuple[Change, ...]
    taper_frequency: tuple[Frequency, ...]
    taper_duration: tuple[TaperDuration, ...]
    last_step: tuple[LastStep, ...]
    refusals: tuple[Fact, ...] = ()
    unestablished: tuple[Fact, ...] = ()
    cautions: tuple[Fact, ...] = ()
    not_checked: tuple[str, ...] = field(default=())
    cycle: int = 1
    gates: tuple[Gate, ...] = ()
    looks: tuple[Look, ...] = ()
    restarts: tuple[Restart, ...] = ()
    missed: tuple[Missed, ...] = ()
    pump: tuple[PumpFact, ...] = ()
    ladder: tuple[Rung, ...] = ()
    descent: tuple[Rung, ...] = ()

    def largest_dose(self) -> Quantity | None:
        """The largest single dose that any maximum leaves (a daily one bounds a dose too), or `None` without one."""
        bounds = [m.dose for m in self.maximum if m.bars and m.dose is not None]
        bounds += [m.daily for m in self.maximum if m.bars and m.daily is not None]
        return min(bounds, default=None)

    @property
    def beside_ladder(self) -> bool:
        """Whether the rule says how whoever is beside its ladder down falls and from where one stops there."""
        return bool(self.descent and self.decrease and self.last_step)

    def largest_daily(self) -> Quantity | None:
        """The largest daily dose, or `None` where only single doses are bounded."""
        bounds = [m.daily for m in self.maximum if m.bars and m.daily is not None]
        return min(bounds, default=None)

    def facts(self, rising: bool) -> tuple[Fact, ...]:
        """Every limit as a fact, those of a way up only if `rising`, each once."""
        up = (self.start, self.maintenance) if rising else ()
        found = [limit.fact() for limits in up for limit in limits]
        changes = ((self.increase, False),) if rising else ()
        for group, falling in (*changes, (self.decrease, True)):
            for change in group:
                size = None if any(by.at_most is None for by in change.by) else change.size(falling)
                found += [fact for fact in (size, change.stay()) if fact is not None]
        found += [as_fact(self.ladder)] if rising and self.ladder else []
        found += [as_fact(self.descent)] if self.descent else []
        rest = (self.maximum, self.frequency, self.spacing, self.taper_frequency, self.taper_duration, self.last_step)
        found += [limit.fact() for limits in rest for limit in limits]
        return tuple(dict.fromkeys(found))

    def on_scale(self, measure: Scale | None) -> Limits:
        """These limits with liquids drawn up by `measure`; the rule's own measures where it is `None`."""
        if measure is None:
            return self
        drawn = (replace(p, measure=measure) if p.measure is not None else p for p in self.products)
        return replace(self, products=tuple(drawn))

    def approved(self, given: Mapping[str, str]) -> Limits:
        """These limits where what the source asks for was given: `given` says by whom, under what it is (lower case).

        Maxima that ask for it bar no more. What is not established is a caution instead of a refusal where somebody
        has taken on the `OFF_LABEL` use.
        """
        maximum = tuple(
            m if m.asks is None else replace(m, approved_by=given.get(m.asks.casefold())) for m in self.maximum
        )
        taken_on = given.get(OFF_LABEL)
        if taken_on is None:
            return replace(self, maximum=maximum)
        refusals = tuple(fact for fact in self.refusals if fact not in self.unestablished)
        cautions = tuple(
            replace(fact, says=f"{fact.says}; {OFF_LABEL}, taken on by {taken_on}") for fact in self.unestablished
        )
        return replace(self, maximum=maximum, refusals=refusals, cautions=(*cautions, *self.cautions))

    def paced(self, by: Quantity | None, every: int | None, citation: Citation) -> Limits:
        """These limits together with the prescriber's own pace, which fills in what the rule is silent about.

        `by` is an amount per dose (`mg/dose`), per day (`mg/day`), a percentage, or a plain amount, which is read
        the way the rule counts its own. The rule's limits stay; so the pace can only become slower or smaller.
        """
        return replace(
            self,
            increase=_paced(self.increase, self.unit, by, every, citation),
            decrease=_paced(self.decrease, self.unit, by, every, citation),
        )


def _paced(
    changes: tuple[Change, ...], unit: str, by: Quantity | None, every: int | None, citation: Citation
) -> tuple[Change, ...]:
    if not changes or (by is None and every is None):
        return changes
    bys = () if by is None else (_read_by(by, unit, changes[0].by[0].per),)
    spoken = tuple(
        replace(
            change,
            by=tuple(b for b in change.by if b.at_most is not None or not bys),
            silent_every=change.silent_every and every is None,
        )
        for change in changes
    )
    return (*spoken, Change(bys, every, citation))


def _read_by(by: Quantity, unit: str, per: Per) -> By:
    amount, _, counted = by.unit.partition("/")
    if counted not in ("", "day", "dose"):
        raise ValueError(f"{by} is counted neither per day nor per dose")
    meant: Per = "day" if counted == "day" else "dose" if counted == "dose" else per
    plain = Quantity(by.amount, amount)
    return By(plain if amount == "%" else plain.to(unit), meant)
