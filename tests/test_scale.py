"""The marks of a syringe: what is read, what can be drawn up."""

from __future__ import annotations

from fractions import Fraction

import pytest

from titrate.scale import USUAL, Scale

F = Fraction


def test_the_usual_syringes() -> None:
    """A tenth of a millilitre up to one, half a millilitre above: 0.1 to 1 are ten marks, 1.5 and 2 are two more."""
    assert [str(v) for v in USUAL.volumes(F(2))] == [str(F(n, 10)) for n in (*range(1, 11), 15, 20)]
    assert F(9, 10) in USUAL
    assert F(5, 2) in USUAL
    assert F(11, 10) not in USUAL
    assert F(1, 20) not in USUAL
    assert F(0) not in USUAL


@pytest.mark.parametrize(
    "text", ["0.5 mL", "0.1 mL up to 1 mL, 0.5 mL above", "0.2 mL up to 1 mL, 0.5 mL up to 5 mL, 1 mL above"]
)
def test_what_is_written_is_read_back(text: str) -> None:
    assert str(Scale.parse(text)) == text


def test_other_spellings() -> None:
    assert Scale.parse("0.1 mL to 1 mL, 0.5 mL") == USUAL
    assert Scale.parse(".5 ml") == Scale.parse("0.5 mL")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0.5", "has no unit"),
        ("0.5 mg", "no volume to draw up"),
        ("0 mL", "no volume to draw up"),
        ("0.1 mL up to 1 mL", "is no measure"),
        ("0.5 mL, 1 mL", "is no measure"),
        ("0.2 mL up to 0.5 mL, 1 mL above", "0.5 mL is no mark of it"),
        ("0.1 mL up to 1 mL, 0.5 mL up to 1 mL, 1 mL above", "1 mL is no mark of it"),
        ("", "is no measure"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Scale.parse(text)


def test_only_text_is_read() -> None:
    with pytest.raises(ValueError, match="is no measure"):
        Scale.parse(5)  # type: ignore[arg-type]
