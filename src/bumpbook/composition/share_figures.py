"""The figures of chapter 5 that are shares: accuracy by region, by rim, by width, and which shapes are drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame import given
from bumpbook.frame.layouts import panels, stacked, turning_grid, two_layouts
from bumpbook.frame.style import BLUE, CURVES, GREEN, GREY, PALE, RED, ROSE, SKY, new_figure, styled
from bumpbook.frame.tables import fine_tolerance
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments.emergence import parts
from bumpworld.instruments.spread import spread as spread_of
from bumpworld.store import Result

from .figures import USES
from .findings import widths_of
from .shapes import NAMES, fit_shapes

__all__ = ["cross_accuracy", "region_accuracy", "rim_accuracy", "shape_shares", "square_widths"]
ARMS = ("vertical", "horizontal", "intersection")
KINDS = {"bump": "bumps", "sos": "SOS"}


def _learned(results: Sequence[Result], *rules: str) -> tuple[list[Result], list[str]]:
    """The runs that learned their training labels, and the kinds of world among them; all chose these by one of ``rules``."""
    learned = [r for r in given.results("results", results, *rules, least=0) if r.learned]
    return learned, [kind for kind in KINDS if any(r.experiment.canvas.kind == kind for r in learned)]


@two_layouts
@styled
def cross_accuracy(results: Sequence[Result]) -> Figure:
    """What is right of the held-out cross under each training set: where one value is new, and where both are.

    Dots are models, bars their mean with its interval. A panel for bumps and one for SOS.
    """
    results, kinds = _learned(results, "held_out_cross")
    if not kinds:
        return _not_measured("regions")
    figure, shown = _panel_a_kind(kinds, 2.8)
    *arms, middle = ARMS
    regions = {"one value new (arms)": arms, "both new (intersection)": [middle]}
    for axes, kind in zip(shown, kinds, strict=True):
        for at, use in enumerate(USES):
            found = [parts(r) for r in results if _setting(r) == (kind, use)]
            for (name, where), look, aside in zip(regions.items(), CURVES, (-0.14, 0.14), strict=False):
                right = np.array([np.mean([one[arm][3] for arm in where]) for one in found])
                if len(right):
                    spread(axes, at + aside, right, look, name if at == 0 else None)
        axes.set(ylim=(-0.04, 1.04), xlim=(-0.5, 2.5), xticks=range(3), title=KINDS[kind])
        axes.set_xticklabels(["2D only", "stripes only", "both"])
    _name_shares(shown, "right within 1 px")
    legend = shown[0].get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=1 if stacked() else 2)
    return figure


@two_layouts
@styled
def region_accuracy(results: Sequence[Result]) -> Figure:
    """Each arm of the held-out cross under each training set: positions in x and in y, and drawings that are right.

    Dots are models, bars their mean with its interval (see `spread.spread`). A row for bumps and one for SOS; columns where `stacked`.
    """
    results, kinds = _learned(results, "held_out_cross")
    if not kinds:
        return _not_measured("regions")
    figure = new_figure(1.9 * len(ARMS) + 0.6 if stacked() else 2.25 * len(kinds) + 0.4)
    lines = turning_grid(figure, len(kinds), len(ARMS), sharex=True, sharey=True)
    names = ("x within 1 px", "y within 1 px", "right: x, y and shape")
    for line, kind in zip(lines, kinds, strict=True):
        for axes, arm in zip(line, ARMS, strict=True):
            for at, use in enumerate(USES):
                chosen = [r for r in results if _setting(r) == (kind, use)]
                values = np.array([[parts(r)[arm][i] for i in (0, 1, 3)] for r in chosen])
                for j, offset in enumerate((-0.26, 0, 0.26)):
                    if len(chosen):
                        spread(axes, at + offset, values[:, j], CURVES[j], names[j] if at == 0 else None)
            axes.set(ylim=(-0.04, 1.04), xlim=(-0.5, 2.5), xticks=range(3))
            axes.set_xticklabels(["2D", "stripes", "both"])
    arms = [{"intersection": arm}.get(arm, f"{arm} arm") for arm in ARMS]
    worlds = [KINDS[kind] for kind in kinds]
    above, beside = (worlds, arms) if stacked() else (arms, worlds)
    grid = lines.T if stacked() else lines
    for axes, name in zip(grid[0], above, strict=True):
        axes.set_title(name)
    for axes, name in zip(grid[:, 0], beside, strict=True):
        axes.set_ylabel(f"{name}: share")
    handles = grid[0, 0].get_legend_handles_labels()
    columns = 2 if stacked() else 3
    figure.legend(*handles, loc="outside lower center", ncols=columns, handletextpad=0.3)
    return figure


@two_layouts
@styled
def rim_accuracy(results: Sequence[Result]) -> Figure:
    """Stripes with and without 2D labels along the rim: share right among all labels, trained ones and held-out ones."""
    results, kinds = _learned(results, "stripes_only", "rim")
    if not kinds:
        return _not_measured("rim")
    figure, shown = _panel_a_kind(kinds, 2.7)
    for axes, kind in zip(shown, kinds, strict=True):
        for j, (rule, name) in enumerate((("stripes_only", "stripes only"), ("rim", "stripes and rim"))):
            chosen = [
                r for r in results if (r.experiment.canvas.kind, r.experiment.train_on.rule) == (kind, rule)
            ]
            values = np.array([_overall_id_ood(r) for r in chosen])
            for at in range(3):
                if len(chosen):
                    spread(axes, at + 0.3 * j - 0.15, values[:, at], CURVES[j], name if at == 0 else None)
        axes.set(ylim=(-0.04, 1.04), xlim=(-0.5, 2.5), xticks=range(3), title=KINDS[kind])
        axes.set_xticklabels(["all labels", "trained on", "held out"])
    _name_shares(shown, "right within 1 px")
    shown[0].legend(loc="lower left")
    return figure


@two_layouts
@styled
def square_widths(results: Sequence[Result]) -> Figure:
    """Share of a held-out W x W square that is drawn right within 0.45 px, against W: in the middle and in the corner of the canvas."""
    results, kinds = _learned(results, "held_out_square")
    if not kinds:
        return _not_measured("square")
    figure, shown = _panel_a_kind(kinds, 2.8)
    for axes, kind in zip(shown, kinds, strict=True):
        groups = [widths_of(results, kind, corner) for corner in (False, True)]
        names = ((-0.16, "in the middle"), (0.16, "in the corner"))
        for (shift, name), found, style in zip(names, groups, CURVES, strict=False):
            rights = [
                np.array([r.accuracy(fine_tolerance(r.experiment.canvas))["square"][2] for r in group])
                for _, group in found
            ]
            places = [width + shift for width, _ in found]
            axes.plot(places, [right.mean() for right in rights], **style | {"marker": ""})
            for place, right in zip(places, rights, strict=True):
                spread(axes, place, right, style, name if place == places[0] else None)
        axes.set(ylim=(-0.04, 1.04), xlabel="width W of the held-out square (px)", title=KINDS[kind])
        axes.set_xticks(sorted({width for found in groups for width, _ in found}))
    _name_shares(shown, "right within 0.45 px")
    shown[0].legend(loc="lower left")
    return figure


@two_layouts
@styled
def shape_shares(drawn: Mapping[str, Tensor], canvas: Canvas) -> Figure:
    """Which shape fits best in each set of drawings (n, 1, size, size): a bar a set, split by shape."""
    size = checks.instance("canvas", canvas, Canvas).size
    drawn = given.drawings("drawn", drawn, size)
    looks = zip(NAMES, (BLUE, ROSE, GREEN, SKY, PALE, RED), ("", "//", "\\\\", "..", "", "xx"), strict=True)
    shares = {name: fit_shapes(images, canvas).shares() for name, images in drawn.items()}
    figure = new_figure(0.5 * len(shares) + (1.4 if stacked() else 1.15))
    least = 0.1 if stacked() else 0.08  # for its number to stand in a bar
    axes = figure.subplots()
    left = np.zeros(len(shares))
    box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    for shape, color, hatch in looks:
        widths = np.array([each[shape] for each in shares.values()])
        look = {"color": color, "hatch": hatch, "edgecolor": "white"}
        bars = axes.barh(list(shares), widths, left=left, label=shape, **look)
        texts = [f"{100 * w:.0f} %" if w >= least else "" for w in widths]
        for text in axes.bar_label(bars, texts, label_type="center", fontsize=8):
            if text.get_text():
                text.set_bbox(box)
        left += widths
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share of drawings")
    axes.tick_params(axis="y", length=0, labelsize=10)
    columns = 2 if stacked() else 3
    legend = axes.get_legend_handles_labels()
    figure.legend(*legend, loc="outside upper center", ncols=columns, handlelength=1.6)
    return figure


def _panel_a_kind(kinds: Sequence[str], height: float) -> tuple[Figure, list[Axes]]:
    """A figure with a panel for each kind: side by side, ``height`` inches high, or one below the other where `stacked`."""
    figure = new_figure(2.3 * len(kinds) if stacked() else height)
    return figure, list(figure.subplots(*panels(len(kinds)), sharey=True, squeeze=False).flat)


def _name_shares(shown: Sequence[Axes], name: str) -> None:
    """Name the axis of shares beside the first of the panels, or beside each where `stacked`."""
    for axes in shown if stacked() else shown[:1]:
        axes.set_ylabel(name)


def _not_measured(sweep: str) -> Figure:
    """Instead of a figure: a sentence, as `verdict` has it, when no model that learned is finished yet."""
    figure = new_figure(0.6)
    then = "\n" if stacked() else " "
    text = f"Not measured here: no finished model.{then}`bumpworld run {sweep}` trains what is missing."
    figure.text(0.5, 0.5, text, ha="center", va="center", color=GREY)
    return figure


def _setting(result: Result) -> tuple[str, str]:
    return result.experiment.canvas.kind, dict(result.experiment.train_on.settings)["use"]


def _overall_id_ood(result: Result) -> tuple[float, float, float]:
    right = result.judgement().right()[:, 2].double()
    split = result.experiment.train_on.split(result.experiment.canvas)
    return tuple(float(right[mask].mean()) for mask in (right >= 0, split.train_mask, split.held_out))


def spread(
    axes: Axes, at: float, values: np.ndarray, style: dict, label: str | None, horizontal: bool = False
) -> None:
    """All values as small dots, their mean as a marker with its interval, in one curve's colour and marker."""
    # up an axis stand shares, across it how much shares differ, which may be below 0
    mean, low, high, _ = spread_of(values, share=not horizontal)
    bars, places = [[mean - low], [high - mean]], np.full(len(values), at)
    dots = (values, places) if horizontal else (places, values)
    axes.plot(*dots, "o", color=style["color"], markersize=2.6, alpha=0.45, zorder=2)
    look = {"marker": style["marker"], "markeredgecolor": "white", "markersize": 6.5, "zorder": 3}
    look |= {"color": style["color"], "capsize": 2.5, "linewidth": 1.3, "linestyle": "none", "label": label}
    if horizontal:
        axes.errorbar(mean, at, xerr=bars, **look)
    else:
        axes.errorbar(at, mean, yerr=bars, **look)
