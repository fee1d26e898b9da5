"""Each way out that a refusal offers is a request that can be tried: the one that the words say, and no other.

What cannot be reached is offered as advice alone, which nobody tries; so an offer without its request would be printed
whether it leads anywhere or not. 1 December 2026 is a Tuesday.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from tests.test_descent import FEWER, TABLETS, WIDER, down, of
from tests.test_ladder import DAILY, WEEKLY, asked, written
from tests.test_planner import ISSUED, START, paper
from titrate.days import Duration
from titrate.errors import RequestError
from titrate.patient import Patient
from titrate.planner import conflict
from titrate.planner import refusal as refusal_
from titrate.planner.grid import TooMany
from titrate.planner.refusal import argued, too_large
from titrate.planner.refused import Refused, Try
from titrate.planner.steps import within
from titrate.planner.terms import Terms
from titrate.product import Product
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.regimen import Pattern
from titrate.request import Approval, Request
from titrate.rule import Rule

P = Pattern.parse
Offers = dict[str, dict[str, Any]]


def days(number: int) -> Duration:
    return Duration(number, "day")


def on_paper(goal: str, **more: Any) -> Request:
    return Request("paper", goal, START, ISSUED, **more)  # type: ignore[arg-type]


TWO_RUNGS = (
    '[[ladder]]\ntake = "evening 25 mg"\nkeep = { at-least = "2 days" }\nCITE\n'
    '[[ladder]]\ntake = "evening 75 mg"\nCITE\n'
)
START_OF, REST_OF = DAILY.partition("[[ladder]]")[0], DAILY[DAILY.index("[maintenance]") :]
RISE = '[[increase]]\nby = { at-most = "25 mg", per = "day" }\n'
LAST = 'evening 50 mg"\nkeep = { at-least = "7 days" }'
TWO_RISES = (
    DAILY.partition("[increase]")[0].replace(LAST, LAST.replace("7", "3"))
    + f'{RISE}every = {{ at-least = "5 days" }}\nband = {{ at-most = "100 mg" }}\nCITE\n'
    + f'{RISE}every = {{ at-least = "9 days" }}\nband = {{ above = "100 mg" }}\nCITE\n'
    + REST_OF
)
SMALL = '[increase]\nby = { at-most = "5 mg", per = "day" }\nevery = { at-least = "5 days" }\nCITE\n'
FIVE_DAYS = 'by = { at-most = "1 mg" }\nevery = { at-least = "5 days" }'
REFUSED: dict[str, tuple[Callable[[Path], Rule], Request, str, Offers]] = {
    "a target that is no rung: every rung of each day": (
        lambda folder: written(folder, DAILY),
        asked("50/25 mg"),
        "50/25 mg cannot be reached from the beginning of the ladder",
        {f'--target "{one}"': {"target": P(one)} for one in ("25 mg x1", "25 mg x2", "25/50 mg")},
    ),
    "a rung that is too recent": (
        lambda folder: written(folder, DAILY),
        asked("25 mg x2", current=P("25 mg x1"), since=date(2026, 11, 27)),
        "25 mg once a day is too recent to change on Tuesday 01 December 2026",
        {"start on Friday 04 December 2026 or later (--start 2026-12-04)": {"start": date(2026, 12, 4)}},
    ),
    # Kept for 7 days: from 26 November on until 3 December.
    "a last rung that is too recent for a rise above it": (
        lambda folder: written(folder, DAILY),
        asked("125 mg/day", current=P("25/50 mg"), since=date(2026, 11, 26)),
        "25 mg in the morning and 50 mg in the evening is too recent to change on Tuesday 01 December 2026",
        {"start on Thursday 03 December 2026 or later (--start 2026-12-03)": {"start": date(2026, 12, 3)}},
    ),
    # 8 + 14 + 15 days, and two without a dose are of the last cycle: the last dose on 4 January.
    "the end of a ladder down, too soon": (
        lambda folder: of(folder, TABLETS + WIDER),
        down("10 mg x1", finish_by=date(2027, 1, 3)),
        "10 mg once a day cannot be stopped by Sunday 03 January 2027",
        {
            "end on Monday 04 January 2027 or later (--finish-by 2027-01-04)": {"finish_by": date(2027, 1, 4)},
        },
    ),
    "the end of a ladder down, between two doses": (
        lambda folder: of(folder, TABLETS + WIDER),
        down("10 mg x1", finish_by=date(2027, 1, 5)),
        "no dose falls on Tuesday 05 January 2027, since one is taken every 3 days",
        {"end on Thursday 07 January 2027 (--finish-by 2027-01-07)": {"finish_by": date(2027, 1, 7)}},
    ),
    # The rungs below are of other rhythms, or of several days in turn: nothing to stay on.
    "a target below the first rung of a ladder down": (
        lambda folder: of(folder, TABLETS + WIDER),
        asked("7.5 mg x1", current=P("20 mg x1")),
        "7.5 mg x1 cannot be reached from 20 mg once a day",
        {'--target "10 mg x1"': {"target": P("10 mg x1")}},
    ),
    "a target between two rungs of a ladder down": (
        lambda folder: of(folder, TABLETS + FEWER),
        asked("7.5 mg x2", current=P("10 mg x3")),
        "7.5 mg x2 cannot be reached from 10 mg three times a day",
        {'--target "10 mg x2"': {"target": P("10 mg x2")}, '--target "10 mg x1"': {"target": P("10 mg x1")}},
    ),
    "a stay on a rung of a ladder down, too short": (
        lambda folder: of(folder, TABLETS + WIDER),
        asked("10 mg x1", current=P("10 mg x1"), then_stop=True, maintain=days(3)),
        "10 mg once a day cannot be left after 3 days",
        {'stay on it for longer (--maintain "7 days")': {"maintain": days(7)}},
    ),
    "a rung of a ladder down that is too recent": (
        lambda folder: of(folder, TABLETS + WIDER),
        down("10 mg every 2 days", since=date(2026, 11, 21)),
        "10 mg every 2 days is too recent to change on Tuesday 01 December 2026",
        {"start on Saturday 05 December 2026 or later (--start 2026-12-05)": {"start": date(2026, 12, 5)}},
    ),
    # Doses on Tuesdays; 10 January 2027 is a Sunday.
    "the end of a weekly drug, between two doses": (
        lambda folder: written(folder, WEEKLY, cycle="1 week"),
        asked(None, current=P("100 mg every week"), finish_by=date(2027, 1, 10)),
        "no dose falls on Sunday 10 January 2027, since one is taken every 7 days",
        {
            "end on Tuesday 05 January 2027 (--finish-by 2027-01-05)": {"finish_by": date(2027, 1, 5)},
            "end on Tuesday 12 January 2027 (--finish-by 2027-01-12)": {"finish_by": date(2027, 1, 12)},
        },
    ),
    # 2 mg and 1 mg for 5 days each.
    "the end of a taper, too soon": (
        lambda folder: paper(decrease=FIVE_DAYS),
        on_paper("taper", current=P("3 mg x1"), finish_by=date(2026, 12, 9)),
        "3 mg once a day cannot be stopped by Wednesday 09 December 2026",
        {"end on Thursday 10 December 2026 or later (--finish-by 2026-12-10)": {"finish_by": date(2026, 12, 10)}},
    ),
    "a taper from what is too recent": (
        lambda folder: paper(decrease=FIVE_DAYS),
        on_paper("taper", current=P("3 mg x1"), since=date(2026, 11, 29)),
        "3 mg once a day is too recent to change on Tuesday 01 December 2026",
        {"start on Friday 04 December 2026 or later (--start 2026-12-04)": {"start": date(2026, 12, 4)}},
    ),
    "a stay before a taper, too short": (
        lambda folder: paper(decrease=FIVE_DAYS),
        on_paper("plan", target=P("3 mg x1"), maintain=days(2), then_stop=True),
        "3 mg once a day cannot be left after 2 days",
        {'stay on it for longer (--maintain "5 days")': {"maintain": days(5)}},
    ),
    "a review before the target": (
        lambda folder: paper(),
        on_paper("plan", target=P("3 mg x1"), review=date(2026, 12, 2)),
        "the target is not reached before the review on Wednesday 02 December 2026",
        {"review later (--review 2026-12-04 or after)": {"review": date(2026, 12, 4)}},
    ),
    "a target between two rungs of every day": (
        lambda folder: written(folder, START_OF + TWO_RUNGS + SMALL + REST_OF),
        asked("50 mg x1"),
        "50 mg x1 cannot be reached from the beginning of the ladder",
        {f'--target "{one}"': {"target": P(one)} for one in ("25 mg x1", "75 mg x1")},
    ),
    "a target below the rung that is taken now": (
        lambda folder: written(folder, DAILY),
        asked("50/25 mg", current=P("25 mg x1")),
        "50/25 mg cannot be reached from 25 mg once a day",
        {f'--target "{one}"': {"target": P(one)} for one in ("25 mg x2", "25/50 mg")},
    ),
    # Kept for 3 days, though a rise above the ladder would ask for 5.
    "the rung before the last one, too recent": (
        lambda folder: written(folder, DAILY),
        asked("25/50 mg", current=P("25 mg x2"), since=date(2026, 11, 29)),
        "25 mg twice a day is too recent to change on Tuesday 01 December 2026",
        {"start on Wednesday 02 December 2026 or later (--start 2026-12-02)": {"start": date(2026, 12, 2)}},
    ),
    # 100 mg a day is reached after 5 days; 125 mg would ask for 9.
    "a last rung that is too recent, by the first of two rises above it": (
        lambda folder: written(folder, TWO_RISES),
        asked("125 mg/day", current=P("25/50 mg"), since=date(2026, 11, 28)),
        "25 mg in the morning and 50 mg in the evening is too recent to change on Tuesday 01 December 2026",
        {"start on Thursday 03 December 2026 or later (--start 2026-12-03)": {"start": date(2026, 12, 3)}},
    ),
    "above a ladder about which nothing is said": (
        lambda folder: written(folder, DAILY.partition("[increase]")[0] + REST_OF),
        asked("75 mg x2", current=P("50 mg x2")),
        "50 mg twice a day lies above the last rung of the ladder, and the rule says nothing about rising from there",
        {},
    ),
    "a target above a ladder to which no rise leads": (
        lambda folder: written(folder, DAILY.partition("[increase]")[0] + SMALL + REST_OF),
        asked("100 mg/day"),
        "100 mg/day lies above the last rung of the ladder, 25/50 mg, and cannot be reached from there",
        {},
    ),
    # From 8 December: 8 + 14 + 15 days, the last dose on 11 January.
    "the end of a ladder down after a stay, too soon": (
        lambda folder: of(folder, TABLETS + WIDER),
        asked("10 mg x1", current=P("10 mg x1"), then_stop=True, maintain=days(7), finish_by=date(2027, 1, 10)),
        "10 mg once a day cannot be stopped by Sunday 10 January 2027",
        {"end on Monday 11 January 2027 or later (--finish-by 2027-01-11)": {"finish_by": date(2027, 1, 11)}},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_offer_is_the_request_that_its_words_say(name: str, tmp_path: Path) -> None:
    rule_of, request, claim, offers = REFUSED[name]
    rule = rule_of(tmp_path)
    with pytest.raises(Refused) as refused:
        within(rule, Terms.of(rule, request))
    assert refused.value.claim == claim
    assert refused.value.tries == tuple(Try(says, replace(request, **change)) for says, change in offers.items())
    for one in refused.value.tries:
        assert one.request is not None
        within(rule, Terms.of(rule, one.request))


# --- The request with one wish less ------------------------------------------------------------------------

TABLETS_OF = '[{ name = "1mg", form = "tablet", strength = "1 mg", divide = "no" }, { name = "syrup", form = "liquid", strength = "1 mg/mL" }]'  # noqa: E501
WISHED = on_paper(
    "plan", target=P("3 mg x1"), split="even", products=("1mg",), max_pieces=2, liquid_below=Quantity.parse("2 mg"),
    times=(time(9),), every=days(3), by=Quantity.parse("1 mg"),
)  # fmt: skip
LESS: list[tuple[str, dict[str, Any]]] = [
    ("allow doses of unequal size (--uneven)", {"split": "uneven"}),
    ("use all products of the rule (leave out --products)", {"products": None}),
    ("allow more pieces (leave out --max-pieces)", {"max_pieces": None}),
    ("let every dose be a liquid or pieces (leave out --liquid-below)", {"liquid_below": None}),
    ("use the rule's own times of day (leave out --times)", {"times": None}),
    ("go at the rule's own pace (leave out --by and --every)", {"by": None, "every": None}),
]


class Again:
    """Stands for the planner: has a schedule for the requests in `leads` (`None`: for all), and counts the others."""

    def __init__(self, leads: list[Request] | None) -> None:
        self.leads, self.tried = leads, list[Request]()

    def __call__(self, request: Request) -> object:
        self.tried.append(request)
        if self.leads is not None and request not in self.leads:
            raise Refused("there is none")
        return request


def nothing(terms: Terms) -> object:
    raise Refused("there is none")


def offered(rule: Rule, request: Request, again: Again, *tries: Try) -> tuple[str, ...]:
    """What is offered where no limit is to blame."""
    refusal = argued(Terms.of(rule, request), Refused("there is none", (), tries), nothing, again)
    assert isinstance(refusal.because, Because)
    return tuple(map(str, refusal.because.options))


def test_one_wish_after_the_other_is_left_out_and_the_others_are_kept() -> None:
    again = Again([])
    assert offered(paper(products=TABLETS_OF), WISHED, again) == ()
    assert again.tried == [replace(WISHED, **change) for _, change in LESS]
    for says, change in LESS:
        assert offered(paper(products=TABLETS_OF), WISHED, Again([replace(WISHED, **change)])) == (says,)
    bare = on_paper("plan", target=P("3 mg x1"))
    for wish in ({"every": days(3)}, {"by": Quantity.parse("1 mg")}):
        again = Again([])
        assert offered(paper(), replace(bare, **wish), again) == ()
        assert again.tried == [bare]
    again = Again([])
    assert offered(paper(), replace(bare, split="uneven"), again) == ()
    assert again.tried == []


def test_three_ways_out_are_enough_and_what_was_not_tried_is_advice() -> None:
    advice, later = Try("check the dose"), Try("start later", replace(WISHED, start=date(2026, 12, 9)))
    rule = paper(products=TABLETS_OF)
    assert offered(rule, WISHED, Again(None), advice, later) == ("check the dose", "start later", LESS[0][0])
    # Advice needs no request that leads anywhere.
    assert offered(rule, WISHED, Again([replace(WISHED, times=None)]), later, advice) == ("check the dose", LESS[4][0])


GRADES = (
    'daily = "18 mg"\nlevel = "approval"\nasks = "panel"\n\n'
    'daily = "12 mg"\nlevel = "approval"\nasks = "second opinion"\n\ndaily = "30 mg"'
)
OPINION, PANEL = Approval("second opinion", "NAME"), Approval("panel", "NAME")
ANSWERED = Approval("taper from above the maximum", "NAME")


@pytest.mark.parametrize(
    ("request_", "approvals"),
    [
        # The lowest grade first, wherever it stands in the file, then the next one too.
        (on_paper("plan", target=P("19 mg x1")), [(OPINION,), (OPINION, PANEL)]),
        (on_paper("plan", target=P("19 mg x1"), approved=(OPINION,)), [(OPINION, PANEL)]),
        (on_paper("plan", target=P("19 mg x1"), approved=(OPINION, PANEL)), []),
        # Above 30 mg nobody is asked for a rise, and somebody answers for a way down.
        (on_paper("taper", current=P("31 mg x1")), [(OPINION,), (OPINION, PANEL), (OPINION, PANEL, ANSWERED)]),
        (on_paper("taper", current=P("31 mg x1"), approved=(OPINION, PANEL)), [(OPINION, PANEL, ANSWERED)]),
        (on_paper("taper", current=P("31 mg x1"), approved=(OPINION, PANEL, ANSWERED)), []),
        (on_paper("taper", current=P("30 mg x1"), approved=(OPINION, PANEL)), []),
    ],
)
def test_what_is_not_approved_yet_is_tried_approved(request_: Request, approvals: list[tuple[Approval, ...]]) -> None:
    again = Again([])
    assert offered(paper(maximum=GRADES), request_, again) == ()
    assert again.tried == [replace(request_, approved=approved) for approved in approvals]
    if approvals:
        new = [one for one in approvals[0] if one not in request_.approved]
        typed = " ".join(f'--approved-by "{one.asks}: NAME"' for one in new)
        said = offered(paper(maximum=GRADES), request_, Again(None))
        assert said == (f"have it approved, and say by whom ({typed})",)


def test_off_label_use_is_tried_only_for_whom_safety_is_not_established() -> None:
    scopes = (
        '[[scopes]]\nname = "young"\nwhen = { age = { below = "12 years" } }\nnot-established = "safety"\nCITE\n'
        '[[scopes]]\nname = "on dialysis"\nwhen = { dialysis = true }\nrefuse = "it is to be avoided"\nCITE\n'
    )
    off_label = Approval("off-label use", "NAME")
    for patient, tried in (
        (Patient(age=Quantity.parse("8 years")), [(off_label,)]),
        (Patient(dialysis=True), []),
        (Patient(age=Quantity.parse("8 years"), dialysis=True), [(off_label,)]),
    ):
        request, again = on_paper("plan", target=P("3 mg x1"), patient=patient), Again([])
        assert offered(paper(rest=scopes), request, again) == ()
        assert again.tried == [replace(request, approved=approved) for approved in tried]


# --- Where there are too many days to search ---------------------------------------------------------------

MANY = TooMany(200, 2, 40000)
BOXES = ("5mg", "1mg", "2mg")
TABLETS_ = tuple(Product(name, "tablet", Quantity.parse(name.replace("mg", " mg"))) for name in BOXES)


@pytest.mark.parametrize(
    ("wishes", "fewer"),
    [
        ({}, [("ask for equal doses (--even)", {"split": "even"})]),
        (
            {"split": "uneven"},
            [("leave out --uneven", {"split": None}), ("ask for equal doses (--even)", {"split": "even"})],
        ),
        ({"split": "even"}, []),
    ],
)
def test_what_there_is_among_fewer_days_is_offered(
    wishes: dict[str, Any], fewer: list[tuple[str, dict[str, Any]]]
) -> None:
    """The finest tablets are left out first; those that are left stand in the order of the rule."""
    for products, left in (
        (None, [("5mg", "2mg"), ("5mg",)]),
        (("1mg", "2mg"), [("2mg",)]),
        (("5mg",), []),
    ):
        request = on_paper("plan", target=P("50 mg x2"), products=products, **wishes)
        named = [(f"name fewer products (--products {','.join(one)})", {"products": one}) for one in left]
        again, expected = Again([]), [*fewer, *named]
        assert too_large(request, TABLETS_, MANY, again).options == ()
        assert again.tried == [replace(request, **change) for _, change in expected]
        error = too_large(request, TABLETS_, MANY, Again(None))
        assert error.message == MANY.message
        assert error.options == tuple(says for says, _ in expected)[:3]
        for says, change in expected:
            assert too_large(request, TABLETS_, MANY, Again([replace(request, **change)])).options == (says,)


# --- What is not known is said -----------------------------------------------------------------------------

A, B, C, OUT = (Fact(name) for name in ("a", "b", "c", "out"))


Look = Callable[[frozenset[Fact]], object]


def doubted(monkeypatch: pytest.MonkeyPatch, facts: list[Fact], search: Look, refusals: bool = False) -> str:
    """The argument about limits that are nothing but their names; `search` has a schedule, or raises."""
    monkeypatch.setattr(refusal_, "bounds", lambda terms: dict.fromkeys(facts))
    monkeypatch.setattr(refusal_, "keeping", lambda terms, kept: (frozenset(kept),))
    terms = Terms.of(paper(), on_paper("plan", target=P("3 mg x1")))
    if refusals:
        terms = replace(terms, limits=replace(terms.limits, refusals=(OUT,)))
    return argued(terms, Refused("there is none"), search, Again([])).text()  # type: ignore[arg-type]


def test_which_search_could_not_be_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """`a` and `b` leave nothing, whatever `c` is; a search with some of them is too large."""

    def search(too_large_: set[frozenset[Fact]]) -> Look:
        def of_these(kept: frozenset[Fact]) -> object:
            if kept in too_large_:
                raise RequestError(f"{len(kept)} of them are too many for XX.")
            if {A, B} <= kept:
                raise Refused("there is none")
            return kept

        return of_these

    both = "No schedule: there is none.\nBecause a,\nand b."
    one = [frozenset({fact}) for fact in (A, B, C)]
    assert doubted(monkeypatch, [A, B, C], search(set())) == both
    for known, what, size in ((frozenset[Fact](), "any limit", 0), (one[0], '"b"', 1), (one[1], '"a"', 1)):
        assert doubted(monkeypatch, [A, B, C], search({known})) == (
            f"{both}\nWhether there is a schedule without {what} is not known: {size} of them are too many for XX."
        )
    with_c = {frozenset({A, C}), frozenset({B, C}), one[2]}
    assert doubted(monkeypatch, [A, B, C], search(with_c)).startswith(
        f"{both}\nWhether fewer limits already leave none is not known: "
    )
    assert "of them are too many for XX." in doubted(monkeypatch, [A, B, C], search(with_c))


def test_of_a_single_limit_that_leaves_nothing_there_is_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(kept: frozenset[Fact]) -> object:
        if A in kept:
            raise Refused("there is none")
        if C in kept:
            raise RequestError("too many.")
        return kept

    assert doubted(monkeypatch, [A, B, C], search) == "No schedule: there is none.\nBecause a."
    monkeypatch.setattr(conflict, "MOST_ASKED", 0)
    assert doubted(monkeypatch, [A, B, C], search) == "No schedule: there is none.\nBecause a."


def test_whom_the_rule_is_not_for_and_what_leaves_nothing_besides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two reasons, each enough; or only the one, where without any limit there would still be nothing."""

    def search(kept: frozenset[Fact]) -> object:
        if kept & {OUT, A}:
            raise Refused("there is none")
        return kept

    expected = "No schedule: there is none.\nBecause out.\nWithout these limits there would still be none.\nBecause a."
    assert doubted(monkeypatch, [OUT, A, B], search, refusals=True) == expected
    never = "No schedule: there is none.\nBecause out."
    assert doubted(monkeypatch, [OUT, A, B], nothing, refusals=True) == never  # type: ignore[arg-type]
