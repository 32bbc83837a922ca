"""Precision, recall and F1 from counts."""

from typing import TypedDict


class Prf(TypedDict):
    """Precision, recall and their harmonic mean, as fractions."""

    p: float
    r: float
    f1: float


def prf(right: int, guessed: int, true: int) -> Prf:
    """Return precision, recall and F1 from counts; what has no base is 0."""
    p = right / guessed if guessed else 0.0
    r = right / true if true else 0.0
    return {
        "p": round(p, 4),
        "r": round(r, 4),
        "f1": round(2 * right / (guessed + true), 4) if guessed + true else 0.0,
    }
