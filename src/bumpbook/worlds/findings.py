"""Verdicts of chapter 1 and of the front page."""

from dataclasses import replace

import torch

from bumpbook.frame.findings import percent, register
from bumpbook.frame.pages import reading_time
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas
from bumpworld.experiment import Experiment
from bumpworld.instruments.spread import spread, write
from bumpworld.measure import read_centers
from bumpworld.selection import lesion
from bumpworld.store import Result, Store


@register("worlds-time")
def time() -> str:
    return reading_time(1)


@register("worlds-labels")
def labels() -> str:
    """How many labels show two factors, one or none, in our world with a border and in the paper's."""
    lines = []
    for name, canvas in (
        ("Our small world", Canvas(size=16, margin=3)),
        ("The paper's label space, at our spacing,", Canvas(size=32, margin=6)),
    ):
        shown = canvas.visible(canvas.lattice()).sum(1)
        two, one, none = ((shown == k).sum().item() for k in (2, 1, 0))
        lines.append(
            f"{name} has {canvas.span} × {canvas.span} = {len(shown)} labels: "
            f"{two} images with two visible factors, {one} with one and {none} blanks."
        )
    return " ".join(lines)


@register("worlds-torus")
def torus() -> str:
    """How alike all places are: total overlap with all labels, open and periodic."""
    totals = []
    for periodic in (False, True):
        canvas = Canvas(sigma=1.5, periodic=periodic)
        flat = torch.nn.functional.normalize(canvas.render(canvas.lattice()).flatten(1).double(), dim=1)
        totals.append((flat @ flat.T).sum(1))
    opened, closed = totals
    return (
        f"Sum the overlap of one image with all others. In the open world the sum runs from {opened.min():.1f} in a corner "
        f"to {opened.max():.1f} in the middle. On the torus it is {closed.mean():.1f} everywhere, "
        f"to within {(closed.max() - closed.min()).item():.0e}."
    )


@register("worlds-reading")
def reading() -> str:
    """Error of reading a noise-free position, and of reading one in faint noise, over several seeds."""
    canvas = Canvas()
    errors, noisy = [], []
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        places = 3 + 9 * torch.rand(100, 2, generator=generator)
        images = canvas.render(places)
        errors.append((read_centers(images, canvas).centers - places).abs().max().item())
        images = images + 0.1 * torch.randn(images.shape, generator=generator)
        noisy.append((read_centers(images, canvas).centers - places).std().item())
    return (
        f"Of 500 clean bumps at random places the worst reading is {max(errors):.4f} px off. With Gaussian noise of 0.1 on "
        f"every pixel the standard error in px is {write(spread(noisy), form='.3f')}."
    )


def equal_holes() -> tuple[Experiment, Experiment]:
    """A square of pairs and a band of columns, equally wide and at the same place: only what is held out differs."""
    pairs = sweep("intro").experiments[0]
    return pairs, replace(pairs, train_on=lesion(**dict(pairs.train_on.settings)))


@register("intro")
def intro() -> str:
    """What the two models of the paper's page draw, and what others trained alike draw."""
    store = Store()
    composed, lesioned = (store.load(e) for e in equal_holes())
    return (
        f"Within {FINE:g} px. Left: {_held_out(composed, 'square')}. Right: {_held_out(lesioned, 'lesion')}. "
        f"On the labels that they were trained on, they draw {percent(composed.accuracy(FINE)['train'][2])} and "
        f"{percent(lesioned.accuracy(FINE)['train'][2])} right."
    )


def _held_out(result: Result, region: str) -> str:
    """One result's share of a held-out region, and that of the same experiment under other seeds if there are any."""
    split = result.experiment.train_on.split(result.experiment.canvas)
    right = result.judgement().right(FINE)[split.region_masks[region]][:, 2]
    text = f"{int(right.sum())} of {len(right)} held-out labels are drawn right"
    store = Store()
    alike = {
        e
        for name in ("first", "lesion")
        for e in sweep(name).experiments
        if replace(e, seed=0, checkpoint_every=0) == replace(result.experiment, seed=0, checkpoint_every=0)
    }
    shares = [
        store.load(e).accuracy(FINE)[region][2] for e in sorted(alike, key=lambda e: e.seed) if store.has(e)
    ]
    return (
        f"{text}; the same training from several starts gives {percent(shares)}" if len(shares) > 1 else text
    )
