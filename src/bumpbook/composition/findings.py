"""Verdicts of chapter 5 about squares: how far composition reaches, what it is compared with, and its two parts.

Those about the held-out cross and the rim are in `ch5_cross`.
"""

from collections.abc import Iterable

from bumpbook.frame.findings import percent, register
from bumpbook.frame.pages import reading_time
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.emergence import Emergence, of_runs
from bumpworld.instruments.spread import write
from bumpworld.store import Result, Store

from .baselines import BASELINES
from .ladder import MODEL, standing

ENOUGH = 0.9  # share of labels right at which a region counts as drawn
KINDS = {"bump": "Bumps", "sos": "SOS"}
PLACES = {False: "in the middle", True: "in the corner"}
EXACT = 1e-6  # mean squared error of nothing but rounding


@register("composition-time")
def time() -> str:
    return reading_time(5)


@register("composition-square")
def squares() -> str:
    """Share right against the width of the held-out square, and the width up to which it is drawn."""
    results, note = finished("square")
    lines = []
    for kind, name in KINDS.items():
        for corner, place in PLACES.items():
            groups = _widths(results, kind, corner)
            if not groups:
                continue
            shares = {w: [r.accuracy()["square"][2] for r in group] for w, group in groups}
            means = {w: sum(v) / len(v) for w, v in shares.items()}
            drawn = [w for w in means if all(means[v] >= ENOUGH for v in means if v <= w)]
            reach = (
                f"{percent(ENOUGH)} and more up to W = {max(drawn)}" if drawn else "under it from the start"
            )
            ends = "; ".join(f"W = {w}: {percent(shares[w])}" for w in sorted({min(shares), max(shares)}))
            lines.append(f"* {name}, square {place}: {reach}. {ends}.")
    head = f"How wide may the hole be, if {percent(ENOUGH)} of its pairs are to be drawn right?\n\n"
    return head + "\n".join(lines) + note


@register("composition-ladder")
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


@register("composition-emergence")
def products() -> str:
    """Accuracy of combinations minus the product of their parts: small square, all squares with bumps, with SOS."""
    first, _ = finished("first")
    groups = {"bumps, W = 4": [r for r in first if r.experiment.train_on.rule == "held_out_square"]}
    try:
        results, note = finished("square")
    except FileNotFoundError as error:
        results, note = [], f"\n\n({error}.)"
    for kind, name in (("bump", "bumps, all squares"), ("sos", "SOS, all squares")):
        groups[name] = [r for r in results if r.experiment.canvas.kind == kind]
    lines = [f"* {name}: {_excess(of_runs(runs, 'square'))}." for name, runs in groups.items() if runs]
    return "Accuracy of combinations minus the product of their parts:\n\n" + "\n".join(lines) + note


def _excess(found: Emergence) -> str:
    _, low, high, count = found.excess
    if not count:
        return "no run was looked at while both parts were half learned"
    if count < 3:
        words = "too few runs to say more"
    elif low > 0:
        words = "more than the product"
    else:
        words = "less than the product" if high < 0 else "not told apart from the product"
    looks = int(found.points.inside.sum())
    return f"{write(found.excess, form='+.3f')}, {looks} looks: {words}"


def finished(name: str) -> tuple[list[Result], str]:
    """The sweep's finished models that learned, and a sentence on what is missing or left out (empty if nothing is).

    Raises FileNotFoundError, naming the command to run, when there is none.
    """
    declared, store = sweep(name).experiments, Store()
    found = [store.load(e) for e in declared if store.has(e)]
    kept = [r for r in found if r.learned]
    if not kept:
        raise FileNotFoundError(f"no model of {name!r} is finished; run `{sweep(name).command}` first")
    notes = []
    if len(found) < len(declared):
        notes.append(f"{len(found)} of {len(declared)} declared models are finished")
    if len(kept) < len(found):
        notes.append(f"{len(found) - len(kept)} that never learned their training labels are left out")
    return kept, f"\n\n({'; '.join(notes)}.)" if notes else ""


def _widths(results: Iterable[Result], kind: str, corner: bool) -> list[tuple[float, list[Result]]]:
    groups: dict[float, list[Result]] = {}
    for result in results:
        canvas, settings = result.experiment.canvas, dict(result.experiment.train_on.settings)
        if canvas.kind == kind and (settings["high"] >= canvas.span) == corner:
            groups.setdefault(settings["high"] - settings["low"], []).append(result)
    return sorted(groups.items())
