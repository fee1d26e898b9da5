"""The facts about a patient, and how a condition on them is told."""

from __future__ import annotations

from fractions import Fraction

import pytest

from titrate.patient import Condition, Scope
from titrate.quantity import Quantity, Range


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Condition("dialysis", words=("True",)), "dialysis"),
        (Condition("dialysis", words=("False",)), "no dialysis"),
        (Condition("setting", words=("hospital",)), "care setting hospital"),
        (Condition("taking", words=("alcohol", "morphine")), "other medicines alcohol or morphine"),
        (Condition("age", Range(below=Quantity(Fraction(12), "years"))), "age less than 12 years"),
    ],
)
def test_a_condition_is_told_as_one_would_say_it(condition: Condition, told: str) -> None:
    assert str(condition) == told
    both = Scope((condition, Condition("origin", words=("spinal",))))
    assert str(both) == f"{told} and origin of the spasticity spinal"
