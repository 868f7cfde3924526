"""Does the network use the sum f(x) + g(y)? Its condition is replaced, steered and pasted, and its drawings are judged."""

from functools import cache

import torch
from torch import Tensor

from bumpbook.frame.code_sweeps import code
from bumpbook.frame.studies import Study, register
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import draw
from bumpworld.experiment import Experiment
from bumpworld.instruments.decoder import far_pairs
from bumpworld.measure import judge
from bumpworld.selection import held_out_square
from bumpworld.store import Store, load_or_train

from .edit import Change, best_sum, edited, paste, places, steer

CODES = ("axes", "turned-45", "one-hot")
MOVES = 96  # labels that are steered, half of them along x and half along y
PAIRS = 64  # labels into whose drawing another's activation is pasted
COMPONENTS = (1, 2, 3, 4, 8)
DISTANCES = ((2, 4), (5, 8), (9, 15))  # px from x to x'


@cache
def networks() -> dict[tuple[str, int], Experiment]:
    """(code, seed) -> experiment: bumps of which the square of 8 in the middle was held out."""
    named = {code(name, 16): name for name in CODES}
    return {
        (named[e.unet], e.seed): e
        for e in sweep("codes").experiments
        if e.train_on == held_out_square(4, 12) and e.canvas.kind == "bump" and e.unet in named
    }


def right(images: Tensor, labels: Tensor, canvas: Canvas) -> list[float]:
    """Shares of images within 1 px and within 0.45 px of their labels."""
    found = judge(images, labels, canvas)
    return [round(found.right(tolerance)[:, 2].float().mean().item(), 4) for tolerance in (1.0, FINE)]


def drawn(model: DiffusionModel, labels: Tensor, layer: str, change: Change) -> Tensor:
    """Drawings of ``labels`` while ``layer`` is changed."""
    with edited(model, layer, change):
        return draw(model, labels)


def moves(labels: Tensor, seed: int, count: int = MOVES) -> tuple[Tensor, Tensor]:
    """Random labels and where each is to go: another x, or another y, of the lattice, at least 2 px away."""
    rng = torch.Generator().manual_seed(seed)
    told = labels[torch.randint(len(labels), (count,), generator=rng)]
    values, to = labels[:, 0].unique(), told.clone()
    for i, row in enumerate(to):
        axis = i % 2
        far = values[(values - row[axis]).abs() >= DISTANCES[0][0]]
        row[axis] = far[torch.randint(len(far), (), generator=rng)]
    return told, to


def measure(setting: dict, seed: int) -> dict:
    """The square drawn from sums, bumps steered to other places, and labels pasted into other labels' drawings."""
    result = load_or_train(networks()[setting["code"], seed], Store())
    model, canvas, net = result.model, result.experiment.canvas, result.model.net
    split = result.experiment.train_on.split(canvas)
    (square,), trained = split.test.values(), split.train
    sums = {
        "told": right(draw(model, square), square, canvas),
        "sum": right(drawn(model, square, "condition", best_sum(net, trained)), square, canvas),
        "shuffled": right(drawn(model, square, "condition", best_sum(net, trained, seed)), square, canvas),
    }
    told, to = moves(canvas.lattice(), seed)

    def steered(layer="condition", **how):
        return drawn(model, told, layer, steer(net, layer, trained, to, **how))

    images = steered()
    away = (to - told).abs().amax(1)
    return {
        "learned": result.learned,
        "square": sums,
        "steered": {layer: right(steered(layer), to, canvas) for layer in places(net) if layer != "stem"},
        "stayed": right(images, told, canvas),
        "control": right(steered(control=seed), to, canvas),
        "components": {str(k): right(steered(components=k), to, canvas) for k in COMPONENTS},
        "distance": {
            f"{low}-{high}": right(images[rows], to[rows], canvas)
            for low, high in DISTANCES
            if (rows := (away >= low) & (away <= high)).any()
        },
        "pasted": pasted(model, canvas, seed),
    }


def pasted(model: DiffusionModel, canvas: Canvas, seed: int) -> dict[str, dict[str, list[float]]]:
    """Layer -> shares drawn at the place of the label that is told, and at that of the label that is pasted in."""
    told, other = far_pairs(canvas.lattice(), PAIRS, 3, seed)
    found = {}
    for layer in places(model.net):
        images = drawn(model, told, layer, paste(model.net, layer, other))
        found[layer] = {"told": right(images, told, canvas), "pasted": right(images, other, canvas)}
    return found


STUDY = register(
    Study(
        name="cause",
        question="Does the network draw from the sum f(x) + g(y), or does the sum only stand there?",
        version=1,
        settings=tuple({"code": name} for name in CODES),
        seeds=5,
        measure=measure,
    )
)
