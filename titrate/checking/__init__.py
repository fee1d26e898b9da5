"""Whether a schedule from elsewhere keeps the laws of a rule.

`kinds` tells titration, maintenance and taper from the days; `rebuilding` makes of what a file says a schedule that
can be judged; `judging` puts it before the verifier; `report` is what comes out.
"""

from titrate.checking.judging import check
from titrate.checking.report import Report

__all__ = ["Report", "check"]
