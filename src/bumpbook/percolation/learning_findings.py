"""Verdicts of chapter 7 about learning: when unseen labels are drawn right, and which explanation foretells it."""

import math
from functools import cache

import numpy as np
import pandas as pd

from bumpbook.frame import longer, tables
from bumpbook.frame.findings import interval, percent, register, state
from bumpbook.frame.finished import finished
from bumpbook.frame.lattice_sweeps import CONTROLS
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.sweeps import sweep
from bumpworld.canvas import Canvas
from bumpworld.files import ResultError
from bumpworld.instruments.factorization import factorization_score
from bumpworld.instruments.lattice import predicted_onset
from bumpworld.instruments.onset import Threshold, fit_threshold
from bumpworld.instruments.overlap import pixel_overlap
from bumpworld.instruments.spread import percentage, spread, write
from bumpworld.unet import ConditionalUNet

from . import rivals

TAU = 0.005  # the paper's overlap threshold
COUNT = 32  # training labels of the controls
BITS = " bits a drawing"
FINE = f"{tables.FINE:g} px"  # the spacing of the labels is 1 px


@register("percolation-runs")
def runs() -> str:
    """How many models there are, and did all learn their own labels?"""
    table, declared = _table(), len(sweep("percolation").experiments)
    rows = table[table.region == "train"]
    if len(rows) < declared:
        raise ResultError(
            f"{len(rows)} of {declared} models are finished; run `bumpworld run percolation` for the others"
        )
    return state(
        f"All of the sweep's {declared} models, from {rows.seed.nunique()} seeds, learned to draw their own training labels.",
        bool(rows.learned.all()),
    )


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
    narrow, wide = rows[rows.sigma <= max(CONTROLS)], rows[rows.sigma > max(CONTROLS)]
    if narrow.empty or wide.empty:
        raise ResultError("no control that learned its labels is finished; run `bumpworld run percolation`")
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
        f"{markdown_table(heads, shares)}\n\nNeighbours of the bumps up to σ = {max(CONTROLS):g} overlap by at most "
        f"{most:.4f} on the pixels, below τ = {TAU:g}. Joined: more labels than the threshold of the endless lattice, by our cosine."
    )
    return state(sentence, most < TAU and max(low, middle) < high / 2, evidence)


def onsets(table: pd.DataFrame, column: str = "both") -> dict[tuple[float, bool], Threshold]:
    """Labels at which half of the unseen ones are right, for each (sigma, equal energy?) with three counts or more."""
    rows = _unseen(table)
    rows = rows[rows.sigma > max(CONTROLS)]
    return {
        (float(sigma), bool(even)): fit_threshold(part.train_labels, part[column], level=0.5, seeds=part.seed)
        for (sigma, even), part in rows.groupby(["sigma", "normalised"])
        if part.train_labels.nunique() >= 3
    }


@register("percolation-energy")
def energy() -> str:
    """Is it the brightness of the image that delays narrow bumps?"""
    found = onsets(_table(), "both_fine")
    narrow, wide = (f((s for s, _ in found), default=0) for f in (min, max))
    pairs = [[found.get((sigma, even)) for sigma in (narrow, wide)] for even in (False, True)]
    if narrow == wide or any(t is None or t.note for pair in pairs for t in pair):
        raise ResultError(
            "not every onset was reached, or models are missing; run `bumpworld run percolation`"
        )
    plain, equal = (first.value / second.value for first, second in pairs)
    return state(
        f"Brightness is not what delays narrow bumps. Until half are right, those of {narrow:g} px need {plain:.1f} times as many labels as those of {wide:g} px "
        f"with plain images, and {equal:.1f} times as many with images of equal energy.",
        plain > 1 and math.log(equal) > 0.5 * math.log(plain),
    )


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
    code = _additive_code()
    sentence = (
        f"**Additive with the fewest labels already, as the code is before any.** With {least} training labels {few:.2f} of the representation is additive in x "
        f"and y, with {most} labels {many:.2f}, in 1 to 3 dimensions all along. The code of the label has {code:.2f}, so that the share alone shows nothing learned."
    )
    flat = np.array(ends["dimension"])
    heads = (
        "σ in px",
        *(f"{name}, {n} labels" for name in ("additive share", "dimensions") for n in (least, most)),
    )
    holds = 0.8 < few <= code and 1 <= flat.min() and flat.max() <= 3
    return state(sentence, holds, markdown_table(heads, lines))


@cache
def _additive_code() -> float:
    """Additive share of the code in which the networks of the sweep are told their labels."""
    (unet,) = {e.unet for e in sweep("percolation").experiments}
    labels = Canvas().lattice()
    code = ConditionalUNet(unet).label_code(labels)
    return float(factorization_score(code.detach().numpy(), labels.numpy()).share)


@register("percolation-answer")
def answer() -> str:
    """Does learning follow percolation? The best of both, on widths that neither was fitted to, at both tolerances.

    Energy does not compete: the runs at equal energy judge it directly, see ``energy``.
    """
    (coarse, near), (fine, alike) = _duel(False), _duel(True)
    sentence = (
        "**That learning follows percolation is not supported: no version of it beats the best rival.** At unseen widths, within 1 px, "
        f"“{coarse[1]}” is ahead of percolation's best version, “{coarse[0]}”, by {interval(near, unit=BITS)}. Within {FINE} “{fine[1]}” and percolation's best, "
        f"“{fine[0]}”, are not told apart: {interval(alike, unit=BITS)}."
    )
    return state(sentence, near[1] > 0 and alike[1] <= 0 <= alike[2])


def _duel(fine: bool) -> tuple[list[str], tuple[float, float, float]]:
    """Names of percolation's best and of the best other, and the bits that the second saves over the first, a width left out."""
    frame = _frame(fine)
    if frame["sigma"].nunique() < 2:
        raise ResultError("models of one sigma only are finished; run `bumpworld run percolation`")
    scores = rivals.compare(frame, "sigma").drop(index="energy", errors="ignore")
    best = [scores.index[scores.family == family][0] for family in (rivals.PERCOLATION, rivals.OTHER)]
    lead = rivals.difference(*(rivals.held_out_losses(frame, name, "sigma") for name in best))
    return [rivals.shown(name) for name in best], lead


def _frame(fine: bool) -> pd.DataFrame:
    """Every drawing of an unseen label, with each rival's number, of networks whose bumps are no controls."""
    store, there, _ = finished("percolation")
    wanted = [store.load(e) for e in there if e.canvas.sigma > max(CONTROLS)]
    if not wanted:
        raise ResultError("controls alone are finished; run `bumpworld run percolation`")
    return rivals.outcomes(wanted, fine)


def _table() -> pd.DataFrame:
    return _read(*finished("percolation")).copy()


# five sentences of a page ask for it
@cache
def _read(*there) -> pd.DataFrame:
    return tables.table(sweep("percolation"))


def _unseen(table: pd.DataFrame) -> pd.DataFrame:
    return tables.learned(table[table.region == "unseen"])


def unseen_at_equal_energy() -> pd.DataFrame:
    """The networks at equal energy as a table of `grid.shares`: sigma, spacing, labels, and the share right within 0.45 px."""
    rows = _unseen(_table())
    rows = rows[rows.normalised & (rows.sigma > max(CONTROLS))]
    return rows.assign(labels=rows.train_labels, share=rows["both_fine"])
