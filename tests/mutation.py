"""For mutation testing alone: planner, verifier and oracle on a few problems, the same ones at every run.

pytest does not collect this file by itself; `[tool.mutmut]` in pyproject.toml names it.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from tests.strategies import Sketch, sketches
from tests.test_oracle import agreed


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(sketches())
def test_the_planner_finds_the_best_of_a_few_or_there_is_nothing(sketch: Sketch) -> None:
    agreed(sketch)
