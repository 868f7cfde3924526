"""Change what a network holds, and see whether its drawing follows: what a representation is good for.

A score says what a layer looks like. Whether the network uses it can only be seen by changing it. Three changes: put the
best sum f(x) + g(y) in the place of the condition; add f(x') - f(x), which should move a bump from x to x'; paste what
a layer holds for one label into the drawing of another.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.diffusion import DiffusionModel
from bumpworld.instruments.baselines import TwoWay
from bumpworld.unet import ConditionalUNet

# change(activation, images, t, labels): what a layer is to hold instead of ``activation``
Change = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def places(net: ConditionalUNet) -> tuple[str, ...]:
    """Layers that can be changed: all that can be read, but for the head, which is the drawing itself."""
    return checks.instance("net", net, ConditionalUNet).layers[:-1]


@contextmanager
def edited(model: DiffusionModel, layer: str, change: Change) -> Iterator[DiffusionModel]:
    """While it lasts, ``layer`` of ``model`` holds ``change(activation, images, t, labels)``; afterwards, what it did.

    What the change itself asks of the network it is answered without any change. Raises ValueError for a layer that
    does not exist or is no place for a change, and for an activation of another shape.
    """
    net = checks.instance("model", model, DiffusionModel).net
    if not callable(change):
        raise ValueError(
            f"change is {checks.short(change)}; allowed is a function of (activation, images, t, labels)"
        )
    module = _module(net, checks.choice("layer", layer, places(net)))
    asked: list = []
    busy = False

    def remember(_, given):
        if not busy:
            asked[:] = given[:3]

    def put(_, __, output):
        nonlocal busy
        if busy:
            return None
        busy = True
        try:
            changed = change(output, *asked)
        finally:
            busy = False
        if changed.shape != output.shape:
            raise ValueError(
                f"the change of {layer!r} has shape {tuple(changed.shape)}; allowed is {tuple(output.shape)}"
            )
        return changed

    hooks = net.register_forward_pre_hook(remember), module.register_forward_hook(put)
    try:
        yield model
    finally:
        for hook in hooks:
            hook.remove()


def best_sum(net: ConditionalUNet, trained: Tensor, shuffled: int | None = None) -> Change:
    """The condition replaced by the best sum f(x) + g(y), fitted by least squares to those of the labels ``trained``.

    So a label is told by a sum of two parts, each of which was fitted elsewhere. With ``shuffled``, a seed, f and g are
    dealt to the values at random: the same sums of the same parts, for other labels. Raises ValueError, while it draws,
    for a label whose x and y no chain of trained labels connects, since its sum is open.
    """

    trained = _given(net, "condition", trained=trained)[0]
    if shuffled is not None:
        checks.seed("shuffled", shuffled)

    def change(activation, images, t, labels):
        table = fitted_sum(net, "condition", trained, images, t)
        if shuffled is not None:
            rng = np.random.default_rng(shuffled)
            table.parts = [part[rng.permutation(len(part))] for part in table.parts]
        told = torch.from_numpy(table(labels.cpu().double().numpy())).to(activation)
        if not torch.isfinite(told).all():
            raise ValueError(
                "labels hold a value that no trained label has; allowed are those that a sum can reach"
            )
        return told

    return change


def steer(
    net: ConditionalUNet,
    layer: str,
    trained: Tensor,
    to: Tensor,
    components: int | None = None,
    control: int | None = None,
) -> Change:
    """Add f(x') - f(x) + g(y') - g(y) to ``layer``: from what is told, (x, y), towards the labels ``to`` (n, 2).

    f and g are the parts of the best sum over the labels ``trained``. With ``components``, a step keeps only what lies
    in so many leading principal components of f, or of g. With ``control``, a seed, each step goes in a random
    direction instead, as far: the control that must fail. Raises ValueError for fewer than one component and, while it
    draws, for values that no trained label has.
    """
    trained, to = _given(net, layer, trained=trained, to=to)
    if components is not None:
        checks.whole("components", components, 1)
    if control is not None:
        checks.seed("control", control)

    def change(activation, images, t, labels):
        table = fitted_sum(net, layer, trained, images, t)
        step = sum(_steps(table, axis, labels, to, components) for axis in (0, 1))
        if control is not None:
            size = np.linalg.norm(step, axis=1, keepdims=True)
            step = np.random.default_rng(control).normal(size=step.shape)
            step *= size / np.linalg.norm(step, axis=1, keepdims=True)
        return activation + torch.from_numpy(step).to(activation).reshape(activation.shape)

    return change


def paste(net: ConditionalUNet, layer: str, other: Tensor) -> Change:
    """What ``layer`` holds for the labels ``other`` (n, 2), shown the same image, in place of what it holds."""

    other = _given(net, layer, other=other)[0]

    def change(activation, images, t, labels):
        return net.features(images, t, other.to(labels), layer)

    return change


@torch.no_grad()
def fitted_sum(net: ConditionalUNet, layer: str, trained: Tensor, images: Tensor, t: Tensor) -> TwoWay:
    """The best sum f(x) + g(y) over what ``layer`` holds for the labels ``trained`` (n, 2) at the one time in ``t``.

    All of them are shown the first of ``images``, so that the label alone tells them apart. Raises ValueError for
    more than one time.
    """
    trained = _given(net, layer, trained=trained)[0]
    if not len(checks.shaped("images", images, "n", 1, "side", "side")):
        raise ValueError("images is empty; allowed is one or more")
    if len(checks.shaped("t", t, "n").unique()) != 1:
        raise ValueError(f"t holds the times {t.unique().tolist()}; allowed is one for all images")
    time, told = t[:1].expand(len(trained)), trained.to(images)
    if layer == "condition":
        held = net.embed(time, told)
    else:
        held = net.features(images[:1].expand(len(trained), -1, -1, -1), time, told, layer)
    return TwoWay(trained.cpu().double().numpy(), held.flatten(1).cpu().double().numpy())


def _steps(table: TwoWay, axis: int, labels: Tensor, to: Tensor, components: int | None) -> np.ndarray:
    """f(x') - f(x) for axis 0, g(y') - g(y) for axis 1, shape (n, features)."""
    part, values = table.parts[axis], table.values[axis]
    old, new = (given[:, axis].cpu().double().numpy() for given in (labels, to))
    unknown = np.setdiff1d(np.concatenate([old, new]), values)
    if len(unknown):
        raise ValueError(f"no trained label has the value {unknown[0]:g}; allowed are {values.tolist()}")
    step = part[np.searchsorted(values, new)] - part[np.searchsorted(values, old)]
    if components is None:
        return step
    leading = np.linalg.svd(part - part.mean(0), full_matrices=False)[2][:components]
    return step @ leading.T @ leading


def _given(net: ConditionalUNet, layer: str, **labels) -> list[Tensor]:
    """The named ``labels`` as tensors (n, 2), once the net and its layer are found good."""
    checks.choice("layer", layer, places(net))
    for name, value in labels.items():
        if not len(checks.numbers(name, value, "n", 2)):
            raise ValueError(f"{name} is empty; allowed is one label or more")
    return [torch.as_tensor(value) for value in labels.values()]


def _module(net: ConditionalUNet, layer: str) -> torch.nn.Module:
    if layer[:-1] in ("down", "up"):
        return getattr(net, layer[:-1])[int(layer[-1])]
    return getattr(net, layer)
