"""Five ways from a label to an image that train no network: what must a model beat before we call it composing?

Each baseline has ``fit(labels, images)`` and ``predict(labels)``. Where the training labels leave a baseline's answer
open, it says so: the image is NaN throughout, which `ladder.score` counts as wrong. A baseline does not look at a noisy image,
so its squared error is also its denoising error at every noise level.
"""

import numpy as np
import torch
from torch import Tensor

from .. import checks
from ..canvas import Canvas
from ..unet import UNetConfig
from . import arrays
from .completion import LowRank
from .label_kernel import plain_code, ridge_solve
from .lattice import bipartite_components

FOLDS = 5  # of the cross-validation that chooses a kernel's width, on training labels alone
GAMMAS = np.logspace(-3.5, 0, 8)  # of exp(-gamma |difference|^2): from wider than the canvas to one label
RIDGE = 1e-8
MOST_LOG = 88.0  # the exponential of more is infinite in float32


class NearestLabel:
    """The image of the nearest training label; of several equally near, the one that was given first.

    ``period`` is the side of a torus in pixels, around which distances go the short way; None in a world with edges.
    """

    def __init__(self, period: float | None = None):
        self.period = None if period is None else checks.number("period", period, above=0)

    def fit(self, labels, images) -> "NearestLabel":
        self.labels, self.images = _check(labels, images)
        return self

    def predict(self, labels) -> Tensor:
        labels = checks.numbers("labels", labels, "n", 2)
        _require_fitted(self, "labels")
        if self.period is None:
            return self.images[torch.cdist(labels, self.labels).argmin(1)].float()
        apart = (labels[:, None] - self.labels).abs() % self.period
        apart = torch.minimum(apart, self.period - apart)
        return self.images[(apart**2).sum(2).argmin(1)].float()


class KernelRegression:
    """Kernel ridge regression with a Gaussian kernel on the code in which a network of ``config`` is told a label.

    The kernel's width is the one with the least error in five-fold cross-validation over the training labels. The images
    carry no noise, so the ridge is only as large as the numerics need. The Gaussian of the joined sines and cosines is a
    product of one kernel in x and one in y. Raises ValueError for a code of which a part is drawn at random.
    """

    def __init__(self, config: UNetConfig = UNetConfig.quick()):
        self.code = plain_code(config)

    def fit(self, labels, images) -> "KernelRegression":
        from sklearn.model_selection import KFold

        labels, images = _check(labels, images)
        if len(labels) < FOLDS:
            raise ValueError(f"{len(labels)} labels; the cross-validation needs at least {FOLDS}")
        self.codes, self.shape = self.code(labels).double(), images.shape[1:]
        pixels, apart = images.flatten(1).double(), torch.cdist(self.codes, self.codes) ** 2
        folds = list(KFold(FOLDS, shuffle=True, random_state=0).split(labels))
        self.gamma = min(GAMMAS, key=lambda gamma: _error_left_out((-gamma * apart).exp(), pixels, folds))
        self.weights = ridge_solve((-self.gamma * apart).exp(), pixels, RIDGE)
        return self

    def predict(self, labels) -> Tensor:
        _require_fitted(self, "weights")
        codes = self.code(checks.numbers("labels", labels, "n", 2))
        apart = torch.cdist(codes.double(), self.codes) ** 2
        return ((-self.gamma * apart).exp() @ self.weights).float().reshape(-1, *self.shape)


def _error_left_out(kernel: Tensor, values: Tensor, folds) -> float:
    """Mean squared error of ``values`` (n, k) foretold from the other folds; scikit-learn's search, 10 times slower, is the test."""
    errors = [
        (
            kernel[known][:, left_out].T @ ridge_solve(kernel[known][:, known], values[known], RIDGE)
            - values[left_out]
        )
        for known, left_out in folds
    ]
    return sum((error**2).mean().item() for error in errors) / len(errors)


class Additive:
    """The best sum f(x) + g(y): least squares over the training images, one f for each value of x and one g for each y.

    Only the sum is determined, and only where a chain of training labels that share an x or a y leads from x to y. For
    any other pair the answer is open.
    """

    def fit(self, labels, images) -> "Additive":
        labels, images = _check(labels, images)
        self.table, self.shape = TwoWay(labels.numpy(), images.flatten(1).numpy()), images.shape[1:]
        return self

    def predict(self, labels) -> Tensor:
        _require_fitted(self, "table")
        return torch.from_numpy(self.table(labels)).float().reshape(-1, *self.shape)


class Multiplicative:
    """The best product f(x) g(y), by least squares on the logarithms of the images: the sum of log f(x) and log g(y).

    ``fit`` takes the natural logarithms, float64, for instance from `log_render`: the pixels themselves underflow in
    float32. A blank has no logarithm, so blanks are left out of the fit. ``predict`` gives images again. What is open
    for `Additive` is open here too.
    """

    def fit(self, labels, log_images) -> "Multiplicative":
        labels, logs = _check(labels, log_images, finite=False)
        shown = torch.isfinite(logs.flatten(1))
        if (shown.any(1) & ~shown.all(1)).any() or not shown.any():
            raise ValueError(
                "log-images hold pixels without a finite logarithm; allowed to be -inf is a whole image (a blank), "
                "and not all of them. Take them from log_render: float32 pixels underflow"
            )
        keep = shown.all(1)
        self.table, self.shape = TwoWay(labels[keep].numpy(), logs[keep].flatten(1).numpy()), logs.shape[1:]
        return self

    def predict(self, labels) -> Tensor:
        _require_fitted(self, "table")
        logs = torch.from_numpy(self.table(labels))
        # far off the training pairs a product of narrow stripes is brighter than any float32
        return logs.clamp(max=MOST_LOG).exp().float().reshape(-1, *self.shape)


class Completion:
    """Each pixel's table of columns and rows, filled as one of low rank (`completion.LowRank`); no kind of world is named.

    A pair's answer is open where x or y was never seen, or where the training labels that share its x or its y do not span
    a full block. A pair that was trained on keeps its image.
    """

    def fit(self, labels, images) -> "Completion":
        labels, images = _check(labels, images)
        self.table, self.shape = LowRank(labels.numpy(), images.flatten(1).numpy()), images.shape[1:]
        return self

    def predict(self, labels) -> Tensor:
        _require_fitted(self, "table")
        # an ill-conditioned block can leave float32's range
        most = np.finfo(np.float32).max
        return torch.from_numpy(self.table(labels).clip(-most, most)).float().reshape(-1, *self.shape)


class TwoWay:
    """Least squares f(x) + g(y) on targets (n, p); calling it gives (m, p), NaN for pairs that stay open.

    ``parts`` are f, (values of x, p), and g, (values of y, p), and ``values`` those values, in rising order.
    """

    def __init__(self, labels: np.ndarray, targets: np.ndarray):
        self.values, at, targets = arrays.by_pair(labels, targets)
        design = np.concatenate([np.eye(len(v))[i] for v, i in zip(self.values, at, strict=True)], axis=1)
        # of all best fits the shortest: it never mixes components, since they share no column and no row
        self.parts = np.split(np.linalg.lstsq(design, targets, rcond=None)[0], [len(self.values[0])])
        graph = bipartite_components(np.stack(at, axis=1))
        self.components = graph.x_component, graph.y_component

    def __call__(self, labels: np.ndarray) -> np.ndarray:
        labels = checks.numbers("labels", labels, "n", 2).numpy()
        index = [
            np.searchsorted(v, c).clip(max=len(v) - 1) for v, c in zip(self.values, labels.T, strict=True)
        ]
        seen = [v[i] == c for v, i, c in zip(self.values, index, labels.T, strict=True)]
        component = [c[i] for c, i in zip(self.components, index, strict=True)]
        known = seen[0] & seen[1] & (component[0] == component[1])
        return np.where(known[:, None], self.parts[0][index[0]] + self.parts[1][index[1]], np.nan)


def log_render(canvas: Canvas, labels) -> Tensor:
    """Natural logarithms (n, 1, size, size), float64, of what `Canvas.render` draws, from the formula; a blank is -inf."""
    labels = checks.instance("canvas", canvas, Canvas).check_labels(labels)
    logs, visible = canvas.log_profile(labels), canvas.visible(labels)[:, :, None]  # (n, 2, size), (n, 2, 1)
    absent = -torch.inf if canvas.kind == "sos" else 0.0  # what a factor outside the frame leaves behind
    columns, rows = torch.where(visible, logs, absent).unbind(1)
    columns, rows = columns[:, None, :], rows[:, :, None]
    if canvas.kind == "sos":
        image = torch.logaddexp(*torch.broadcast_tensors(columns, rows)) - np.log(2)
    else:
        image = torch.where(visible.any(1, keepdim=True), columns + rows, -torch.inf)
    return image[:, None]


BASELINES = {
    "nearest label": NearestLabel,
    "kernel": KernelRegression,
    "additive": Additive,
    "multiplicative": Multiplicative,
    "completion": Completion,
}


def fitted(name: str, canvas: Canvas, labels):
    """The baseline ``name`` fitted to what ``canvas`` shows at ``labels`` (n, 2); a key of `BASELINES`."""
    checks.choice("baseline", name, BASELINES)
    checks.instance("canvas", canvas, Canvas)
    images = log_render(canvas, labels) if name == "multiplicative" else canvas.render(labels)
    model = NearestLabel(canvas.size) if name == "nearest label" and canvas.periodic else BASELINES[name]()
    return model.fit(labels, images)


def _require_fitted(model, part: str) -> None:
    if not hasattr(model, part):
        raise ValueError(f"this {type(model).__name__} saw no labels yet; predict is allowed after fit")


def _check(labels, images, finite: bool = True) -> tuple[Tensor, Tensor]:
    """Labels (n, 2) and images (n, 1, size, size) in float64, or a ValueError that says what is wrong."""
    allowed = "numbers of shape (n, 1, size, size)"
    labels, images = (
        checks.numbers("labels", labels, "n", 2),
        checks.tensor("images", images, allowed, torch.float64),
    )
    if (
        images.ndim != 4
        or images.shape[1] != 1
        or images.shape[2] != images.shape[3]
        or not len(images)
        or len(images) != len(labels)
    ):
        raise ValueError(
            f"images have shape {tuple(images.shape)} for {len(labels)} labels; allowed is (n, 1, size, size), n > 0"
        )
    if torch.isnan(images).any() or (finite and not torch.isfinite(images).all()):
        raise ValueError(
            "images hold values that are not finite; a blank log-image may be -inf, nothing else"
        )
    return labels, images
