"""A schedule that has begun, changed from a given day on.

`action` is what a prescriber can type, `course` what was taken until then, `fresh` the request from there, `decision`
and `gap` what an action makes of it, `planning` the plan, proved together with the past.
"""

from titrate.revise.action import Action
from titrate.revise.fresh import Changes
from titrate.revise.planning import Origin, revise, way_out

__all__ = ["Action", "Changes", "Origin", "revise", "way_out"]
