"""What the study of errors measured, and the limits that were written down before it: the finding on axes in use rests on it."""

from bumpbook.frame.claims import Limit, Measured
from bumpbook.frame.studies import load
from bumpworld.instruments.spread import Spread, spread
from bumpworld.store import ResultError

from .astray_study import STUDY

# as in results/predictions/astray.json
WHAT = {
    "span": "within the labels' span minus diagonals",
    "spread": "spread as the labels are",
    "sizes": "x and y over diagonals",
}
LIMITS = {
    "span": (Limit(WHAT["span"], 0.5), Limit(WHAT["span"], partly=0, reach="above")),
    "spread": (
        Limit(WHAT["spread"], 0.2, reach="up to"),
        Limit(WHAT["spread"], partly=0.5, reach="below"),
    ),
    "sizes": (Limit(WHAT["sizes"], 0.5, reach="up to"), Limit(WHAT["sizes"], partly=1, reach="below")),
}


def records() -> list[dict]:
    """What was measured on networks that learned their labels. Raises ResultError for none."""
    found = [r["measured"] for r in load(STUDY) if r["measured"]["learned"]]
    if not found:
        raise ResultError(f"no network is measured; run `{STUDY.command}` first")
    return found


def share(error: str) -> Spread:
    """Share drawn right within 1 px under an ``error``: "diagonal", "random", "span" or "spread"."""
    return spread([r[error][0] for r in records()], share=True)


def size(pair: str) -> Spread:
    """How far the far sum along a pair of axes is off, over the spread of the labels' points."""
    return spread([r["sizes"][pair] for r in records()])


def measured() -> dict[str, Measured]:
    """What each prediction is about."""
    rows = records()
    found = {
        "span": spread([r["span"][0] - r["diagonal"][0] for r in rows]),
        "spread": share("spread"),
        "sizes": spread([r["sizes"]["image"] / r["sizes"]["diagonal"] for r in rows]),
    }
    return {name: {WHAT[name]: value} for name, value in found.items()}
