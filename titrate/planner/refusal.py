"""A refusal as an argument: what cannot be done, the limits that together leave nothing, and what can be done instead.

Nothing is claimed that was not tried: a limit is named only if without it (and with the others that are named)
there is a schedule, and a way out is offered only if it leads to one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from titrate.errors import NoSchedule, RequestError
from titrate.limit import ABOVE_MAXIMUM, OFF_LABEL
from titrate.planner.above import exceeded
from titrate.planner.bounds import bounds, keeping
from titrate.planner.conflict import MOST_ASKED, Conflict, Possible, conflicts
from titrate.planner.grid import TooMany
from titrate.planner.refused import Refused, Try
from titrate.planner.terms import Terms
from titrate.product import Product
from titrate.reason import Because, Fact
from titrate.request import Approval, Request

Search = Callable[[Terms], object]  # a schedule, or raises `Refused`, `RequestError` or `ValueError`
Again = Callable[[Request], object]  # the same of another request

MOST_OPTIONS = 3


def argued(terms: Terms, refused: Refused, search: Search, again: Again) -> NoSchedule:
    """The refusal of `terms`. `search` looks for a schedule within other terms, `again` for one of another request."""
    searches = _Searches(terms, search)
    known = bounds(terms)
    claim, told = "", set[str]()
    reasons: list[Fact | Because] = []
    for number, one in enumerate(_sets(terms, list(known), searches.possible)):
        # What follows about this case is told by a search in which only these limits are in force.
        shown = searches.refused(one.facts) or refused
        # A limit among it is one of them, so it stands there already.
        facts = (*one.facts, *(fact for fact in shown.facts if fact not in known))
        if number == 0:
            claim, reasons = shown.claim, [*facts]
        elif facts:
            reasons.append(Because("Without these limits there would still be none", facts))
        reasons += [Because(doubt) for doubt in searches.doubts(one) if doubt not in told]
        told.update(searches.doubts(one))
    return NoSchedule(Because(f"No schedule: {claim}", tuple(reasons), tuple(_options(terms, refused, again))))


def _sets(terms: Terms, known: list[Fact], possible: Possible) -> list[Conflict]:
    """The sets of limits to tell, the most telling first. An empty one: even with no limit in force there is none.

    Whom the rule is not for is told so first, even where what is asked for could be done for nobody. Then it is not
    the reason, and the empty set after it says so.
    """
    outside = [Conflict([fact]) for fact in terms.limits.refusals]
    if outside and not possible([]):
        return [*outside, Conflict([])]
    return conflicts(known, possible)


class _Searches:
    """Searches with only some limits in force. One that cannot be made, since it is too large, counts as possible:
    nothing is blamed on a limit that was not shown to be to blame. It is remembered, and told as a doubt."""

    def __init__(self, terms: Terms, search: Search) -> None:
        self._terms, self._search = terms, search
        self._not_made: dict[frozenset[Fact], str] = {}

    def possible(self, facts: Sequence[Fact]) -> bool:
        """Whether there is a schedule with only these limits in force."""
        found = set(map(self._outcome, keeping(self._terms, facts)))
        too_large = [one for one in found if isinstance(one, str)]
        if too_large and None not in found:
            self._not_made[frozenset(facts)] = min(too_large)
        return bool(too_large) or None in found

    def refused(self, facts: Sequence[Fact]) -> Refused | None:
        """How the search ends with these limits in force, if there is nothing."""
        outcome = self._outcome(keeping(self._terms, facts)[-1])
        return outcome if isinstance(outcome, Refused) else None

    def _outcome(self, terms: Terms) -> Refused | str | None:
        """Refused, or why the search cannot be made, or `None` where there is a schedule."""
        try:
            self._search(terms)
        except Refused as refused:
            return refused
        except (RequestError, ValueError) as fault:
            return str(fault).rstrip(".")
        return None

    def doubts(self, conflict: Conflict) -> Iterator[str]:
        """What was not shown about a set of limits: that each of them counts, or that no fewer leave nothing."""
        blamed, alone = frozenset(conflict.facts), self._not_made.get(frozenset())
        spared = [fact for fact in conflict.facts if blamed - {fact} in self._not_made]
        if alone is not None:
            yield f"Whether there is a schedule without any limit is not known: {alone}"
        elif spared:
            for fact in spared:
                why = self._not_made[blamed - {fact}]
                yield f'Whether there is a schedule without "{fact.says}" is not known: {why}'
        elif len(blamed) > 1 and not conflict.smallest:
            yield f"Whether fewer limits already leave none is not known: after {MOST_ASKED} searches titrate stops"
        elif len(blamed) > 1 and self._not_made:
            why = next(iter(self._not_made.values()))
            yield f"Whether fewer limits already leave none is not known: {why}"


def _options(terms: Terms, refused: Refused, again: Again) -> Iterator[str]:
    """What could be asked for instead, as one would type it; all but mere advice was tried."""
    offered = 0
    approved = next(
        (one for one in _with_approval(terms) if one.request and _leads_somewhere(one.request, again)), None
    )
    for one in (*([approved] if approved else ()), *refused.tries, *_with_less(terms.request)):
        if offered < MOST_OPTIONS and (one.request is None or _leads_somewhere(one.request, again)):
            offered += 1
            yield one.says


def too_large(request: Request, products: Sequence[Product], fault: TooMany, again: Again) -> RequestError:
    """That there are too many days to search for `request`, with what there is among fewer of them."""
    fewer = [Try("leave out --uneven", replace(request, split=None))] if request.split == "uneven" else []
    fewer += [Try("ask for equal doses (--even)", replace(request, split="even"))] if request.split != "even" else []
    at_hand = [one for one in products if request.products is None or one.name in request.products]
    finest_first = sorted(at_hand, key=lambda product: min(product.grades))
    for without in range(1, len(finest_first)):
        names = tuple(one.name for one in at_hand if one not in finest_first[:without])
        fewer.append(Try(f"name fewer products (--products {','.join(names)})", replace(request, products=names)))
    offered = (one.says for one in fewer if one.request is not None and _leads_somewhere(one.request, again))
    return RequestError(fault.message, tuple(islice(offered, MOST_OPTIONS)))


def _leads_somewhere(request: Request, again: Again) -> bool:
    try:
        again(request)
    except (Refused, RequestError, ValueError):
        return False
    return True


def _with_approval(terms: Terms) -> Iterator[Try]:
    """The request with what the source asks for, first for the lowest maximum, then for the next one too."""
    pending = [maximum for maximum in terms.limits.maximum if maximum.level == "approval" and maximum.bars]
    pending.sort(key=lambda maximum: next(one for one in (maximum.daily, maximum.dose) if one is not None))
    asks = [OFF_LABEL] if set(terms.limits.unestablished) & set(terms.limits.refusals) else []
    asks += [maximum.asks for maximum in pending if maximum.asks is not None]
    asks += [ABOVE_MAXIMUM] if exceeded(terms) and ABOVE_MAXIMUM not in terms.request.given else []
    for count in range(1, len(asks) + 1):
        named = tuple(Approval(one, "NAME") for one in dict.fromkeys(asks[:count]))
        typed = " ".join(f'--approved-by "{one}"' for one in named)
        request = replace(terms.request, approved=(*terms.request.approved, *named))
        yield Try(f"have it approved, and say by whom ({typed})", request)


def _with_less(request: Request) -> Iterator[Try]:
    """The request without one of its wishes."""
    if request.split == "even":
        yield Try("allow doses of unequal size (--uneven)", replace(request, split="uneven"))
    if request.products is not None:
        yield Try("use all products of the rule (leave out --products)", replace(request, products=None))
    if request.max_pieces is not None:
        yield Try("allow more pieces (leave out --max-pieces)", replace(request, max_pieces=None))
    if request.liquid_below is not None:
        yield Try(
            "let every dose be a liquid or pieces (leave out --liquid-below)", replace(request, liquid_below=None)
        )
    if request.times is not None:
        yield Try("use the rule's own times of day (leave out --times)", replace(request, times=None))
    if request.by is not None or request.every is not None:
        slower = replace(request, by=None, every=None)
        yield Try("go at the rule's own pace (leave out --by and --every)", slower)
