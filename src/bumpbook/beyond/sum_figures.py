"""Figure of chapter 8: what becomes of a pair when the scores of an x and of a y are added."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame.style import CURVES, GREY, HELD_OUT, new_figure, ring, show_image, styled

__all__ = ["score_sums"]
COLUMNS = ("x alone", "y alone", "neither", "asked: (x, y)", "added", "multiplied")


@styled
def score_sums(
    drawings: Mapping[str, Tensor], errors: Mapping[str, Sequence[float]], times: Sequence[int]
) -> Figure:
    """Above, a row of six drawings for each world (`beyond.stripes_scores.gallery`); below, the error of a sum of scores.

    ``drawings`` maps a world's name to images (6, 1, size, size); ``errors`` maps it to the error at each of ``times``.
    """
    figure = new_figure(2.9 + 1.25 * len(drawings))
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.25 * len(drawings) + 0.35, 2.3])
    table = top.subplots(len(drawings), len(COLUMNS), squeeze=False)
    titles = [COLUMNS] + [("",) * len(COLUMNS)] * len(table)
    for row, heads, (name, images) in zip(table, titles, drawings.items(), strict=False):
        for axes, image, title in zip(row, images, heads, strict=True):
            show_image(axes, image, title, vmax=max(1.0, float(images.max())))
        for axes in row[3:]:
            ring(axes, HELD_OUT)
        row[0].set_ylabel(name)
    axes = bottom.subplots()
    for (name, values), style in zip(errors.items(), CURVES, strict=False):
        axes.plot(times, values, **style, label=name, clip_on=False)
    axes.axhline(0, color=GREY, linewidth=0.8, zorder=0)
    axes.set(xlabel="t", ylabel="error of the sum / energy", xlim=(0, 1010), ylim=(-0.02, None))
    axes.legend(title="known column + known row − all", alignment="left", loc="center right")
    return figure
