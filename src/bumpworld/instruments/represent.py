"""What a layer of a trained model holds about each label: points to do geometry on."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from .. import checks
from ..canvas import Canvas
from ..diffusion import DiffusionModel
from ..evaluate import NOISE_SEED
from ..experiment import Experiment
from . import arrays
from .displacement import displacement_tests
from .factorization import factorization_score, hyperfactorization
from .geometry import compact, participation_ratio, pca_spectrum

TIMES = (50, 200, 400, 700)  # thousandths of the schedule: from nearly clean to nearly noise


def representation(
    model: DiffusionModel,
    canvas: Canvas,
    layer: str,
    t: int,
    seed: int = NOISE_SEED,
    own_label: bool = True,
    noises: int = 1,
    blank: bool = False,
) -> np.ndarray:
    """Activations (n, features) of ``layer`` for the noisy image of every 2D label of ``canvas`` at time ``t``.

    The layer "pixels" is the noisy image itself. The images are those that ``canvas`` draws: for a world of your own ask
    ``model.net.features(images, t, labels, layer)``.
    Each image carries its own noise. With ``own_label`` the model is told the image's label; without, it is told
    the middle of the canvas for every image (nothing, if it learned to do without), so that what is left was read out
    of the image alone. With ``blank`` it is the image that is left out: all labels are shown one and the same noise, so
    that whatever tells two points apart comes from the label. ``noises`` are averaged over: a single one blurs whatever
    is measured on the points. Raises ValueError for a layer or a time that does not exist, for fewer than one noise,
    and for a network that is told neither label nor image.
    """
    parts = [
        kept[layer]
        for kept in under_each_noise(model, canvas, (layer,), t, seed, own_label, noises, blank=blank)
    ]
    return parts[0] if noises == 1 else np.mean(parts, axis=0)


def under_each_noise(
    model: DiffusionModel,
    canvas: Canvas,
    layers: Sequence[str],
    t: int,
    seed: int = NOISE_SEED,
    own_label: bool = True,
    noises: int = 1,
    blank: bool = False,
) -> Iterator[dict[str, np.ndarray]]:
    """What `representation` averages: layer -> activations (n, features), once for each of ``noises``."""
    checks.instance("model", model, DiffusionModel), checks.instance("canvas", canvas, Canvas)
    noises, seed = checks.whole("noises", noises, 1), checks.seed("seed", seed)
    own_label, blank = checks.flag("own_label", own_label), checks.flag("blank", blank)
    t = checks.whole("t", t, 0, model.schedule.steps - 1)
    if blank and not own_label:
        raise ValueError(
            "blank is True and own_label False; allowed is one of them, or nothing is left to tell"
        )
    known = ("pixels", *model.net.layers)
    layers = arrays.several("layers", layers, lambda _, layer: checks.choice("layer", layer, known))
    labels = two_d_labels(canvas)
    images = model.scale * canvas.render(labels)
    for number in range(noises):
        draw = torch.Generator().manual_seed(seed + number)
        noise = torch.randn(images[:1].shape if blank else images.shape, generator=draw).expand_as(images)
        yield _activations(
            model, canvas, torch.zeros_like(images) if blank else images, noise, layers, t, own_label
        )


@torch.no_grad()
def _activations(model, canvas: Canvas, images, noise, layers, t: int, own_label: bool) -> dict:
    """Layer -> activations (n, features) for these images under this noise."""
    labels = two_d_labels(canvas)
    times = torch.full((len(labels),), t)
    middle = torch.nan if model.net.config.label_dropout else (canvas.span - canvas.spacing) / 2
    told = labels if own_label else torch.full_like(labels, middle)
    noisy = model.schedule.add_noise(images, times, noise)
    parts: dict[str, list] = {layer: [] for layer in layers}

    def keep(name, value):
        if name in parts:
            parts[name].append(value.flatten(1).cpu())

    for rows in torch.arange(len(labels)).split(256):
        keep("pixels", noisy[rows])
        if set(layers) - {"pixels"}:
            model.net(
                noisy[rows].to(model.device), times[rows].to(model.device), told[rows].to(model.device), keep
            )
    return {layer: torch.cat(part).numpy() for layer, part in parts.items()}


def two_d_labels(canvas: Canvas) -> torch.Tensor:
    """Labels (n, 2) with both factors visible: these form a full grid."""
    labels = checks.instance("canvas", canvas, Canvas).lattice()
    return labels[canvas.visible(labels).all(1)]


def encoder_layer(model: DiffusionModel) -> str:
    """The last layer of the encoder, where the paper reads its representation ("layer 4", says a third party)."""
    checks.instance("model", model, DiffusionModel)
    return f"down{len(model.net.config.channels) - 1}"


def scores(model: DiffusionModel, canvas: Canvas, layers=None, times=TIMES) -> list[dict]:
    """Numbers for the geometry of layers (default: all) at noise levels in thousandths of the schedule, a row each.

    "dimension" is the participation ratio, "additive" the share of variance that f(x) + g(y) explains, "four" the
    share in the first four principal components (all of it, for an ideal Clifford torus). "orthogonal" is the mean
    |cosine| of x-steps and y-steps at different places (0 Clifford, .405 ring), "parallel" the mean cosine of
    the same step elsewhere (1 Clifford), "hyper" the score of `factorization.hyperfactorization`. The layer
    "pixels" is the noisy image itself: what a network must beat before it has learned a geometry.
    """
    for name, values in (("layers", layers), ("times", times)):
        if values is not None and not isinstance(values, (tuple, list)):
            raise ValueError(f"{name} is {checks.short(values)}; allowed is a tuple of them")
    checks.instance("model", model, DiffusionModel)
    times = checks.wholes("times", times, 0, 999)
    return [
        row
        for layer in layers or ("pixels", *model.net.layers)
        for time in times
        if (row := _row(model, canvas, layer, time)) is not None
    ]


def geometry(model: DiffusionModel, experiment: Experiment, final: bool) -> list[dict]:
    """What a record of an experiment with geometry keeps: four layers of a finished model, one on the way."""
    checks.instance("experiment", experiment, Experiment), checks.flag("final", final)
    encoder = encoder_layer(model)
    layers = ("pixels", "condition", encoder, "middle") if final else (encoder,)
    return scores(model, experiment.canvas, layers, (50, 400) if final else (50,))


def _row(model: DiffusionModel, canvas: Canvas, layer: str, time: int) -> dict | None:
    labels = two_d_labels(canvas).numpy()
    points = representation(model, canvas, layer, time * model.schedule.steps // 1000)
    if points.std(axis=0).max() < 1e-6:  # a head that starts at zero has no geometry yet
        return None
    values = scores_of(points, labels, canvas.periodic)
    return {"layer": layer, "t": time, **{name: round(value, 4) for name, value in values.items()}}


def scores_of(points, labels, periodic: bool = True) -> dict[str, float]:
    """The six numbers of `scores` for any points (n, d) on a full grid of labels (n, 2).

    Raises ValueError as `displacement.displacement_tests` does.
    """
    points = compact(points)  # at most n - 1 dimensions, the same geometry
    spectrum = pca_spectrum(points)
    moments = displacement_tests(points, labels, periodic=periodic).summary()
    return {
        "dimension": participation_ratio(points),
        "additive": factorization_score(points, labels).share,
        "four": float(spectrum[:4].sum() / spectrum.sum()),
        "orthogonal": moments["x_on_y"]["mean_abs"],
        "parallel": (moments["parallel_x"]["mean"] + moments["parallel_y"]["mean"]) / 2,
        "hyper": hyperfactorization(points, labels, periodic=periodic).score,
    }
