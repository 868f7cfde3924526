"""What a set of training labels says of a label outside it: distances in the coordinates that a network is told.

A network that is told two numbers might put a label together from parts when each of its two numbers, or one close by,
occurs among the training labels (`missing`), or when the two have met a common partner there (`corner`). Which numbers
these are is up to the label's code: x and y, or coordinates turned against them, or names without neighbours.
"""

import torch
from torch import Tensor

from bumpbook.frame.label_codes import turn
from bumpworld import checks
from bumpworld.unet_config import CODES, UNetConfig

NUMBERED = ("axes", "turned", "one-hot")  # codes that tell two coordinates apart
SAME = 1e-4  # px: turned coordinates of different labels agree to rounding only


def told(labels, unet: UNetConfig) -> Tensor:
    """The two coordinates (n, 2) of ``labels`` (n, 2) that a network is told: (x, y), or (u, v) in turned axes.

    Raises ValueError for a code that does not tell two coordinates ("fourier", "pair", "none").
    """
    checks.choice("label_code", checks.instance("unet", unet, UNetConfig).label_code, NUMBERED)
    labels = _labels("labels", labels)
    return turn(labels, unet.label_angle) if unet.label_code == "turned" else labels


def missing(labels, trained, unet: UNetConfig, far: float) -> Tensor:
    """How far each of ``labels`` (n, 2) is from being covered by ``trained`` labels (m, 2), in px, (n,), float64.

    For each told coordinate the distance to its nearest value among the training labels; the larger of the two. 0
    says that both values were trained, with whatever partners. Names have no neighbours: one that was not trained is
    ``far`` away, a distance beyond every other, such as the width of the world. Raises ValueError as `told`, for
    labels of another shape, for no training label, and for ``far`` not above 0.
    """
    apart = _apart(labels, trained, unet).abs().min(1).values
    far = checks.number("far", far, above=0)
    if unet.label_code == "one-hot":
        apart = far * (apart >= SAME).double()
    return apart.max(1).values


def gap(labels, trained, unet: UNetConfig, far: float) -> Tensor:
    """The widest gap between trained values in which a told coordinate of each label lies, in px, (n,), float64.

    For a coordinate that is trained itself 0, else R - L with the nearest trained values L below and R above it;
    ``far`` where one side has none, and for a name. Raises ValueError as `missing`.
    """
    apart, far = _apart(labels, trained, unet), checks.number("far", far, above=0)
    above = torch.where(apart >= 0, apart, torch.inf).min(1).values
    below = torch.where(apart <= 0, -apart, torch.inf).min(1).values
    width = above + below
    if unet.label_code == "one-hot":
        width = torch.full_like(width, torch.inf)
    width = torch.where(torch.minimum(above, below) < SAME, 0.0, width)
    return torch.where(width.isfinite(), width, far).max(1).values


def corner(labels, trained, unet: UNetConfig, far: float) -> Tensor:
    """How nearly each label is the fourth corner of a rectangle of trained labels along the told axes, in px, (n,).

    With (u, v) the told coordinates of a label and c a training label: the larger of two distances, from (u, c_v) and
    from (c_u, v) to the nearest training label, each the larger of the differences along both axes; the least of it
    over all c. 0 where three training labels make the rectangle, so that f(u) + g(v) follows from them; it is at
    least `missing`, and at most the distance to the nearest training label along its worse axis, which is the error of
    a copy. Names are equal or ``far`` apart. Raises ValueError as `missing`.
    """
    known, asked, far = told(_trained(trained), unet), told(labels, unet), checks.number("far", far, above=0)
    names = unet.label_code == "one-hot"

    def off(points):
        """Distance (n, m) of ``points`` (n, m, 2) to the nearest training label, along the worse axis."""
        flat = points.reshape(-1, 2)
        if names:
            found = (torch.cdist(flat, known, p=torch.inf) < SAME).any(1)
            return far * (~found).double().reshape(points.shape[:2])
        return torch.cdist(flat, known, p=torch.inf).min(1).values.reshape(points.shape[:2])

    across, along = torch.broadcast_tensors(asked[:, None], known[None])
    first = off(torch.stack([across[..., 0], along[..., 1]], dim=-1))
    second = off(torch.stack([along[..., 0], across[..., 1]], dim=-1))
    return torch.maximum(first, second).min(1).values


def nearest(labels, trained) -> Tensor:
    """Distance from each of ``labels`` (n, 2) to the nearest ``trained`` label (m, 2), in px, (n,), float64."""
    return torch.cdist(_labels("labels", labels), _trained(trained)).min(1).values


def nearest_code(labels, trained, unet: UNetConfig) -> Tensor:
    """The same between codes, as the network receives them: distance to the nearest code of a trained label, (n,).

    Raises ValueError for a code with random parts ("fourier", "pair"), which belong to one network's weights.
    """
    checks.choice("label_code", checks.instance("unet", unet, UNetConfig).label_code, NUMBERED)
    code = CODES[unet.label_code](unet)
    asked, known = (code(part.float()).double() for part in (_labels("labels", labels), _trained(trained)))
    return torch.cdist(asked, known).min(1).values


def _apart(labels, trained, unet: UNetConfig) -> Tensor:
    """Signed differences (n, m, 2), trained minus asked, of the told coordinates."""
    return told(_trained(trained), unet)[None] - told(labels, unet)[:, None]


def _trained(labels) -> Tensor:
    labels = _labels("trained", labels)
    if not len(labels):
        raise ValueError("trained is empty; needed is at least one training label")
    return labels


def _labels(name: str, labels) -> Tensor:
    labels = checks.tensor(name, labels, "numbers of shape (n, 2)", torch.float64)
    if labels.ndim != 2 or labels.shape[1] != 2 or not torch.isfinite(labels).all():
        raise ValueError(
            f"{name} have shape {tuple(labels.shape)}; allowed are finite numbers of shape (n, 2)"
        )
    return labels
