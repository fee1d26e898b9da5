"""Frozen dataclasses whose methods are made when they are first used.

`dataclasses.dataclass` writes and compiles six methods for each class when its module is imported. Of the eighty
classes that a command loads it uses half, and most of their methods never; to compile them took longer than all the
rest that titrate does to answer. A type checker sees the dataclasses of the standard library, and they behave alike.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 (a type checker takes it for re-exported so)
else:

    def dataclass(cls: type | None = None, /, **wanted: Any) -> Any:
        """As `dataclasses.dataclass`. Only what is frozen with slots is made here; the rest is made there."""
        if not (wanted.get("frozen") and wanted.get("slots")) or wanted.get("order"):
            return dataclasses.dataclass(cls, **wanted)
        return lambda decorated: _frozen(decorated, wanted.get("eq", True), wanted.get("repr", True))


def _frozen(cls: type, compared: bool, shown: bool) -> Any:
    own = vars(cls)
    made: dict[str, Any] = {"__init__": _init, "__setattr__": _set, "__delattr__": _delete, "__reduce__": _reduce}
    if shown:
        made["__repr__"] = _repr
    if compared:
        made |= {"__eq__": _eq, "__hash__": _hash}
    missing = {name: method for name, method in made.items() if own.get(name) is None}
    whole: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name, method in missing.items():
        setattr(whole, name, method)
    whole.__dataclass_params__.frozen = True
    whole.__dataclass_params__.eq = compared
    return whole


def _set(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _repr(self: Any) -> str:
    inside = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{type(self).__qualname__}({inside})"


def _reduce(self: Any) -> Any:
    return _restored, (type(self), [getattr(self, one.name) for one in dataclasses.fields(self)])


def _restored(cls: type, values: list[Any]) -> Any:
    """What was pickled or copied; it was checked when it was made."""
    made: Any = object.__new__(cls)
    for one, value in zip(dataclasses.fields(made), values, strict=True):
        object.__setattr__(made, one.name, value)
    return made


def _init(self: Any, /, *given: Any, **named: Any) -> None:
    cls = _class(self)
    cls.__init__ = _init_of(cls)
    self.__init__(*given, **named)


def _eq(self: Any, other: Any) -> Any:
    _compare(_class(self))
    return self.__eq__(other)


def _hash(self: Any) -> int:
    _compare(_class(self))
    return hash(self)


def _class(made: Any) -> Any:
    """The class that has the fields, where `made` is of a class below it."""
    return next(one for one in type(made).__mro__ if "__dataclass_fields__" in vars(one))


def _compare(cls: Any) -> None:
    """Gives a class its own `__eq__` and `__hash__`, where those of this module stand."""
    names = [one.name for one in dataclasses.fields(cls) if one.compare]
    ours, theirs = (f"({''.join(f'{whose}.{name}, ' for name in names)})" for whose in ("self", "other"))
    same = f"{ours} == {theirs} if other.__class__ is self.__class__ else NotImplemented"
    for name, usual, text in (
        ("__eq__", _eq, f"def __eq__(self, other):\n    return {same}"),
        ("__hash__", _hash, f"def __hash__(self):\n    return hash({ours})"),
    ):
        if vars(cls)[name] is usual:
            setattr(cls, name, _compiled(cls, name, text, {}))


def _init_of(cls: Any) -> Any:
    """`__init__` with a parameter for each field, as the standard library writes it."""
    names: dict[str, Any] = {"_nothing": object()}
    given: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for one in dataclasses.fields(cls):
        names[f"_set_{one.name}"] = getattr(cls, one.name).__set__
        default, value = "", one.name
        if one.default is not dataclasses.MISSING:
            names[f"_default_{one.name}"] = one.default
            default = f"=_default_{one.name}"
        elif one.default_factory is not dataclasses.MISSING:
            names[f"_make_{one.name}"] = one.default_factory
            default, value = "=_nothing", f"_make_{one.name}() if {one.name} is _nothing else {one.name}"
        if one.init:
            (named if one.kw_only else given).append(one.name + default)
            body.append(f"    _set_{one.name}(self, {value})")
        elif default:
            value = f"_default_{one.name}" if one.default_factory is dataclasses.MISSING else f"_make_{one.name}()"
            body.append(f"    _set_{one.name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("    self.__post_init__()")
    parameters = ", ".join(("self", *given, *(("*", *named) if named else ())))
    return _compiled(cls, "__init__", f"def __init__({parameters}):\n" + "\n".join(body or ["    pass"]), names)


def _compiled(cls: Any, name: str, text: str, names: dict[str, Any]) -> Any:
    exec(text, names)  # as the standard library does
    names[name].__qualname__ = f"{cls.__qualname__}.{name}"
    return names[name]
