"""Revisions of revisions, the way out, and what somebody reports later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.revise.acting import LATER, act, d, rule, told, up
from titrate import verify
from titrate.days import Days, plus
from titrate.errors import RequestError
from titrate.formats import json as documents
from titrate.regimen import Pattern
from titrate.revise import way_out
from titrate.schedule import Absence, Leaving


def test_the_past_of_several_revisions_is_kept_in_order() -> None:
    second = act(up(), "2026-12-06", "stay", "7d")
    third = act(second, "2026-12-10", "stop")
    assert (third.revision, [one.revision for one in third.earlier]) == (3, [1, 2])
    assert told(third.kept()) == ["12-01 5 mg x3", "12-04 10 mg x3", "12-06 10 mg x3"]
    assert [step.days.last for step in third.kept()] == [d("2026-12-03"), d("2026-12-05"), d("2026-12-09")]
    # 10 mg since 4 December may fall at once; 14 days from the 10th.
    assert third.request.since == d("2026-12-04")
    assert third.steps[0].days.first == d("2026-12-10")
    assert third.last_dose == d("2026-12-23")
    assert third.chain()[1] == replace(second, warnings=(), limits=third.limits)
    assert documents.read(documents.write(third)) == third


def test_a_second_revision_of_the_same_day_takes_the_place_of_the_first() -> None:
    second = act(up(), "2026-12-06", "stay", "7d")
    third = act(second, "2026-12-06", "stay", "2d")
    assert told(third.kept()) == ["12-01 5 mg x3", "12-04 10 mg x3"]
    # The first of the two prolonged it to 13 December, the second prolongs that.
    assert told(third.steps) == ["12-06 10 mg x3", "12-16 15 mg x3", "12-19 20 mg x3 on"]


def test_days_reported_later_do_not_count_as_days_on_the_dose() -> None:
    second = act(up(), "2026-12-06", "stay", "7d")
    third = act(second, "2026-12-12", "withheld", "2026-12-05..2026-12-06")
    assert third.request.since == d("2026-12-07")
    assert third.absences == (Absence(Days(d("2026-12-05"), d("2026-12-06")), "withheld"),)
    assert verify(third, rule()).findings == ()


@pytest.mark.parametrize("day", range(2, 60))
def test_from_every_day_of_a_schedule_there_is_a_taper(day: int) -> None:
    schedule = up()
    on = plus(d("2026-12-01"), day - 1)
    card = way_out(schedule, rule(), on, LATER)
    assert card.stops
    assert card.steps[0].days.first == on
    assert (card.earlier, card.revision) == ((), 1)
    assert verify(card, rule()).findings == ()
    taken = schedule.step_of(plus(on, -1))
    assert taken is not None
    assert card.request.current == Pattern(doses=taken[1].regimen.doses)
    assert card.request.label is None
    assert card.leaves == Leaving(schedule.plan, 1)


def test_a_revision_of_a_way_out_still_says_of_which_plan() -> None:
    card = way_out(up(), rule(), d("2026-12-20"), LATER)
    assert act(card, "2026-12-22", "stay", "3d").leaves == card.leaves == Leaving(up().plan, 1)


def test_where_nothing_is_taken_there_is_nothing_to_taper() -> None:
    with pytest.raises(RequestError, match="nothing to taper"):
        way_out(up(), rule(), d("2026-12-01"), LATER)
