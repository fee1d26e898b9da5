"""The tidy CSV that titrate writes, a row per dose (see `titrate.formats.csv`), whoever has changed it since."""

from __future__ import annotations

from titrate.errors import FormatError
from titrate.foreign import Foreign, ForeignDose, ForeignStep, joined
from titrate.formats import csv
from titrate.formats.foreign import pieces


def read(text: str) -> Foreign:
    """What the rows say. Raises `FormatError` with the place, the value and what is allowed.

    The format has no mark for a schedule without end, whose days are listed for some weeks only: a list that ends in
    maintenance is read as one.
    """
    steps = list(joined(_step(day) for day in csv.read(text, gaps=True)))
    last, read_as = steps[-1], ""
    goes_on = last.kind == "maintenance" and (bool(last.doses) or (len(steps) > 1 and steps[-2].kind == "maintenance"))
    if goes_on:
        read_as = f"the list ends in maintenance on {last.last}, so that this step has no end"
    return Foreign(
        "a CSV file of titrate with a row per dose",
        tuple(steps),
        read_as=(read_as,) if read_as else (),
        goes_on=goes_on,
    )


def _step(day: csv.CsvDay) -> ForeignStep:
    return ForeignStep(str(day.date), day.date, day.date, tuple(_dose(day, said) for said in day.doses), kind=day.kind)


def _dose(day: csv.CsvDay, said: csv.CsvDose) -> ForeignDose:
    try:
        made_of = pieces.parse(said.pieces) if said.pieces else None
    except ValueError as fault:
        raise FormatError(f"{day.date}, {said.slot[:40]!r}, pieces: {fault}.") from fault
    return ForeignDose(said.dose, said.slot, said.at, said.at is None, made_of)
