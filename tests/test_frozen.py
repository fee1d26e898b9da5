"""Our frozen dataclasses behave as those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest

from titrate import frozen

Made = Callable[[Any], type]


def plain(dataclass: Any) -> type:
    @dataclass(frozen=True, slots=True)
    class Sample:
        """A sample."""

        known: ClassVar[int] = 1
        amount: int
        unit: str = "mg"

    return Sample


def checked(dataclass: Any) -> type:
    @dataclass(frozen=True, slots=True)
    class Sample:
        """One that looks at what it is given."""

        amount: int
        parts: dict[str, int] = field(default_factory=dict)

        def __post_init__(self) -> None:
            if self.amount < 0:
                raise ValueError("below zero")
            object.__setattr__(self, "amount", self.amount * 2)

    return Sample


def partly(dataclass: Any) -> type:
    @dataclass(frozen=True, slots=True)
    class Sample:
        """One that is compared by a part of it."""

        amount: int
        seen: list[int] = field(default_factory=list, compare=False, repr=False)
        late: bool = field(default=False, kw_only=True)

    return Sample


def worked_out(dataclass: Any) -> type:
    @dataclass(frozen=True, slots=True)
    class Sample:
        """One with fields that nobody gives."""

        amount: int
        twice: int = field(init=False)
        always: int = field(init=False, default=7)
        own: list[int] = field(init=False, default_factory=list, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "twice", self.amount * 2)

    return Sample


def empty(dataclass: Any) -> type:
    @dataclass(frozen=True, slots=True)
    class Sample:
        """Nothing in it."""

    return Sample


def own(dataclass: Any) -> type:
    @dataclass(frozen=True, slots=True)
    class Sample:
        """One with methods of its own."""

        amount: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self)) and self.amount % 10 == other.amount % 10

        def __hash__(self) -> int:
            return self.amount % 10

        def __repr__(self) -> str:
            return f"<{self.amount}>"

    return Sample


def unlike(dataclass: Any) -> type:
    @dataclass(frozen=True, slots=True, eq=False)
    class Sample:
        """One that equals nothing but itself."""

        amount: int

    return Sample


KINDS: tuple[tuple[Made, tuple[tuple[Any, ...], ...]], ...] = (
    (plain, ((1,), (1, "mg"), (2, "g"))),
    (checked, ((1,), (1, {}), (2, {"a": 1}))),
    (partly, ((1,), (1, [2]), (2, [2]))),
    (worked_out, ((1,), (2,))),
    (empty, ((),)),
    (own, ((1,), (11,), (2,))),
)


def both(make: Made) -> tuple[Any, Any]:
    """The class as we make it and as the standard library makes it."""
    return make(frozen.dataclass), make(dataclasses.dataclass)


@pytest.mark.parametrize(("make", "values"), KINDS, ids=lambda value: getattr(value, "__name__", ""))
def test_it_looks_and_compares_as_the_standard_library_has_it(make: Made, values: tuple[tuple[Any, ...], ...]) -> None:
    ours, theirs = both(make)
    for one in values:
        assert repr(ours(*one)) == repr(theirs(*one))
        for other in values:
            assert (ours(*one) == ours(*other)) == (theirs(*one) == theirs(*other))
    if make is not checked:  # a dict has no hash
        assert len({ours(*one) for one in values}) == len({theirs(*one) for one in values})
        assert [hash(ours(*one)) for one in values] == [hash(theirs(*one)) for one in values]
    assert ours(*values[0]) != theirs(*values[0])
    for name in ("__doc__", "__slots__", "__match_args__"):
        assert getattr(ours, name) == getattr(theirs, name)


@pytest.mark.parametrize("first", ["==", "hash", "repr"])
def test_whatever_is_asked_first_of_it_is_answered(first: str) -> None:
    ours, _ = both(plain)
    a, b = ours(1), ours(1, "mg")
    answers: dict[str, Callable[[], bool]] = {
        "==": lambda: a == b,
        "hash": lambda: hash(a) == hash(b),
        "repr": lambda: repr(a) == repr(b),
    }
    assert answers.pop(first)()
    assert all(answer() for answer in answers.values())


@pytest.mark.parametrize("arguments", [(), (1, 2, 3), (1, {}, "more")])
@pytest.mark.parametrize("make", [plain, checked, partly])
def test_too_few_or_too_many_arguments_are_told_alike(make: Made, arguments: tuple[Any, ...]) -> None:
    ours, theirs = both(make)
    if len(arguments) == 0 or len(arguments) > len(inspect.signature(theirs).parameters) - (make is partly):
        told = []
        for one in (ours, theirs):
            with pytest.raises(TypeError) as fault:
                one(*arguments)
            told.append(str(fault.value))
        assert told[0] == told[1]
    else:
        assert repr(ours(*arguments)) == repr(theirs(*arguments))


def test_parameters_are_known_by_name() -> None:
    ours, theirs = both(partly)
    assert repr(ours(late=True, amount=3)) == repr(theirs(late=True, amount=3))
    assert list(inspect.signature(ours.__init__).parameters) == list(inspect.signature(theirs.__init__).parameters)
    with pytest.raises(TypeError):
        ours(3, [], True)


def test_each_has_a_default_of_its_own() -> None:
    ours, _ = both(checked)
    assert ours(1).parts is not ours(1).parts


def test_what_it_is_given_is_looked_at() -> None:
    for one in both(checked):
        assert one(2).amount == 4
        with pytest.raises(ValueError, match="below zero"):
            one(-1)


def test_nothing_can_be_set_or_deleted() -> None:
    for one in both(plain):
        made = one(1)
        with pytest.raises(FrozenInstanceError):
            made.amount = 2
        with pytest.raises(FrozenInstanceError):
            del made.amount
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            made.other = 3
        assert made.amount == 1


def test_one_equals_nothing_but_itself_where_it_is_not_compared() -> None:
    for one in both(unlike):
        made = one(1)
        assert made == made
        assert made != one(1)
        assert {made} == {made}


def test_a_class_below_compares_apart() -> None:
    for one in both(plain):
        below = type("Below", (one,), {"__slots__": ()})
        assert below(1) == below(1)
        assert below(1) != one(1)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """At the top of a module, so that it can be pickled."""

    amount: int
    parts: tuple[int, ...] = ()


Ours: Any = frozen.dataclass(frozen=True, slots=True)(
    type("Ours", (), {"__annotations__": dict(Theirs.__annotations__), "parts": (), "__module__": __name__})
)


@pytest.mark.parametrize("make", [Ours, Theirs])
def test_it_is_copied_pickled_and_replaced(make: Any) -> None:
    made = make(1, (2, 3))
    for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert again == made
        assert type(again) is make
    assert dataclasses.replace(made, amount=4) == make(4, (2, 3))
    assert dataclasses.asdict(made) == {"amount": 1, "parts": (2, 3)}
    assert [one.name for one in dataclasses.fields(made)] == ["amount", "parts"]
    assert dataclasses.is_dataclass(made)


def test_what_is_not_frozen_is_made_by_the_standard_library() -> None:
    @frozen.dataclass
    class Sample:
        amount: int

    made = Sample(1)
    made.amount = 2
    assert made == Sample(2)
