"""Every sweep behind a figure, as plain lists of experiments: in full in the small world, some cells in the paper's.

The number of quick models of each sweep, counted before anything ran (an experiment that two sweeps share is
trained once, which leaves 1567):

    intro 2, first 10, lesion 39, torus 14, targets 9, regions 30, which 25, percolation 96, pitch 60, grid 126, few-shot 60,
    square 70, rim 12, scaling 120, robustness 84, codes 268, slider 30, reach 40, told-targets 20,
    frames 80, untold 20, seam 30, holes 240, contest 130, longer 50, wide-lattices 18
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np

from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.selection import (
    everything,
    held_out_cross,
    held_out_square,
    lesion,
    random_fraction,
    stripes_only,
)

from . import code_sweeps, contest_sweeps, lattice_sweeps, longer_sweeps, paper_sweeps
from .designs import chosen, rim
from .presets import PRESETS as PRESETS
from .presets import Preset


@dataclass(frozen=True)
class Sweep:
    """The experiments behind a figure. ``keep`` are those whose weights are stored: a chapter shows these models."""

    name: str
    figure: str
    question: str
    experiments: tuple[Experiment, ...]
    keep: frozenset[str]  # keys of experiments
    preset: str = "quick"
    seeds: int | None = None  # for each setting, where somebody asked for another number than the sweep's own

    @property
    def command(self) -> str:
        """What to type to run it."""
        preset = f" --preset {self.preset}" if self.preset != "quick" else ""
        return f"bumpworld run {self.name}{preset}" + (f" --seeds {self.seeds}" if self.seeds else "")


def sweep(name: str, preset: str = "quick", seeds: int | None = None) -> Sweep:
    """The sweep called ``name``. ``seeds`` replaces its own number of seeds.

    Raises ValueError for an unknown preset, a sweep that it does not have, and for seeds < 1.
    """
    known = names(preset)
    if not isinstance(name, str) or name not in known:
        where = "" if preset == "quick" else f" with the preset {preset}"
        raise ValueError(f"sweep is {name!r}; allowed are {', '.join(known)}{where}")
    if seeds is not None:
        seeds = checks.whole("seeds", seeds, 1)
    return _declared(name, preset, seeds)


# cached: a page asks dozens of times, and an experiment keeps the key that it was asked for
@cache
def _declared(name: str, preset: str, seeds: int | None) -> Sweep:
    figure, question, default_seeds, declare = _SWEEPS[name]
    if cells := paper_sweeps.CELLS.get(preset):
        default_seeds, declare = paper_sweeps.SEEDS, cells[name]
    chosen_preset = PRESETS[preset]
    experiments, keep = [], set()
    for variant, keep_weights, *own_seeds in declare(chosen_preset):
        for seed in range(seeds or (own_seeds[0] if own_seeds else default_seeds)):
            experiment = replace(variant, seed=seed)
            # another seed, another choice of labels
            if "seed" in dict(experiment.train_on.settings):
                settings = dict(experiment.train_on.settings) | {"seed": seed}
                experiment = replace(
                    experiment, train_on=replace(experiment.train_on, settings=tuple(settings.items()))
                )
            experiments.append(experiment)
            if keep_weights and seed == 0:
                keep.add(experiment.key)
    return Sweep(name, figure, question, tuple(dict.fromkeys(experiments)), frozenset(keep), preset, seeds)


def names(preset: str = "quick") -> tuple[str, ...]:
    """Names of all sweeps of a preset, in the order in which they are worth running. Raises ValueError for an unknown one."""
    if not isinstance(preset, str) or preset not in PRESETS:
        raise ValueError(f"preset is {preset!r}; allowed are {', '.join(PRESETS)}")
    return tuple(paper_sweeps.CELLS.get(preset, _SWEEPS))


# Each declaration yields (experiment, keep its weights?) and, where a variant has its own, a number of seeds.


def _intro(p: Preset):
    for train_on in (held_out_square(p.scaled(6), p.scaled(10)), lesion(p.scaled(4), p.scaled(12))):
        yield replace(p.base, train_on=train_on), True


def _targets(p: Preset):
    for target in ("x0", "v", "eps"):
        yield replace(p.base, target=target, steps=2 * p.base.steps, checkpoint_every=20), False


def _first(p: Preset):
    for train_on in (held_out_square(p.scaled(6), p.scaled(10)), everything()):
        yield replace(p.base, train_on=train_on, checkpoint_every=10), True


def _lesion(p: Preset):
    middle = p.base.canvas.size / 2
    for width in (1, 2, 4, 6, 8, 10):
        low = middle - p.scaled(width) / 2
        # whole columns: a band of odd width starts at the column left of the middle
        yield replace(p.base, train_on=lesion(int(low), int(low) + p.scaled(width))), width in (2, 4, 8)
    dense = replace(p.base.canvas, spacing=0.5)
    for width in (2.0, 3.5, 8.0):
        low = int(2 * (middle - width / 2)) / 2
        yield replace(p.base, canvas=dense, train_on=lesion(low, low + width)), False, 3


def _square(p: Preset):
    size = p.base.canvas.size
    for kind, where, width in product(("bump", "sos"), ("interior", "exterior"), (2, 4, 6, 8, 10)):
        width = p.scaled(width)
        low = (size - width) // 2 if where == "interior" else size - width
        canvas = replace(p.base.canvas, kind=kind)
        headline = kind == "bump" and where == "interior"
        variant = replace(
            p.base, canvas=canvas, train_on=held_out_square(low, low + width), checkpoint_every=20
        )
        yield variant, width == p.scaled(6), 5 if headline else 3


def _torus(p: Preset):
    bump = replace(p.base.canvas, periodic=True)
    worlds = [(bump, 5), (replace(bump, sigma=2.0), 3), (replace(bump, kind="sos"), 3), (p.base.canvas, 3)]
    for canvas, seeds in worlds:
        yield replace(p.base, canvas=canvas, checkpoint_every=10, geometry=True), True, seeds


def _regions(p: Preset):
    low, high = p.scaled(6), p.scaled(10)
    for kind, use in product(("bump", "sos"), ("2d", "stripes", "both")):
        canvas = replace(p.base.canvas, kind=kind, margin=p.margin)
        yield replace(p.base, canvas=canvas, train_on=held_out_cross(low, high, use)), kind == "bump"


def _rim(p: Preset):
    for kind, train_on in product(("bump", "sos"), (stripes_only(), rim(p.scaled(1)))):
        yield (
            replace(p.base, canvas=replace(p.base.canvas, kind=kind, margin=p.margin), train_on=train_on),
            False,
        )


def _few_shot(p: Preset):
    for kind, fraction in product(("bump", "sos"), (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)):
        for variant in _with_and_without_stripes(p, replace(p.base.canvas, kind=kind), fraction):
            yield variant, False


def _scaling(p: Preset):
    for size, fraction in product((8, 12, 16, 20, 24), (1 / 16, 1 / 8, 1 / 4, 1 / 2)):
        canvas = replace(p.base.canvas, size=p.scaled(size))
        for variant in _with_and_without_stripes(p, canvas, fraction):
            yield variant, False


def _with_and_without_stripes(p: Preset, canvas: Canvas, fraction: float):
    bordered = replace(canvas, margin=p.margin)
    yield replace(p.base, canvas=canvas, train_on=random_fraction(fraction, 0))
    yield replace(p.base, canvas=bordered, train_on=random_fraction(fraction, 0, stripes=True))


def _which(p: Preset):
    count = p.base.canvas.size  # one for each value of x: the fewest with which each value can appear
    for how in ("random", "diagonal", "rim", "latin", "farthest"):
        yield replace(p.base, train_on=chosen(count, how)), False


def _percolation(p: Preset):
    # At size 16 the bipartite component starts near 16 labels whatever sigma, while the lattice of bumps connects near
    # .068 (16 / sigma)^2: 70 labels at sigma 0.5, 17 at 1 and 8 at 1.5.
    size = p.base.canvas.size
    counts = [round(n) for n in np.geomspace(8, size**2 / 2, 5)]  # at size 16: 8, 16, 32, 64, 128
    for sigma, labels in product((0.5, 1.0, 1.5 * size / 16), counts):
        for normalised in (False, True):
            yield _percolation_point(p, sigma, labels, normalised), False
    for sigma in lattice_sweeps.CONTROLS:
        yield _percolation_point(p, sigma, 32, False), False


def _percolation_point(p: Preset, sigma: float, labels: int, normalised: bool) -> Experiment:
    canvas = replace(p.base.canvas, sigma=sigma)
    return replace(
        p.base,
        canvas=canvas,
        train_on=random_fraction(labels / canvas.size**2, 0),
        energy_normalised=normalised,
        geometry=True,
    )


def _robustness(p: Preset):
    unet = p.base.unet
    low, high = unet.label_frequencies
    changes: list[dict] = [
        {"target": "eps", "steps": 2 * p.base.steps},
        code_sweeps.aimed("eps", p.base.steps),
        code_sweeps.aimed("v", p.base.steps),
        {"unet": replace(unet, place=p.base.canvas.size // unet.stride)},
        {"unet": replace(unet, label_frequencies=(low, high / 4))},  # smoother: shortest wavelength 17 px
        {"unet": replace(unet, label_frequencies=(low, 2 * high))},  # sharper: 2 px
        {
            "unet": replace(unet, channels=tuple(c * 3 // 2 // 4 * 4 for c in unet.channels))
        },  # twice the parameters
    ]
    size = p.base.canvas.size
    tests = [lesion((size - p.scaled(w)) // 2, (size + p.scaled(w)) // 2) for w in (4, 8)]
    tests.append(held_out_square((size - p.scaled(6)) // 2, (size + p.scaled(6)) // 2))
    for change in changes:
        for train_on in tests:
            yield replace(p.base, train_on=train_on, **change), False
    for change in changes:
        yield replace(p.base, canvas=replace(p.base.canvas, periodic=True), geometry=True, **change), False


_Declaration = Callable[[Preset], object]
_SWEEPS: dict[str, tuple[str, str, int, _Declaration]] = {
    "intro": ("", "One picture: composition beside failed interpolation", 1, _intro),
    "first": ("12", "Are held-out combinations drawn right, and when?", 5, _first),
    "lesion": ("11", "Can it draw values that it never saw?", 5, _lesion),
    "torus": ("2, 3, 8", "What shape does the representation take?", 3, _torus),
    "targets": ("", "How many steps does each training target need?", 3, _targets),
    "regions": ("4", "Do stripes and 2D examples together give what neither gives alone?", 5, _regions),
    "which": ("", "Does choosing examples well beat choosing them at random?", 5, _which),
    "contest": ("", "What makes a set of examples a good one?", 5, contest_sweeps.contest),
    "percolation": ("6, 13, 14, 15", "Does learning start where the data percolate?", 3, _percolation),
    "pitch": ("6", "Does anything jump where a regular lattice joins up?", 1, lattice_sweeps.pitch),
    "wide-lattices": (
        "6",
        "Do square lattices fill when bumps are far wider than joining up asks for?",
        1,
        lattice_sweeps.wide_lattices,
    ),
    "grid": ("6, 13", "What does the onset follow, across widths and spacings?", 3, lattice_sweeps.grid),
    "few-shot": ("5, 4g", "How many 2D examples are enough, with and without stripes?", 3, _few_shot),
    "square": ("12", "Where does composition end and extrapolation begin?", 3, _square),
    "rim": ("10", "Do a few 2D examples along the rim turn stripes into composition?", 3, _rim),
    "scaling": ("5", "How does the number of examples needed grow with the canvas?", 3, _scaling),
    "robustness": ("", "Which findings are one setting's?", 3, _robustness),
    "codes": ("", "What does a network learn when its labels are told in another way?", 5, code_sweeps.codes),
    "slider": ("", "When does a hole in the values fill as the label's axes turn?", 3, code_sweeps.slider),
    "reach": (
        "",
        "Does a hole fill because the axes turn, or because the gap gets shorter or the training longer?",
        5,
        code_sweeps.reach,
    ),
    "told-targets": ("", "Does the hole fill for other training targets too?", 5, code_sweeps.told_targets),
    "frames": ("", "Does a band fill because more of the world is left beside it?", 5, code_sweeps.frames),
    "untold": ("", "What does a network make of images that nobody labels?", 5, code_sweeps.untold),
    "longer": ("", "What do networks draw that train for longer?", 5, longer_sweeps.longer),
    "seam": ("2, 3", "What keeps the learned torus open?", 5, code_sweeps.seam),
    "holes": ("", "Which held-out labels are drawn right, whatever the hole's shape?", 2, code_sweeps.holes),
}
