"""What the search throws where it finds nothing, before anyone has worked out which limits are to blame."""

from __future__ import annotations

from titrate.frozen import dataclass
from titrate.reason import Fact
from titrate.request import Request


@dataclass(frozen=True, slots=True)
class Try:
    """Something to offer instead: in words with the option to type, and the request that it would be.

    Without a request it is advice that cannot be tried, such as to look again at what was typed.
    """

    says: str
    request: Request | None = None


class Refused(Exception):
    """There is no schedule. `claim` says what cannot be done (a sentence without its full stop), `facts` what follows
    about this case from the limits, whichever they are; `tries` what may be possible instead."""

    def __init__(self, claim: str, facts: tuple[Fact, ...] = (), tries: tuple[Try, ...] = ()) -> None:
        super().__init__(claim)
        self.claim = claim
        self.facts = facts
        self.tries = tries
