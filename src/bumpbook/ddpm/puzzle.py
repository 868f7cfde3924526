"""The class as a reader of positions: bumps hidden under noise, and what everybody made of them.

Nothing shows the answer before the readings are in: each picture has a place of its own, thrown by lot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from bumpbook.frame.exact import position_error
from bumpbook.frame.layouts import cells, stacked, two_layouts
from bumpbook.frame.style import CURVES, GREY, HELD_OUT, INK, new_figure, styled
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import NoiseSchedule
from bumpworld.instruments import arrays

from .figures import BOUND, position_axes, show_noisy

__all__ = ["Hidden", "class_errors", "hidden_bumps", "hidden_pictures"]
TIMES = (30, 80, 130, 200, 300, 500)  # from plain to lost


@dataclass(frozen=True)
class Hidden:
    """Pictures (n, 1, size, size) at the noise levels ``times`` (n,), and the ``places`` (n, 2) that they hide."""

    canvas: Canvas
    schedule: NoiseSchedule
    times: tuple[int, ...]
    places: Tensor
    pictures: Tensor

    def __repr__(self) -> str:
        return f"{len(self.times)} hidden bumps, at t = {', '.join(map(str, self.times))}"


def hidden_bumps(
    canvas: Canvas, schedule: NoiseSchedule, seed: int | None = None, times: Sequence[int] = TIMES
) -> Hidden:
    """A noisy picture at each of ``times``, every one of a bump somewhere else; without a ``seed``, others every time.

    The places are whole pixels, at least two from the edge.
    """
    checks.instance("canvas", canvas, Canvas), checks.instance("schedule", schedule, NoiseSchedule)
    times = arrays.several("times", times, checks.whole)
    generator = torch.Generator()
    generator.manual_seed(checks.seed("seed", seed)) if seed is not None else generator.seed()
    places = torch.randint(2, canvas.size - 2, (len(times), 2), generator=generator).float()
    noise = torch.randn(len(times), 1, canvas.size, canvas.size, generator=generator)
    pictures = schedule.add_noise(canvas.render(places), torch.tensor(times), noise)
    return Hidden(canvas, schedule, tuple(times), places, pictures)


@two_layouts
@styled
def hidden_pictures(hidden: Hidden, answers: bool = False) -> Figure:
    """The noisy pictures with their pixels counted along the edges; with ``answers``, a circle around each bump."""
    checks.instance("hidden", hidden, Hidden), checks.flag("answers", answers)
    columns = min(2 if stacked() else 3, len(hidden.times))
    rows = -(-len(hidden.times) // columns)
    figure = new_figure((2.2 if stacked() else 2.6) * rows)
    table = cells(figure, len(hidden.times), rows, columns)
    for axes, t, place, picture in zip(table, hidden.times, hidden.places, hidden.pictures, strict=True):
        signal, sigma = (float(v) for v in hidden.schedule.signal_noise(torch.tensor([t])))
        show_noisy(axes, picture[0], signal, sigma, f"t = {t}")
        ticks = range(0, hidden.canvas.size, 5)
        axes.set(xticks=ticks, yticks=ticks)
        if answers:
            axes.plot(*place, "o", markersize=20, mfc="none", color=HELD_OUT, mew=2)
    return figure


@two_layouts
@styled
def class_errors(hidden: Hidden, readings) -> Figure:
    """What the class's ``readings`` miss, on the figure of the Cramér–Rao bound.

    ``readings`` are (students, n, 2), a pair (x, y) for each picture. A small dot is one student's error, the distance
    in x and y divided by the square root of 2; the large mark is the class's root mean square.
    """
    errors = reading_errors(hidden, readings)
    figure = new_figure(3.1)
    axes = figure.subplots()
    axes.plot(
        np.arange(hidden.schedule.steps),
        position_error(hidden.schedule),
        color=CURVES[0]["color"],
        label=BOUND,
    )
    floor = 0.05  # a reading in whole pixels may be exact, and a logarithm has no zero
    for one in errors:
        axes.plot(hidden.times, np.maximum(one, floor), "o", color=GREY, mfc="white", markersize=4)
    squared = np.sqrt((errors**2).mean(0))
    axes.plot(
        hidden.times,
        np.maximum(squared, floor),
        "D",
        color=INK,
        markersize=8,
        label=f"class of {len(errors)}",
    )
    position_axes(axes, hidden.schedule, lowest=floor * 0.8)
    axes.set_xlim(0, hidden.schedule.steps)
    return figure


def reading_errors(hidden: Hidden, readings) -> np.ndarray:
    """Errors (students, n) in pixels along one axis. Raises ValueError for readings of another shape or outside the frame."""
    checks.instance("hidden", hidden, Hidden)
    given = checks.tensor("readings", readings, "pairs (x, y), one for each picture of each student").double()
    if given.ndim == 2:
        given = given[None]
    if given.ndim != 3 or given.shape[1:] != hidden.places.shape or not len(given):
        wanted = f"(students, {len(hidden.times)}, 2)"
        raise ValueError(f"readings have the shape {tuple(given.shape)}; allowed is {wanted}")
    if not ((given >= 0) & (given <= hidden.canvas.size - 1)).all():
        raise ValueError(
            f"readings hold a place outside the frame; allowed are 0 to {hidden.canvas.size - 1}"
        )
    return ((given - hidden.places).norm(dim=2) / 2**0.5).numpy()
