"""Whether a schedule keeps every law: written apart from the planner, and believing nothing but the days.

`laws` has one small check per law and `CHECKS`, the list of them; `case` the days worked out once for all;
`change` what a single change may be; `wayout` whether one can stop from a day; `pieces` whether the tablets add up;
`asked` whether it is what was asked for.
"""

from titrate.verifier.case import Finding
from titrate.verifier.laws import CHECKS, Verdict, law_of, verify

__all__ = ["CHECKS", "Finding", "Verdict", "law_of", "verify"]
