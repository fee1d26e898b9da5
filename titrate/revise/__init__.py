"""A schedule that has begun, changed from a given day on.

`action` is what a prescriber can type, `changes` what else is to be different, `course` what was taken until then,
`fresh` the request from there, `decision` and `gap` what an action makes of it, `when` the days on which something may
change, `lead` the days before that, `planning` the plan, proved together with the past (`record`), `withdrawal` a plan
that is called off, `offer` what a refusal proposes.
"""

from titrate.revise.action import Action
from titrate.revise.changes import LEFT_TO_THE_RULE, THE_RULE, Changes
from titrate.revise.planning import revise, way_out
from titrate.revise.record import Origin

__all__ = ["LEFT_TO_THE_RULE", "THE_RULE", "Action", "Changes", "Origin", "revise", "way_out"]
