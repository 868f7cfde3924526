"""Tensor operations as ONNX nodes: what PyTorch did, written down for a runtime that cannot differentiate.

`onnx_training` traces a whole training step, backward pass included, into PyTorch's own few dozen operations (an fx
graph of "aten" calls). Here each becomes one or a few ONNX nodes of fixed shapes. Two have no ONNX operator of their
own and need care: the gradient of a convolution, and a tensor that is spread over a larger shape (`expand`), which is
left small for as long as the operations after it spread it anyway.
"""

import operator

import numpy as np
import torch
from torch import fx

from .onnx_writer import Writer

Name = str | list  # of a value in the ONNX graph, or of several


def _silu(w: Writer, x: str) -> str:
    return w.each("Mul", x, w.each("Sigmoid", x))


def _silu_backward(w: Writer, g: str, x: str) -> str:
    s = w.each("Sigmoid", x)
    return w.each("Mul", w.each("Mul", g, s), w.each("Add", w.each("Sub", x, _silu(w, x)), 1.0))


def _softmax_backward(w: Writer, g: str, y: str, axis: int, _dtype) -> str:
    product = w.each("Mul", g, y)
    return w.each("Sub", product, w.each("Mul", y, w.total(product, [axis], True)))


def _convolution(w: Writer, x: str, weight: str, bias: str, stride, padding, *rest) -> str:
    _check_plain(rest)
    (n, _, *sides), (outside, _, *kernel) = w.shapes[x], w.shapes[weight]
    sides = [(s + 2 * p - k) // d + 1 for s, p, k, d in zip(sides, padding, kernel, stride, strict=True)]
    attributes = {"kernel_shape": kernel, "strides": list(stride), "pads": [*padding, *padding]}
    return w.add("Conv", [x, weight, bias], (n, outside, *sides), **attributes)


def _convolution_backward(w: Writer, g, x, weight, _bias, stride, padding, *rest) -> list[str | None]:
    """Gradients of a convolution in its input, its weight and its bias."""
    *settings, wanted = rest
    _check_plain(settings)
    kernel = w.shapes[weight][2:]
    attributes = {"kernel_shape": list(kernel), "strides": list(stride), "pads": [*padding, *padding]}
    back = w.add("ConvTranspose", [g, weight], w.shapes[x], **attributes) if wanted[0] else None
    n, outside, h, width = w.shapes[g]
    inside = w.shapes[x][1]
    rows = w.reshape(w.permute(g, (1, 0, 2, 3)), (outside, n * h * width))
    columns = _columns(w, x, kernel, stride, padding, (h, width))
    shape = (outside, inside * kernel[0] * kernel[1])
    flat = w.add("Gemm", [rows, columns], shape, transB=1)  # over all images and places at once
    return [
        back,
        w.permute(w.reshape(flat, (outside, *kernel, inside)), (0, 3, 1, 2)),
        w.total(rows, [1], False),
    ]


def _check_plain(settings) -> None:
    """Raise ValueError for a dilated, transposed or grouped convolution."""
    if [*map(_plain, settings)] != [[1, 1], False, [0, 0], 1]:
        raise ValueError(
            f"convolution has {settings}; allowed is no dilation, no transposition and one group"
        )


def _columns(w: Writer, x: str, kernel, stride, padding, sides) -> str:
    """What each weight of a kernel sees: (kernel * inside, n * places)."""
    n, inside, *_ = w.shapes[x]
    x = w.permute(x, (1, 0, 2, 3))
    if any(padding):
        pads = w.constant(np.array([0, 0, *padding, 0, 0, *padding]))
        grown = [s + 2 * p for s, p in zip(w.shapes[x][2:], padding, strict=True)]
        x = w.add("Pad", [x, pads], (inside, n, *grown))
    seen = []
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            start = np.array([i, j])
            end = start + np.array(stride) * (np.array(sides) - 1) + 1
            cut = [w.constant(v) for v in (start, end, np.array([2, 3]), np.array(stride))]
            seen.append(w.add("Slice", [x, *cut], (inside, n, *sides)))
    return w.reshape(w.join(seen, 0), (inside * len(seen), n * sides[0] * sides[1]))


def _pixels_to_channels(w: Writer, x: str, r: int) -> str:
    n, c, h, width = w.shapes[x]
    cells = w.reshape(x, (n, c, h // r, r, width // r, r))
    return w.reshape(w.permute(cells, (0, 1, 3, 5, 2, 4)), (n, c * r * r, h // r, width // r))


def _channels_to_pixels(w: Writer, x: str, r: int) -> str:
    n, c, h, width = w.shapes[x]
    cells = w.reshape(x, (n, c // r**2, r, r, h, width))
    return w.reshape(w.permute(cells, (0, 1, 4, 2, 5, 3)), (n, c // r**2, h * r, width * r))


def _grow(w: Writer, x: str, size, *_scales) -> str:
    n, c, h, width = w.shapes[x]
    a, b = size[0] // h, size[1] // width
    return w.reshape(w.spread(w.reshape(x, (n, c, h, 1, width, 1)), (n, c, h, a, width, b)), (n, c, *size))


def _grow_backward(w: Writer, g: str, size, before, *_scales) -> str:
    n, c, h, width = before
    cells = w.reshape(g, (n, c, h, size[0] // h, width, size[1] // width))
    return w.reshape(w.total(cells, [3, 5], False), before)


def _slice(w: Writer, x: str, axis: int = 0, start=None, end=None, step: int = 1) -> str:
    shape = list(w.shapes[x])
    start, end, _ = slice(start, end, step).indices(shape[axis])
    shape[axis] = len(range(start, end, step))
    return w.add("Slice", [x, *(w.constant(np.array([v])) for v in (start, end, axis, step))], shape)


def _parts_of(w: Writer, x: str, size, axis: int = 0) -> list[str]:
    length = w.shapes[x][axis]
    sizes = size if isinstance(size, list) else [min(size, length - i) for i in range(0, length, size)]
    return w.parts(x, sizes, axis)


def _unbind(w: Writer, x: str, axis: int = 0) -> list[str]:
    shape = [n for i, n in enumerate(w.shapes[x]) if i != axis]
    return [w.reshape(part, shape) for part in w.parts(x, [1] * w.shapes[x][axis], axis)]


def _stack(w: Writer, values: list[str], axis: int = 0) -> str:
    shape = list(w.shapes[values[0]])
    shape.insert(axis, 1)
    return w.join([w.reshape(value, shape) for value in values], axis)


def _mean(w: Writer, x: str, axes=None, keep: bool = False) -> str:
    axes = list(range(len(w.shapes[x]))) if axes is None else axes
    count = np.prod([w.shapes[x][axis] for axis in axes])
    return w.each("Mul", w.total(x, axes, keep), 1.0 / float(count))


def _transpose(w: Writer, x: str, a: int = 0, b: int = 1) -> str:
    order = list(range(len(w.shapes[x])))
    order[a], order[b] = order[b], order[a]
    return w.permute(x, order)


def _product(w: Writer, a: str, b: str) -> str:
    return w.add("MatMul", [a, b], (*w.shapes[a][:-1], w.shapes[b][-1]))


_SAME = lambda w, x, *_: x
# Operations on each number: their arguments may be smaller than they are said to be.
EACH = {
    "mul": lambda w, a, b: w.each("Mul", a, b),
    "add": lambda w, a, b: w.each("Add", a, b),
    "sub": lambda w, a, b: w.each("Sub", a, b),
    "rsub": lambda w, a, b: w.each("Sub", b, a),
    "div": lambda w, a, b: w.each("Div", a, b),
    "pow": lambda w, a, b: w.each("Pow", a, float(b)),
    "sqrt": lambda w, a: w.each("Sqrt", a),
    "rsqrt": lambda w, a: w.each("Reciprocal", w.each("Sqrt", a)),
    "sin": lambda w, a: w.each("Sin", a),
    "cos": lambda w, a: w.each("Cos", a),
    "silu": _silu,
    "silu_backward": _silu_backward,
    "detach": _SAME,
    "clone": _SAME,
    "expand": _SAME,
}
WHOLE = {
    "addmm": lambda w, c, a, b: w.add("Gemm", [a, b, c], (w.shapes[a][0], w.shapes[b][1])),
    "mm": _product,
    "bmm": _product,
    "sum": lambda w, x, axes, keep=False: w.total(x, axes, keep),
    "mean": _mean,
    "cat": lambda w, values, axis=0: w.join(values, axis),
    "stack": _stack,
    "slice": _slice,
    "split": _parts_of,
    "split_with_sizes": _parts_of,
    "unbind": _unbind,
    "t": _transpose,
    "transpose": _transpose,
    "permute": lambda w, x, order: w.permute(x, order),
    "convolution": _convolution,
    "convolution_backward": _convolution_backward,
    "_softmax": lambda w, x, axis, _: w.add("Softmax", [x], w.shapes[x], axis=axis),
    "_safe_softmax": lambda w, x, axis: w.add("Softmax", [x], w.shapes[x], axis=axis),
    "_softmax_backward_data": _softmax_backward,
    "pixel_unshuffle": _pixels_to_channels,
    "pixel_shuffle": _channels_to_pixels,
    "upsample_nearest2d": _grow,
    "upsample_nearest2d_backward": _grow_backward,
}
RESHAPES = ("view", "_unsafe_view", "squeeze", "unsqueeze")


def write_node(w: Writer, node: fx.Node, names: dict[fx.Node, Name]) -> Name:
    """Write one call of an fx graph, whose arguments have ``names``; raises ValueError for one that is not known."""
    if node.target is operator.getitem:
        return names[node.args[0]][node.args[1]]
    op = node.target._schema.name.removeprefix("aten::")
    if not node.all_input_nodes:  # made from nothing: sinusoids' frequencies
        return w.constant(node.target(*node.args, **node.kwargs).numpy())
    if "alpha" in node.kwargs:
        raise ValueError(f"operation {op!r} has alpha = {node.kwargs['alpha']}; allowed is none")
    if op == "ones_like":
        return w.constant(np.ones(node.meta["val"].shape))
    if op in EACH:
        return EACH[op](w, *fx.map_arg(node.args, names.__getitem__))
    if op not in WHOLE and op not in RESHAPES:
        raise ValueError(f"operation is {op!r}; allowed are {sorted([*EACH, *WHOLE, *RESHAPES])}")
    whole = lambda n: w.spread(names[n], n.meta["val"].shape) if isinstance(names[n], str) else names[n]
    arguments = fx.map_arg(node.args, whole)
    if op in RESHAPES:
        return w.reshape(arguments[0], node.meta["val"].shape)
    return WHOLE[op](w, *map(_plain, arguments))


def _plain(argument):
    """fx keeps lists as its own kind."""
    return list(argument) if isinstance(argument, (list, tuple, torch.Size)) else argument
