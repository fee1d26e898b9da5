"""Law 10: from every day a taper leads to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from fractions import Fraction
from itertools import product as combinations_of

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import build
from tests.verify.ladder import (
    FALLS,
    LADDER,
    LADDER_RULE,
    LAST,
    ORIGINAL,
    PUMP,
    STAYS,
    TAPERED,
    TAPERED_UP_TO_3,
    doses,
    laws,
    q,
    rule_of,
    schedule,
    swapped,
)
from titrate.limit import By, Change, Frequency, LastStep, Times
from titrate.quantity import Quantity, Range
from titrate.regimen import Administration, Regimen, Slot
from titrate.verifier import verify, wayout
from titrate.verifier.change import Doses, Turns, applicable, within
from titrate.verifier.ending import check_way_out
from titrate.verifier.wayout import WaysOut


def test_way_out_tablets_too_coarse_to_fall_by_5_mg() -> None:
    """20 mg tablets in halves make 10 mg steps; a dose may fall by 5 mg. With halves of 10 mg it can."""
    for hand, found in ((("20mg",), [("way out", "2026-12-01")]), (("20mg", "10mg"), [])):
        made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", products=hand)
        assert laws(made, LADDER_RULE) == found


@pytest.mark.parametrize(("last", "found"), [(4, []), (3, [("way out", "2026-12-01"), ("way out", "2026-12-02")])])
def test_way_out_a_percentage_gets_stuck_on_a_coarse_grid(last: int, found: list[tuple[str, str]]) -> None:
    """20 % of 5 is 1, so 4 can be reached in steps of 1; 20 % of 4 is less than 1, so 3 cannot."""
    rule = rule_of(PUMP, ('daily = "50 micrograms"', f'daily = "{last} micrograms"'))
    made = schedule(rule, "1 titration 100 micrograms/day", "open maintenance 130 micrograms/day")
    assert laws(made, rule) == found


def test_way_out_the_pace_of_the_request_does_not_close_it() -> None:
    """By 2.5 mg a dose a patient on 5 mg tablets could not rise at all; down the rule's own 5 mg count."""
    made = schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10 mg x3", by=q("2.5 mg"))
    assert laws(made, LADDER_RULE) == []


def test_way_out_where_the_rule_is_silent_the_pace_of_the_request_counts() -> None:
    silent = rule_of(LADDER, (FALLS, "[[taper.decrease]]\nby = { silent = true }\n"))
    for by, found in ((None, [("way out", "2026-12-01")]), ("5 mg", []), ("4 mg", [("way out", "2026-12-01")])):
        made = schedule(silent, "open maintenance 10 mg x3", current="10 mg x3", by=None if by is None else q(by))
        assert laws(made, silent) == found


def test_way_out_where_the_rule_is_silent_about_the_day() -> None:
    silent = rule_of(LADDER, (FALLS, '[[taper.decrease]]\nby = { silent = true, per = "day" }\n'))
    made = schedule(silent, "open maintenance 10 mg x3", current="10 mg x3")
    assert laws(made, silent) == [("way out", "2026-12-01")]


def test_way_out_the_pace_of_the_request_is_not_another_limit_of_the_rule() -> None:
    """Silent about a dose, 15 mg a day at most: 5 mg tablets fall by 5 mg, not by the 4 mg that were asked for."""
    day = (
        '[[taper.decrease]]\nby = { at-most = "15 mg", per = "day" }\nevery = { at-least = "3 days" }\ncite = CITE\n\n'
    )
    silent = rule_of(
        LADDER,
        (FALLS, "[[taper.decrease]]\nby = { silent = true }\n"),
        ("[taper.duration]", day + "[taper.duration]"),
    )
    for by, found in (("5 mg", []), ("4 mg", [("way out", "2026-12-01")])):
        made = schedule(silent, "open maintenance 10 mg x3", current="10 mg x3", by=q(by))
        assert laws(made, silent) == found


def test_way_out_percent_of_the_original_is_of_the_regimen_itself() -> None:
    """25 % of 30 mg a day is 7.5 mg, a tablet of 5 mg; 25 % of 15 mg is 3.75 mg, and a tablet is too much."""
    for current, last, found in (("10 mg x3", 5, []), ("5 mg x3", 5, ["way out"]), ("5 mg x3", 15, [])):
        rule = rule_of(LADDER, ORIGINAL[0], (LAST, LAST.replace("5", str(last))),
                       ('dose = { at-least = "10 mg"', 'dose = { at-least = "5 mg"'))  # fmt: skip
        made = schedule(rule, f"open maintenance {current}", current=current)
        assert laws(made, rule) == [(law, "2026-12-01") for law in found]


@pytest.mark.parametrize(
    ("regimen", "tapers"),
    [
        ("20 mg x2", TAPERED),  # fewer doses than one may stay on, and not too few for a taper
        ("20 mg x1", TAPERED.replace("1", "2")),  # fewer than a taper has at least: one that begins so goes on so
        (
            "20 mg x2",
            TAPERED.replace("times = { at-least = 1", 'band = { at-least = "15 mg" }\ntimes = { at-least = 3'),
        ),
    ],
)
def test_way_out_from_fewer_doses_than_one_may_stay_on(regimen: str, tapers: str) -> None:
    """20 mg tablets in halves do not fall by 5 mg; the number of doses is a finding of its own."""
    rule = rule_of(LADDER, (TAPERED, tapers))
    made = schedule(rule, f"open maintenance {regimen}", current=regimen, products=("20mg",))
    day = "2026-12-01"
    assert laws(made, rule) == [("frequency", day), ("maintenance", day), ("way out", day)]


def test_way_out_is_not_looked_for_where_a_dose_is_nothing() -> None:
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", products=("20mg",))
    first, second, _ = made.steps[0].regimen.administrations
    night = Administration(Slot("night", time(23, 59)), q("0 mg"), ())
    found = laws(swapped(made, 1, regimen=Regimen("mg", (first, second, night))), LADDER_RULE)
    assert "makeable" in [law for law, _ in found]
    assert "way out" not in [law for law, _ in found]


def test_way_out_from_a_dose_of_one_milligram() -> None:
    """Three doses a day at least, of 1 mg at least: 3 mg a day is the bottom, and one may stop from 2 mg at most."""
    syrup = '[[products]]\nname = "syrup"\nform = "liquid"\nstrength = "1 mg/mL"\nmeasure = "1 mL"'
    five = '[[products]]\nname = "5mg"\nform = "tablet"\nstrength = "5 mg"'
    rule = rule_of(LADDER, (five, syrup), (LAST, LAST.replace("5", "2")), (TAPERED, "[taper.frequency]\ntimes = 3"),
                   (STAYS, STAYS.replace("10 mg", "1 mg")))  # fmt: skip
    made = schedule(rule, "open maintenance 1 mg x3", current="1 mg x3")
    assert laws(made, rule) == [("way out", "2026-12-01")]


def test_way_out_fewer_doses_than_a_taper_may_have_are_not_passed_through() -> None:
    """Three doses a day at least, and 5 mg a day at most before nothing: 5 mg three times a day is the bottom."""
    three = (TAPERED, "[taper.frequency]\ntimes = 3")
    for last, found in ((15, []), (14, [("way out", "2026-12-01")])):
        rule = rule_of(LADDER, three, (LAST, LAST.replace("5", str(last))))
        made = schedule(rule, "open maintenance 20 mg x3", current="20 mg x3")
        assert laws(made, rule) == found


def test_way_out_from_more_doses_a_day_than_a_taper_may_have() -> None:
    """The fourth dose has to go at once: 5 mg may, 10 mg may not."""
    rule = rule_of(LADDER, TAPERED_UP_TO_3, (STAYS, STAYS.replace("10 mg", "5 mg")))
    for regimen, found in (("10/10/10/5 mg", []), ("10 mg x4", [("way out", "2026-12-01")])):
        made = schedule(rule, f"open maintenance {regimen}", current=regimen)
        assert laws(made, rule) == found


def _search(made: tuple[int, ...], last: int, *falls: Change) -> WaysOut:
    often = Frequency(Times(1, 2), build.STATED)
    return WaysOut("mg", falls, (LastStep(q(f"{last} mg"), build.STATED),), doses(*made), (often,))


def test_way_out_the_order_matters_under_a_share_of_the_day() -> None:
    """Half of a day. 3/1 mg: without the 1 mg, 3 to 1 is two thirds. But 3/1 to 1/1 is half, and then 1/1 to 1 is."""
    half = Change((By(q("50 %"), "day"),), None, build.STATED)
    assert _search((1, 3), 1, half).exists(doses(3, 1))
    assert not _search((1, 3), 1, half).exists(doses(3))


def test_way_out_the_order_matters_around_a_band() -> None:
    """2 mg a dose, but 1 mg on coming to or passing 6 mg a day. From 6/3 mg the 6 has to fall first: 4/3, 4/2,
    3/2, 2/2. With 6/2 mg, at 8 mg a day, nothing goes any more: 4/2 and 6 are both 2 mg down onto 6 mg a day."""
    free = Change((By(q("2 mg"), "dose"),), None, build.STATED)
    slow = Change((By(q("1 mg"), "dose"),), None, build.STATED, Range.exactly(q("6 mg")))
    assert _search((2, 3, 4, 6), 4, free, slow).exists(doses(6, 3))
    assert not _search((2, 3, 4, 6), 4, free, slow).exists(doses(6, 2))


def test_way_out_a_search_that_is_cut_off_finds_none_and_settles_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    step = Change((By(q("1 mg"), "dose"),), None, build.STATED)
    search = _search(tuple(range(1, 10)), 1, step)
    monkeypatch.setattr(wayout, "LARGEST_SEARCH", 5)
    assert not search.exists(doses(9))
    assert search.exists(doses(5))  # four falls; on the way of the search before
    assert search.exists(doses(6))  # one more fall, and then it is known


def _obvious(regimen: Doses, search: WaysOut, original: Doses, known: dict[Doses, bool]) -> bool:
    """The same question, asked of every lower regimen there is, one by one; asked twice, answered once."""
    if regimen not in known:
        known[regimen] = _stops(regimen, search, original) or any(
            within(_bys(search, regimen, lower), regimen, lower, original) and _obvious(lower, search, original, known)
            for lower in _lower_regimens(regimen, search, len(original))
        )
    return known[regimen]


def _stops(regimen: Doses, search: WaysOut, original: Doses) -> bool:
    if search.last:
        return all(sum(regimen) <= step.daily.amount for step in search.last)
    return within(_bys(search, regimen, ()), regimen, (), original)


def _lower_regimens(regimen: Doses, search: WaysOut, begun: int) -> Iterator[Doses]:
    choices = [(Fraction(0), *(made for made in search.grades if made <= dose)) for dose in regimen]
    for choice in combinations_of(*choices):
        lower = tuple(dose for dose in choice if dose)
        daily = Quantity(Fraction(sum(lower)), "mg")
        if lower and lower != regimen and all(limit.allows(len(lower), daily, begun) for limit in search.frequency):
            yield lower


def _bys(search: WaysOut, before: Doses, after: Doses) -> list[By]:
    limits = applicable(search.falls, Fraction(sum(before)), Fraction(sum(after)), Fraction(sum(before)))
    return [by for limit in limits for by in limit.by]


_shares = st.sampled_from((10, 20, 25, 34, 50, 67, 100)).map(lambda n: q(f"{n} %"))
_amounts = st.one_of(st.integers(1, 8).map(lambda n: q(f"{n} mg")), _shares)
_one_by = st.builds(By, _amounts, st.sampled_from(("dose", "day")), st.sampled_from(("current", "original")))
_band = st.one_of(
    st.none(),
    st.integers(1, 15).map(lambda n: Range(at_most=q(f"{n} mg"))),
    st.integers(1, 15).map(lambda n: Range(above=q(f"{n} mg"))),
)


@given(
    bounds=st.lists(_one_by, min_size=2, max_size=3),
    before=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    after=st.lists(st.integers(1, 9), min_size=1, max_size=4),
)
def test_bounds_that_hold_one_by_one_hold_together(bounds: list[By], before: list[int], after: list[int]) -> None:
    change = (doses(*before), doses(*after), doses(*before))
    assert within(bounds, *change) == all(within((by,), *change) for by in bounds)


_falls = st.lists(
    st.builds(Change, st.lists(_one_by, min_size=1, max_size=2).map(tuple), st.none(), st.just(build.STATED), _band),
    min_size=1,
    max_size=3,
).map(tuple)


@settings(deadline=None)  # the slow side is slow on purpose
@given(
    falls=_falls,
    last=st.one_of(st.just(()), st.integers(0, 9).map(lambda n: (LastStep(q(f"{n} mg"), build.STATED),))),
    made=st.sets(st.integers(1, 9), min_size=1, max_size=5),
    times=st.tuples(st.integers(1, 2), st.integers(2, 3)),
    band=_band,
    regimen=st.lists(st.integers(1, 9), min_size=1, max_size=3).map(lambda amounts: doses(*amounts)),
)
def test_way_out_in_smallest_portions_is_as_good_as_in_any(
    falls: tuple[Change, ...],
    last: tuple[LastStep, ...],
    made: set[int],
    times: tuple[int, int],
    band: Range | None,
    regimen: Doses,
) -> None:
    frequency = Frequency(Times(*times), build.STATED, band)
    search = WaysOut("mg", falls, last, doses(*sorted(made)), (frequency,))
    assert search.exists(regimen) == _obvious(regimen, search, regimen, {})


def test_way_out_with_as_few_doses_as_the_taper_began_with() -> None:
    """Two doses a day at least. One dose of 3 mg goes on as one dose, to 2 and 1 mg. Two doses of 1 mg do not become
    one, though from 1 mg a day the drug may be stopped."""
    step = Change((By(q("1 mg"), "dose"),), None, build.STATED)
    two = Frequency(Times(2, 3), build.STATED)
    search = WaysOut("mg", (step,), (LastStep(q("1 mg"), build.STATED),), doses(1, 2, 3), (two,))
    assert search.exists(doses(3))
    assert not search.exists(doses(1, 1))


def test_way_out_with_as_many_pieces_as_may_be_taken() -> None:
    """From 20 mg a dose may fall to 15 mg: one and a half tablets of 10 mg, two pieces. With one there is no way."""
    for most, found in ((2, []), (1, [("way out", "2026-12-01")])):
        made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", max_pieces=most)
        assert laws(made, LADDER_RULE) == found


def test_way_out_is_not_looked_for_on_a_taper_nor_from_more_doses_than_there_may_be() -> None:
    """With halves of 20 mg no dose falls by 5 mg. Falls that are too large, and too many doses, are found as such."""
    down = schedule(LADDER_RULE, "3 taper 10 mg x3", "stop", goal="taper", current="20 mg x3", products=("20mg",))
    assert verify(down, LADDER_RULE, (check_way_out,)).findings == ()
    four = schedule(LADDER_RULE, "open maintenance 20 mg x4", current="20 mg x4", products=("20mg",))
    assert [one.law for one in verify(four, LADDER_RULE, (check_way_out,)).findings] == ["way out"]
    given = four.steps[0].regimen.administrations
    fifth = Administration(Slot("night", time(23, 59)), given[0].dose, given[0].pieces)
    five = swapped(four, 1, regimen=Regimen("mg", (*given, fifth)))
    assert verify(five, LADDER_RULE, (check_way_out,)).findings == ()


def _to_ladder(made: tuple[int, ...], last: int | None, *ladder: tuple[int, ...]) -> WaysOut:
    """Falls by 5 mg a dose; one may stop from `last` mg a day, or only after the ladder."""
    five = Change((By(q("5 mg"), "dose"),), None, build.STATED)
    stop = () if last is None else (LastStep(q(f"{last} mg"), build.STATED),)
    rungs = tuple(doses(*rung) for rung in ladder)
    return WaysOut("mg", (five,), stop, doses(*made), (Frequency(Times(1, 3), build.STATED),), rungs)


def test_way_out_is_along_the_ladder_from_each_of_its_rungs() -> None:
    search = _to_ladder((3, 5, 10, 15), None, (10, 10), (10,), (5,))
    assert all(search.exists(doses(*rung)) for rung in ((10, 10), (10,), (5,)))
    assert search.exists(doses(15, 15))  # to 10/10 mg, the first rung, whichever dose falls first
    assert not search.exists(doses(3))  # below the ladder, where nothing is said of how to stop
    assert not search.exists(doses(10, 5))
    assert _to_ladder((10, 15), None, (10,)).exists(doses(15))
    assert not _to_ladder((10, 15), None, (10,), (5,)).exists(doses(15))  # the second rung cannot be made


def test_way_out_beside_a_ladder_one_stops_only_from_below_it() -> None:
    """One may stop from 20 mg a day; above the first rung, of 10 mg, the ladder goes first."""
    assert _to_ladder((3, 5, 10, 15), 20, (10,), (5,)).exists(doses(3))
    assert _to_ladder((5, 10, 15), 20, (10,), (5,)).exists(doses(15))
    assert not _to_ladder((10, 15), 20, (10,), (5,)).exists(doses(15))
    assert not _to_ladder((3, 5, 10), 2, (10,), (5,)).exists(doses(3))


def test_way_out_in_a_cycle_a_days_only_dose_is_left_out_where_there_is_no_lower_one() -> None:
    """5 mg every day is 5 mg every second day, an average of 2.5 mg, from which one may stop."""
    five = Change((By(q("5 mg"), "dose"),), None, build.STATED)
    search = WaysOut("mg", (five,), (LastStep(q("2.5 mg"), build.STATED),), doses(5), ())
    assert search.exists(Turns((doses(5), doses(5))))
    assert not search.exists(doses(5))


_HALF_DAY = (Change((By(q("50 %"), "day"),), None, build.STATED),)
_HALF_OF_FIRST = (Change((By(q("50 %"), "day", "original"),), None, build.STATED),)
_BAND = (
    Change((By(q("2 mg"), "dose"),), None, build.STATED),
    Change((By(q("1 mg"), "dose"),), None, build.STATED, Range.exactly(q("6 mg"))),
)


# Whoever comes to 3 mg a day comes there by a third at most: a way to 3/3 mg and on is a blind one.
_BLIND = (Change((By(q("34 %"), "dose"),), None, build.STATED, Range.exactly(q("3 mg"))),)


@pytest.mark.parametrize("falls", [_HALF_DAY, _HALF_OF_FIRST, _BAND, _BLIND])
@pytest.mark.parametrize(
    ("made", "last"), [((1, 3), 1), ((1, 5, 8), 1), ((2, 3, 4, 6), 4), ((1, 4, 6), 2), ((3, 4, 6, 8), 3)]
)
def test_way_out_is_the_same_whatever_was_asked_before(
    falls: tuple[Change, ...], made: tuple[int, ...], last: int
) -> None:
    """What was found on the way is kept; each answer is the one of a search that knows nothing yet."""
    regimens = [doses(*one) for n in (1, 2) for one in combinations_of(made, repeat=n)]
    fresh = {one: _search(made, last, *falls).exists(one) for one in regimens}
    for order in (regimens, regimens[::-1], sorted(regimens, key=sum), sorted(regimens, key=sum, reverse=True)):
        search = _search(made, last, *falls)
        assert {one: search.exists(one) for one in order} == fresh


def test_way_out_in_a_cycle_of_days_with_several_doses() -> None:
    """Two doses on each day, 1 mg less at a time: 3 and 1 mg become 2 and 1, 1 and 1, which is 2 mg a day."""
    step = Change((By(q("1 mg"), "dose"),), None, build.STATED)
    two = (Frequency(Times(2, 2), build.STATED),)
    search = WaysOut("mg", (step,), (LastStep(q("2 mg"), build.STATED),), doses(1, 2, 3), two)
    assert search.exists(Turns((doses(3, 1), doses(3, 1))))
    assert search.exists(Turns((doses(1, 3), doses(3, 1))))
