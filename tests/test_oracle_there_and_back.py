"""Up one ladder, a stay, and down another one, against the slow and obvious planner for ladders down.

Up there is one way: every rung in turn for as long as it has to be. From each of its doses there has to be a way to
nothing, which the ladder down, the falls above it, or the falls beside it are. Planner and verifier share only the
value types with what is worked out here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.strategies import ISSUED, START
from tests.test_ladder import CITE
from tests.test_oracle_descents import Expected, Lead, Obvious, Rung, Sketch, compared, read, seldom, sketches
from titrate.days import Duration, plus
from titrate.regimen import Pattern
from titrate.request import Request

DEEP = os.environ.get("TITRATE_DEEP") == "1"


@dataclass(frozen=True)
class Climb:
    """A rule with a ladder up (`up`: mg once a day, and the days that it is kept at least) beside a ladder down, and
    the way up it to rung `aim`, from nothing or from rung `begin`, which has been taken for `held` days if that is
    known. It is stayed on, for `stay` days before a taper if any are given."""

    down: Sketch
    up: tuple[tuple[int, int], ...]
    aim: int
    begin: int | None = None
    held: int | None = None

    def text(self) -> str:
        """The rule file."""
        tables = ['[maintenance]\ndose = { at-least = "1 mg" }\n']
        tables += [
            f'[[ladder]]\ntake = "evening {mg} mg"\nkeep = {{ at-least = "{keep} days" }}\n' for mg, keep in self.up
        ]
        return self.down.text() + "".join(table + CITE for table in tables)

    def request(self) -> Request:
        """What is asked of it."""
        request = Request(
            rule="sketch", goal="plan", start=START, issued=ISSUED,
            current=None if self.begin is None else Pattern.parse(f"{self.up[self.begin][0]} mg x1"),
            since=None if self.held is None else plus(START, -self.held),
            target=Pattern.parse(f"{self.up[self.aim][0]} mg x1"),
            maintain=None if self.down.stay is None else Duration(self.down.stay, "day"),
            then_stop=self.down.stay is not None,
            every=None if self.down.pace is None else Duration(self.down.pace, "day"),
            finish_by=None if self.down.end is None else plus(START, self.down.end),
        )  # fmt: skip
        request.check()
        return request

    def best(self, obvious: Obvious) -> Expected | None:
        """What is expected; `None` where there is nothing."""
        keeps = [max(keep, self.down.pace or 0) for _, keep in self.up]
        first = 0 if self.begin is None else self.begin + 1
        if self.begin is not None:
            if Fraction(self.up[self.begin][0]) not in obvious.whole_range:
                return None  # what no product makes was mistyped
            if self.begin != self.aim and self.held is not None and self.held < keeps[self.begin]:
                return None
        on_the_way = [
            (((mg,),), keep) for (mg, _), keep in zip(self.up[first : self.aim], keeps[first : self.aim], strict=True)
        ]
        target = ((self.up[self.aim][0],),)
        if not all(self.leads_out(obvious, mg) for mg, _ in self.up[min(first, self.aim) : self.aim + 1]):
            return None
        if self.down.stay is None:
            return Expected([*on_the_way, (target, None)], len(on_the_way) + 1)
        spent = sum(keep for _, keep in on_the_way) + self.down.stay
        off = obvious.off(target, self.down.stay, spent)
        if off is None:
            return None
        return Expected([*on_the_way, (target, self.down.stay), *off.parts], len(on_the_way) + 1, off.total)

    def leads_out(self, obvious: Obvious, mg: int) -> bool:
        """Whether a dose can be made and one can go from it to nothing, however long that takes."""
        ladder, taken = self.down.ladder, ((mg,),)
        if Fraction(mg) not in obvious.cost:
            return False
        beside, on = obvious.beside(taken), obvious.on(taken)
        if beside is not None:
            return obvious.leads_out(beside)
        led = on is not None or obvious.lead(taken, None, ladder[0].days) is not None
        return led and all(map(obvious.made, ladder[on or 0 :]))


@st.composite
def climbs(draw: st.DrawFn) -> Climb:
    """One to four rungs up, of doses that mostly are rungs of the ladder down too."""
    down = draw(sketches())
    single = {rung.days[0][0] for rung in down.ladder if len(rung.days) == len(rung.days[0]) == 1}
    made = [mg for mg in range(1, 15) if any(mg * pieces % size == 0 for size, pieces in down.tablets)]
    doses = st.integers(1, 14) if draw(seldom) and draw(seldom) else st.sampled_from(made)
    up = sorted(draw(st.sets(st.sampled_from(sorted(single)) | doses if single else doses, min_size=1, max_size=4)))
    begin = draw(st.integers(0, len(up) - 1)) if draw(seldom) else None
    return Climb(
        replace(down, target=None, held=None, stay=draw(st.integers(1, 9)) if draw(st.booleans()) else None),
        tuple((mg, draw(st.integers(1, 9))) for mg in up),
        aim=draw(st.integers(begin or 0, len(up) - 1)),
        begin=begin,
        held=draw(st.integers(1, 9)) if begin is not None and draw(st.booleans()) else None,
    )


def agreed(climb: Climb) -> Expected | None:
    """What both say there is; fails where they differ."""
    climb = climb if climb.down.stay is not None else replace(climb, down=replace(climb.down, end=None))
    rule = read(climb.text())
    assert rule is not None
    obvious = Obvious(replace(climb.down, target=(climb.up[climb.aim][0],)), rule)
    return compared(rule, climb.request(), obvious, climb.best(obvious))


@settings(max_examples=1500 if DEEP else 100, deadline=None, suppress_health_check=list(HealthCheck))
@given(climbs())
def test_up_one_ladder_and_down_another_the_planner_finds_the_best_or_there_is_nothing(climb: Climb) -> None:
    assume(read(climb.text()) is not None)
    best = agreed(climb)
    event("refused" if best is None else "up" if best.total is None else "up and down")


def test_of_a_dose_of_every_day_beside_a_ladder_of_every_other_day_the_proof_sees_the_way_out() -> None:
    """2 mg a day do not lead to 2 mg every 2 days, and one may stop from them."""
    down = Sketch(((2, 1),), 20, (Rung(((2,), ()), 1),), current=((2,),), by=2, last=2)
    assert agreed(Climb(down, ((2, 1),), aim=0)) == Expected([(((2,),), None)], 1)
    assert agreed(Climb(replace(down, last=None), ((2, 1),), aim=0)) is None


def test_up_and_down_by_hand() -> None:
    """Up: 2 mg for 3 days, 4 mg for 2, then 8 mg for 5; down by at most 2 mg every 2 days to the ladder down: 6 mg
    for 2 days, 4 mg for 3, 4 mg every 2 days for 6. The taper takes 2 + 3 + 6 days, the last of them without a dose.
    From 2 mg, beside the ladder down, one may stop; if not, nobody may be brought there."""
    ladder = (Rung(((4,),), 3), Rung(((4,), ()), 6))
    down = Sketch(((2, 1),), 20, ladder, current=((4,),), by=2, every=2, last=2, stay=5)
    best = agreed(Climb(down, ((2, 3), (4, 2), (8, 4)), aim=2))
    assert best is not None
    assert best.parts == [
        (((2,),), 3), (((4,),), 2), (((8,),), 5), Lead(8, 4, (2, Fraction(1, 3), 1, 0, 3)), (((4,),), 3),
        (((4,), ()), 6), (((),), 1),
    ]  # fmt: skip
    assert best.total == 11
    assert agreed(Climb(replace(down, last=None), ((2, 3), (4, 2), (8, 4)), aim=2)) is None
    assert agreed(Climb(down, ((2, 3), (4, 2), (8, 4)), aim=2, begin=0, held=2)) is None
    # Where no fall above the ladder is named.
    assert agreed(Climb(replace(down, by=None), ((2, 3), (4, 2), (8, 4)), aim=2)) is None
    assert agreed(Climb(replace(down, by=None), ((4, 2),), aim=0)) is not None
