"""Verdicts of chapter 7 about learning: when unseen labels are drawn right, and which explanation foretells it."""

import math
from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame import longer, tables
from bumpbook.frame.findings import minus, percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.instruments.lattice import predicted_onset
from bumpworld.instruments.onset import Threshold, fit_threshold
from bumpworld.instruments.overlap import pixel_overlap
from bumpworld.instruments.spread import percentage, spread, write
from bumpworld.store import Store

from . import rivals

TAU = 0.005  # the paper's overlap threshold
COUNT = 32  # training labels of the controls
LOWEST = 0.4  # narrower bumps than this are controls
FINE = f"{tables.FINE:g} px"  # the spacing of the labels is 1 px


@register("percolation-runs")
def runs() -> str:
    """How many models there are, and which never learned their own labels."""
    table = _table()
    rows = table[table.region == "train"]
    failed = rows[~rows.learned]
    text = f"{len(rows)} of the sweep's {len(sweep('percolation').experiments)} models are finished"
    text += f", from {rows.seed.nunique()} seed{'s' if rows.seed.nunique() > 1 else ''}. "
    if failed.empty:
        return text + "All of them learned to draw their own training labels."
    where = failed.groupby(["sigma", "normalised", "train_labels"]).size()
    listed = ", ".join(
        f"{n} at σ = {s:g} with {labels} labels{' and equal energy' if even else ''}"
        for (s, even, labels), n in where.items()
    )
    return text + f"{len(failed)} never learned their own training labels and are left out below: {listed}."


@register("percolation-patience")
def patience() -> str:
    """Does the onset wait for longer training?"""
    usual, late = (longer.share("sparse", how, "near") for how in (False, True))
    return state(
        f"**The onset does not wait for longer training.** On the steep part of the curve, with 32 random labels, networks draw {percentage(usual.mean)} of the "
        f"others within a pixel when they stop by themselves, and {percentage(late.mean)} after {longer.steps(True)} steps.",
        longer.gain("sparse", "near").high < 0.1 < 0.2 < usual.mean < 0.8,
        f"{write(usual, percent=True)} and {write(late, percent=True)}; {{doc}}`05_composition` asks the same of squares and of a band.",
    )


@register("percolation-controls")
def controls() -> str:
    """Bumps too narrow to overlap with anything: do they compose? And those that overlap and have not joined up?"""
    rows = _unseen(_table())
    rows = rows[~rows.normalised & (rows.train_labels == COUNT)]
    narrow, wide = rows[rows.sigma < LOWEST], rows[rows.sigma > LOWEST]
    if narrow.empty or wide.empty:
        raise FileNotFoundError(
            "no control that learned its labels is finished; run `bumpworld run percolation`"
        )
    most = max(pixel_overlap(Canvas(sigma=float(s)), [8, 8], [9, 8]) for s in narrow.sigma.unique())
    joins = predicted_onset(wide.sigma.to_numpy()).staircase * len(Canvas().lattice())
    loose, joined = wide[joins > COUNT], wide[joins <= COUNT]
    low, middle, high = (part["both_fine"].mean() for part in (narrow, loose, joined))
    sentence = (
        f"**Bumps that touch nothing, or touch and do not join up, stay far behind.** After {COUNT} training labels {percentage(low)} of the unseen ones are drawn right within "
        f"{FINE} where no two images overlap, {percentage(middle)} where they overlap but are too few to join up, {percentage(high)} where they join. "
        "Percolation would have it so, and so would other reasons."
    )
    shares = [
        (f"{s:g}", percent(part["both_fine"].tolist()), percent(part["both"].tolist()))
        for s, part in rows.groupby("sigma")
    ]
    heads = ("σ in px", f"right within {FINE}", "within 1 px, where a copied neighbour passes")
    evidence = (
        f"{markdown_table(heads, shares)}\n\nNeighbours of the bumps below σ = {LOWEST:g} overlap by at most "
        f"{most:.4f} on the pixels, below τ = {TAU:g}. Joined: more labels than the threshold of the endless lattice, by our cosine."
    )
    return state(sentence, most < TAU and max(low, middle) < high / 2, evidence)


def onsets(table: pd.DataFrame, column: str = "both") -> dict[tuple[float, bool], Threshold]:
    """Labels at which half of the unseen ones are right, for each (sigma, equal energy?) with three counts or more."""
    rows = _unseen(table)
    rows = rows[rows.sigma > LOWEST]
    return {
        (float(sigma), bool(even)): fit_threshold(part.train_labels, part[column], level=0.5, seeds=part.seed)
        for (sigma, even), part in rows.groupby(["sigma", "normalised"])
        if part.train_labels.nunique() >= 3
    }


@register("percolation-energy")
def energy() -> str:
    """Is it the brightness of the image that delays narrow bumps?"""
    found, parts, shares = onsets(_table(), "both_fine"), [], []
    narrow, wide = (f(s for s, _ in found) for f in (min, max)) if found else (0, 0)
    cells = [found.get(key) for key in ((narrow, False), (wide, False), (narrow, True), (wide, True))]
    if narrow == wide or any(t is None or t.note for t in cells):
        raise FileNotFoundError(
            "not every onset was reached, or models are missing; run `bumpworld run percolation`"
        )
    for first, second, words in (
        (cells[0], cells[1], "plain images"),
        (cells[2], cells[3], "images of equal energy"),
    ):
        shares.append(math.log(first.value / second.value))
        parts.append(f"{first.value / second.value:.1f} times as many with {words}")
    left = shares[1] / shares[0] if shares[0] > 0 else math.nan
    end = (
        "Brightness is at least half of the reason."
        if left <= 0.5
        else "So brightness is not what delays narrow bumps."
    )
    return f"Bumps of {narrow:g} px need more labels than those of {wide:g} px until half are right: {' and '.join(parts)}. {end}"


@register("percolation-representation")
def representation() -> str:
    """Additive share and participation ratio with the fewest and the most labels."""
    from .onset_figures import encoder_rows

    rows = encoder_rows(tables.geometry(sweep("percolation")))
    rows, lines, ends = rows[~rows.normalised], [], {"additive": [], "dimension": []}
    for sigma, part in rows.groupby("sigma"):
        few, many = (part[part.train_labels == f(part.train_labels)] for f in (min, max))
        cells = [f"{sigma:g}"]
        for name, kept in ends.items():
            kept.append((few[name].mean(), many[name].mean()))
            cells += [
                write(spread(some[name]), form=".2f" if name == "additive" else ".1f") for some in (few, many)
            ]
        lines.append(cells)
    least, most = rows.train_labels.min(), rows.train_labels.max()
    few, many = np.mean(ends["additive"], axis=0)
    sentence = (
        f"**The sheet is there with the fewest labels.** With {least} training labels {few:.2f} of the representation is additive in x "
        f"and y, with {most} labels {many:.2f}, in 1 to 3 dimensions all along."
    )
    flat = np.array(ends["dimension"])
    heads = (
        "σ in px",
        *(f"{name}, {n} labels" for name in ("additive share", "dimensions") for n in (least, most)),
    )
    return state(sentence, few > 0.8 and 1 <= flat.min() and flat.max() <= 3, markdown_table(heads, lines))


@register("percolation-answer")
def answer() -> str:
    """Does learning follow percolation? The best of both, on widths that neither was fitted to, at both tolerances.

    Energy does not compete: the runs at equal energy judge it directly, see ``energy``.
    """
    outcomes, lines = [], []
    for fine, words in ((False, "Within 1 px"), (True, f"Within {FINE}")):
        ((lattice, score), (rival, _)), (mean, low, high) = _duel("sigma", fine, without=("energy",))
        outcomes.append("follows" if high < 0 else "near" if low > 0 else "open")
        ours = f"percolation's best version, “{lattice}”{'' if score.low > 0 else ', no better than a constant rate'}"
        bits = "{} bits a drawing ({} to {})"
        lead = bits.format(*map(minus, (mean, low, high)))
        lines.append(f"{words}, at unseen widths, " + {
            "follows": f"{ours}, is ahead of the best rival, “{rival}”, by {bits.format(*map(minus, (-mean, -high, -low)))}.",
            "near": f"“{rival}” is ahead of {ours}, by {lead}.",
            "open": f"“{rival}” and {ours}, are not told apart: {lead}.",
        }[outcomes[-1]])  # fmt: skip
    if len(set(outcomes)) == 1:
        head = {
            "follows": "Learning follows percolation in this world.",
            "near": "Learning does not follow percolation in this world; it only happens near it.",
            "open": "These data cannot tell whether learning follows percolation.",
        }[outcomes[0]]
    elif "follows" in outcomes:
        head = "Whether learning follows percolation depends on what counts as right."
    else:
        head = "That learning follows percolation is not supported: no version of it beats the best rival."
    return f"**{head}** {' '.join(lines)}"


def _duel(by: str, fine: bool, whole: bool = False, without: tuple[str, ...] = ()):
    """Best of percolation and best other, each (name, row), and the bits that the second saves over the first.

    ``whole`` admits only numbers that are the same for all labels of a network; rivals ``without`` do not compete.
    """
    frame = _frame(fine)
    if frame[by].nunique() < 2:
        raise FileNotFoundError(f"models of one {by} only are finished; run `bumpworld run percolation`")
    scores = _scores(_state(), by, fine).drop(index=list(without), errors="ignore")
    if whole:
        spread = frame.groupby("key")[list(scores.index)].nunique().max()
        scores = scores[spread[scores.index] == 1]
    best = [next(scores[scores.family == family].iterrows()) for family in (rivals.PERCOLATION, rivals.OTHER)]
    losses = [rivals.held_out_losses(frame, name, by) for name, _ in best]
    return best, rivals.difference(*losses)


def _frame(fine: bool) -> pd.DataFrame:
    return _outcomes(_state(), fine)


@cache
def _outcomes(state, fine: bool) -> pd.DataFrame:
    store = Store()
    wanted = [e for e in sweep("percolation").experiments if e.canvas.sigma > LOWEST and store.has(e)]
    if not wanted:
        raise FileNotFoundError(
            "no model of 'percolation' is finished; run `bumpworld run percolation` first"
        )
    return rivals.outcomes([store.load(e) for e in wanted], fine)


@cache
def _scores(state, by: str, fine: bool) -> pd.DataFrame:
    return rivals.compare(_outcomes(state, fine), by)


def _table() -> pd.DataFrame:
    return _read(_state()).copy()


@cache
def _read(state) -> pd.DataFrame:
    return tables.table(sweep("percolation"))


def _unseen(table: pd.DataFrame) -> pd.DataFrame:
    return tables.learned(table[table.region == "unseen"])


def unseen_at_equal_energy() -> pd.DataFrame:
    """The networks at equal energy as a table of `grid.shares`: sigma, spacing, labels, and the share right within .45 px."""
    rows = _unseen(_table())
    rows = rows[rows.normalised & (rows.sigma > LOWEST)]
    return rows.assign(labels=rows.train_labels, share=rows["both_fine"])


def _state() -> tuple:
    """What the store holds now of the sweep: the key under which its tables are kept between verdicts."""
    store = Store()
    paths = [store.record_path(e) for e in sweep("percolation").experiments if store.has(e)]
    return (str(store.root), *((p.name, p.stat().st_mtime_ns) for p in paths))
