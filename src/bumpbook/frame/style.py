"""The look that all figures share: colours that survive colour blindness and a grey printer, sizes, image tables.

A drawing function is decorated with `styled` and returns its matplotlib Figure. It is shown when a notebook cell
ends with it, and drawing it changes no global setting.

What a colour means, in every figure, printed or living:

* blue (`TRAINED`): what was trained on, what a network draws or measures, and what is right. Images and maps run from
  white, nothing, to dark blue, a bump's middle or a share of one (`IMAGE`);
* orange (`HELD_OUT`): what nobody showed, and the place that is asked for; always dashed, hatched, hollow or a ring too;
* red: wrong, or broken. What lies below nothing in a signed image is red, too (`SIGNED`);
* green, in a map of labels: never shown and drawn right all the same;
* ink: what is exact or measured without a network, a formula or a mean; grey: what a null gets, axes and guides.

Where several curves only have to be told apart, `CURVES` gives their colours: blue is the first, neither orange nor red
is among them, and dashes and markers tell them apart, too. Along axes x is blue and y is rose.
"""

import functools
from collections.abc import Callable, Iterable, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from bumpworld import checks
from bumpworld.canvas import Canvas

from . import given
from .layouts import NARROW, TwofoldFigure, cells, stacked

WIDTH = 7.4  # inches: a page column; every figure is this wide, so that text has one size throughout the book
DPI = 180  # twice the dots that a column shows on an ordinary screen

INK, GREY, PALE = "#1f2730", "#6b7783", "#d5dbe1"
# Okabe and Ito's colours and a darker rose, ordered so that neighbours differ in lightness as well as in hue.
BLUE, ORANGE, GREEN, SKY, RED = "#0072b2", "#e69f00", "#00734f", "#56b4e9", "#c44601"
ROSE, WINE = "#cc79a7", "#882255"
TRAINED, HELD_OUT = BLUE, ORANGE
# A curve's number decides its colour, its dashes and its marker: each of the three is enough to tell it by.
CURVES = (
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": ROSE, "linestyle": "--", "marker": "s"},
    {"color": GREEN, "linestyle": "-.", "marker": "^"},
    {"color": SKY, "linestyle": ":", "marker": "D"},
    {"color": WINE, "linestyle": (0, (5, 1, 1, 1, 1, 1)), "marker": "v"},
    {"color": INK, "linestyle": (0, (1, 1)), "marker": "X"},
)
# White paper to dark ink, lightness falling all the way: 0 is empty, 1 is the middle of a bump.
IMAGE = LinearSegmentedColormap.from_list(
    "bump", ["#ffffff", "#b5daf0", "#56a8dc", "#0e66a6", "#08335c", "#041a30"]
)
# Signed values from -1 to 1: above zero as in an image, below it what no image shows.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", ["#5a1f00", "#8f3301", "#c44601", "#e08a5c", "#f5d5c4", *IMAGE(np.linspace(0, 1, 6))]
)

SETTINGS = {
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=[c["color"] for c in CURVES]),
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "hatch.linewidth": 0.8,
    "image.interpolation": "nearest",
}


def styled(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Run a drawing function under the shared settings and leave its figure closed, so that it is shown once."""

    @functools.wraps(draw)
    def drawn(*args, **kwargs) -> Figure:
        with mpl.rc_context(SETTINGS):
            figure = draw(*args, **kwargs)
        plt.close(figure)
        return figure

    return drawn


def column_width() -> float:
    """Inches that a figure is wide in the layout that is being drawn."""
    return NARROW if stacked() else WIDTH


def new_figure(height: float, width: float = 0) -> TwofoldFigure:
    """An empty figure of ``height`` inches that lays out its own axes, as wide as its layout is unless told.

    Notebooks crop figures to what is drawn. A frame without a line keeps the full width, and so the size of the text.
    """
    size = width or column_width(), height
    figure = plt.figure(figsize=size, dpi=DPI, layout="constrained", FigureClass=TwofoldFigure)
    if stacked():
        # else a label of an axis and the title of the panel below it read as one
        figure.get_layout_engine().set(h_pad=0.09)
    figure.add_artist(Rectangle((0, 0), 1, 1, transform=figure.transFigure, fill=False, linewidth=0))
    return figure


def show_image(axes: Axes, image, title: str = "", vmin: float = 0.0, vmax: float = 1.0, cmap=IMAGE) -> None:
    """One image, (size, size) or (1, size, size), in a thin frame without ticks; row 0 is at the top."""
    pixels = np.asarray(image, dtype=float)
    if pixels.ndim == 3 and pixels.shape[0] == 1:
        pixels = pixels[0]
    if pixels.ndim != 2:
        raise ValueError(
            f"image has shape {pixels.shape}; allowed are (height, width) and (1, height, width)"
        )
    axes.imshow(pixels, cmap=cmap, vmin=vmin, vmax=vmax)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=GREY, linewidth=0.8)
    if title:
        axes.set_title(title)


def ring(axes: Axes) -> None:
    """A thick frame that marks an image of what nobody showed, dashed so that it shows in grey too."""
    width = 1.7 if stacked() else 2.4
    axes.spines[:].set(visible=True, color=HELD_OUT, linewidth=width, linestyle=(0, (4, 1.6)))


def cross_out(axes: Axes, *places: Sequence[float]) -> None:
    """A red cross in a corner of an image that is wrong; dashed frames are for what nobody showed.

    It is the upper right corner where that is empty, with none of the ``places`` (x, y) in it, else the next that is, or
    the palest.
    """
    pixels = np.abs(np.array(axes.images[0].get_array(), dtype=float))
    for x, y in places:
        if 0 <= round(x) < pixels.shape[1] and 0 <= round(y) < pixels.shape[0]:
            pixels[round(y), round(x)] = np.inf
    quarter = -(-len(pixels) // 4)
    first, last = slice(None, quarter), slice(-quarter, None)
    corners = {
        (0.88, 0.88): (first, last),
        (0.12, 0.88): (first, first),
        (0.88, 0.12): (last, last),
        (0.12, 0.12): (last, first),
    }
    # what is paler than this is not seen under the cross anyway
    ink = {at: max(0.1, pixels[part].max()) for at, part in corners.items()}
    at = min(ink, key=ink.get)
    look = {"transform": axes.transAxes, "marker": "x", "zorder": 4, "clip_on": False}
    # the paper around it keeps it apart from a bump
    axes.plot(*at, **look, color="white", markersize=8, markeredgewidth=4.5)
    axes.plot(*at, **look, color=RED, markersize=7, markeredgewidth=2)


def mark(good: bool) -> str:
    """A tick or a cross, which tells right from wrong without colour."""
    return "✓" if good else "✗"


def asked_for(axes: Axes, label: Sequence[float], canvas: Canvas) -> None:
    """A dashed circle around the frame's position of ``label`` = (x, y); nothing when it lies outside the frame."""
    x, y = (value - canvas.margin for value in label)
    if 0 <= x < canvas.size and 0 <= y < canvas.size:
        style = {"color": HELD_OUT, "linewidth": 1.6, "linestyle": (0, (3, 1.5))}
        axes.add_patch(Circle((x, y), 2.2 * canvas.sigma, fill=False, **style))


def image_grid(images, columns: int, titles: Sequence[str] = ()) -> Figure:
    """A table of images (n, 1, size, size), ``columns`` in a row, each with its title.

    Raises ValueError for no images, or titles of another number.
    """
    images, columns = given.images("images", images), checks.whole("columns", columns, 1)
    n = len(images)
    titles = given.titles("titles", titles, n, "images")
    rows = -(-n // columns)
    with mpl.rc_context(SETTINGS):
        figure = new_figure(rows * (WIDTH / columns + (0.25 if titles else 0)))
        for index, axes in enumerate(cells(figure, n, rows, columns)):
            show_image(axes, images[index], titles[index] if titles else "")
    plt.close(figure)
    return figure


def key_png(figure: Figure, dpi: int = 160) -> bytes:
    """The figure as a small PNG (few colours, as flat drawings have), for frames and icons."""
    import io

    from PIL import Image

    raw, small = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", dpi=dpi)
    Image.open(raw).convert("RGB").quantize(64).save(small, format="png", optimize=True)
    return small.getvalue()


def key_frames(
    show: Callable, states: Iterable, panels: int, height: float = 2.4, width: float = WIDTH
) -> list[bytes]:
    """A film: one figure of ``panels`` beside each other as a `key_png` for each of ``states``.

    ``show(state, *axes)`` draws into the empty panels. The first frame settles where everything lies: a film must not
    jump, and laying out a figure takes as long as drawing it.
    """
    frames = []
    with mpl.rc_context(SETTINGS):
        figure = new_figure(height, width)
        row = figure.subplots(1, panels, squeeze=False)[0]
        for state in states:
            for axes in row:
                axes.clear()
            show(state, *row)
            frames.append(key_png(figure))
            figure.set_layout_engine("none")
    plt.close(figure)
    return frames
