"""From a rule and a request to the best schedule, or to the reasons why there is none.

Read it in this order: `moves` (which change from one day to the next is allowed), `grid` (which days the products
can make), `problem` (one rule and one request made ready to search), `stretch` (which days may follow a day on the way
up or down), `line` (the best way over daily doses alone), `layout` and `path` (the best way through a graph of days),
`ways` (which of them is used when), `search` (the best ways up and down), `why` (the reasons), `steps` (`plan` itself).
"""

from titrate.planner.steps import plan, possible

__all__ = ["plan", "possible"]
