"""What chapter 5 measures on squares: how far composition reaches, and what it is compared with.

What it measures on the held-out cross and the rim is in `cross_findings`, on the two parts of a pair in `parts_findings`, what
it found in `headline_findings`.
"""

from collections.abc import Iterable
from functools import cache

from bumpbook.frame.findings import register
from bumpbook.frame.finished import finished as in_store
from bumpbook.frame.pages import reading_time
from bumpbook.frame.sweeps import sweep
from bumpworld.experiment import Experiment
from bumpworld.instruments.baselines import BASELINES
from bumpworld.store import Result, ResultError, Store

from .ladder import MODEL, standing

ENOUGH = 0.9  # share of labels right at which a region counts as drawn
KINDS = {"bump": "Bumps", "sos": "SOS"}
PLACES = {False: "in the middle", True: "in the corner"}
EXACT = 1e-6  # mean squared error of nothing but rounding


@register("composition-time")
def time() -> str:
    return reading_time(5)


def rungs() -> str:
    """In how many splits the model beats each baseline, in error."""
    results, note = finished("square")
    table = standing(results, "square")
    lines = []
    for kind, name in KINDS.items():
        errors = table[table.kind == kind].groupby(["low", "high", "source"]).error.mean().unstack()
        if errors.empty:
            continue
        exact = [b for b in BASELINES if (errors[b] < EXACT).all()]
        beaten = ", ".join(f"{int((errors[MODEL] < errors[b]).sum())} against *{b}*" for b in BASELINES)
        own = table[(table.kind == kind) & (table.source == MODEL)]
        times = (own.error / own.trained_error).groupby([own.low, own.high]).mean()
        lines.append(
            f"* {name}: exact on every square is {' and '.join(f'*{b}*' for b in exact) or 'no baseline'}. Of "
            f"{len(errors)} squares, the trained models have the smaller mean error in {beaten}. Their error is "
            f"{times.min():.1f} to {times.max():.0f} times that on their own training labels, by square."
        )
    return "Mean squared error on the held-out pairs:\n\n" + "\n".join(lines) + note


def finished(name: str, preset: str = "quick") -> tuple[list[Result], str]:
    """A preset's finished models of a sweep that learned, and a sentence on what is missing or left out (empty if nothing is).

    Raises ResultError, naming the command to run, when there is none.
    """
    declared, found = sweep(name, preset), _loaded(*in_store(name, preset=preset))
    kept = [r for r in found if r.learned]
    if not kept:
        raise ResultError(f"no model of {name!r} has learned its labels; run `{declared.command}` first")
    notes, many = [], len(declared.experiments)
    if len(found) < many:
        notes.append(f"{len(found)} of {many} declared models are finished")
    if len(kept) < len(found):
        notes.append(f"{len(found) - len(kept)} that never learned their training labels are left out")
    return kept, f"\n\n({'; '.join(notes)}.)" if notes else ""


# a page asks for one sweep a dozen times
@cache
def _loaded(store: Store, there: tuple[Experiment, ...], written: tuple[int, ...]) -> list[Result]:
    return [store.load(e) for e in there]


def widths_of(results: Iterable[Result], kind: str, corner: bool) -> list[tuple[float, list[Result]]]:
    groups: dict[float, list[Result]] = {}
    for result in results:
        canvas, settings = result.experiment.canvas, dict(result.experiment.train_on.settings)
        if canvas.kind == kind and (settings["high"] >= canvas.span) == corner:
            groups.setdefault(settings["high"] - settings["low"], []).append(result)
    return sorted(groups.items())
