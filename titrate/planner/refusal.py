"""A refusal as an argument: what cannot be done, the limits that together leave nothing, and what can be done instead.

Nothing is claimed that was not tried: a limit is named only if without it (and with the others that are named)
there is a schedule, and a way out is offered only if it leads to one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from titrate.errors import NoSchedule, RequestError
from titrate.limit import OFF_LABEL
from titrate.planner.bounds import bounds, keeping
from titrate.planner.conflict import Possible, conflicts
from titrate.planner.refused import Refused, Try
from titrate.planner.terms import Terms
from titrate.reason import Because, Fact
from titrate.request import Approval, Request

Search = Callable[[Terms], object]  # a schedule, or raises `Refused`, `RequestError` or `ValueError`

MOST_OPTIONS = 3


def argued(terms: Terms, refused: Refused, search: Search, again: Callable[[Request], object]) -> NoSchedule:
    """The refusal of `terms`. `search` looks for a schedule within other terms, `again` for one of another request."""

    def possible(facts: Sequence[Fact]) -> bool:
        return any(_refused(search, fewer) is None for fewer in keeping(terms, facts))

    known = bounds(terms)
    claim = ""
    reasons: list[Fact | Because] = []
    for number, blamed in enumerate(_sets(terms, list(known), possible)):
        # What follows about this case is told by a search in which only these limits are in force.
        shown = _refused(search, keeping(terms, blamed)[-1]) or refused
        # A limit among it is one of them, so it stands there already.
        facts = (*blamed, *(fact for fact in shown.facts if fact not in known))
        if number == 0:
            claim, reasons = shown.claim, [*facts]
        elif facts:
            reasons.append(Because("Without these limits there would still be none", facts))
    return NoSchedule(Because(f"No schedule: {claim}", tuple(reasons), tuple(_options(terms, refused, again))))


def _sets(terms: Terms, known: list[Fact], possible: Possible) -> list[list[Fact]]:
    """The sets of limits to tell, the most telling first. An empty one: even with no limit in force there is none.

    Whom the rule is not for is told so first, even where what is asked for could be done for nobody. Then it is not
    the reason, and the empty set after it says so.
    """
    limits = terms.limits
    outside = [[fact] for fact in limits.refusals]
    if outside and not possible([]):
        return [*outside, []]
    # Where the request lacks a pace, or the rule a maximum, nothing can be searched for somebody whom it is not for.
    silent = any(change.silent for change in (*limits.increase, *limits.decrease))
    if outside and (silent or limits.largest_dose() is None):
        return outside
    return conflicts(known, possible)


def _refused(search: Search, terms: Terms) -> Refused | None:
    """How a search ends: refused, or not. One that is too large to be made counts as possible: nothing is blamed on
    a limit that was not shown to be to blame."""
    try:
        search(terms)
    except Refused as refused:
        return refused
    except (RequestError, ValueError):
        return None
    return None


def _options(terms: Terms, refused: Refused, again: Callable[[Request], object]) -> Iterator[str]:
    """What could be asked for instead, as one would type it; all but mere advice was tried."""
    offered = 0
    approved = next(
        (one for one in _with_approval(terms) if one.request and _leads_somewhere(one.request, again)), None
    )
    for one in (*([approved] if approved else ()), *refused.tries, *_with_less(terms.request)):
        if offered < MOST_OPTIONS and (one.request is None or _leads_somewhere(one.request, again)):
            offered += 1
            yield one.says


def _leads_somewhere(request: Request, again: Callable[[Request], object]) -> bool:
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
