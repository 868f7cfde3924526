"""A convolution and its gradients as Gathers and products of matrices, on activations whose batch comes last.

An activation (channels, places, n) with one place of zeros added is a table: a convolution looks up, for every place and
every weight of its kernel, a row of n numbers, and multiplies what it found with its weights. The gradient in the input
looks up the other way round, and the gradient in the weights multiplies with the very table that the convolution made.
"""

import numpy as np

from .onnx_writer import Writer


def convolution(w: Writer, x: str, weight: str, bias: str, stride, padding, *rest) -> str:
    """A plain convolution, with its bias."""
    _check_plain(rest)
    x = w.turn(x)
    (_, *sides, n), (outside, inside, *kernel) = w.shapes[x], w.shapes[weight]
    ends = [(s + 2 * p - k) // d + 1 for s, p, k, d in zip(sides, padding, kernel, stride, strict=True)]
    rows = w.reshape(weight, (outside, inside * kernel[0] * kernel[1]))
    seen = _seen(w, x, kernel, stride, padding, ends)
    added = w.reshape(bias, (outside, 1))
    flat = w.add("Gemm", [rows, seen, added], (outside, ends[0] * ends[1] * n))
    return w.mark(w.reshape(flat, (outside, *ends, n)))


def convolution_backward(w: Writer, g, x, weight, _bias, stride, padding, *rest) -> list[str | None]:
    """Gradients of a convolution in its input, its weight and its bias."""
    *settings, wanted = rest
    _check_plain(settings)
    g, x = w.turn(g), w.turn(x)
    outside, *ends, n = w.shapes[g]
    (inside, *_), kernel = w.shapes[x], w.shapes[weight][2:]
    rows = w.reshape(g, (outside, ends[0] * ends[1] * n))
    seen = _seen(w, x, kernel, stride, padding, ends)
    flat = w.add("Gemm", [rows, seen], (outside, inside * kernel[0] * kernel[1]), transB=1)
    back = _input_gradient(w, g, x, weight, stride, padding) if wanted[0] else None
    return [back, w.reshape(flat, (outside, inside, *kernel)), w.total(rows, [1], False)]


def _check_plain(settings) -> None:
    """Raise ValueError for a dilated, transposed or grouped convolution."""
    found = [list(s) if isinstance(s, (list, tuple)) else s for s in settings]
    if found != [[1, 1], False, [0, 0], 1]:
        raise ValueError(
            f"convolution has {settings}; allowed is no dilation, no transposition and one group"
        )


def _seen(w: Writer, x: str, kernel, stride, padding, ends) -> str:
    """What each weight of a kernel sees: (inside * kernel, places * n)."""
    inside, *sides, n = w.shapes[x]
    places = ends[0] * ends[1]
    if list(kernel) == [1, 1] and list(stride) == [1, 1]:
        return w.reshape(x, (inside, places * n))
    at = [
        [np.arange(end) * d + i - p for i in range(k)]
        for end, k, d, p in zip(ends, kernel, stride, padding, strict=True)
    ]
    table = _table(at, sides)
    looked = _look_up(w, x, table, any(padding))
    return w.reshape(looked, (inside * kernel[0] * kernel[1], places * n))


def _input_gradient(w: Writer, g: str, x: str, weight: str, stride, padding) -> str:
    (outside, *ends, n), (inside, *sides, _) = w.shapes[g], w.shapes[x]
    kernel = w.shapes[weight][2:]
    size, places = kernel[0] * kernel[1], sides[0] * sides[1]
    rows = w.reshape(g, (outside, ends[0] * ends[1] * n))
    if list(kernel) == list(stride) and not any(padding):  # every place was seen once
        weights = w.reshape(weight, (outside, inside * size))
        back = w.add("Gemm", [weights, rows], (inside * size, ends[0] * ends[1] * n), transA=1)
        if size > 1:
            order = _table(
                [[np.arange(e) * d + i for i in range(d)] for e, d in zip(ends, stride, strict=True)], sides
            )
            back = _look_up(w, w.reshape(back, (inside, places, n)), np.argsort(order.ravel()), False)
        return w.mark(w.reshape(back, (inside, *sides, n)))
    at = []
    for side, end, k, d, p in zip(sides, ends, kernel, stride, padding, strict=True):
        places_of = [(np.arange(side) + p - i) for i in range(k)]
        at.append([np.where((v % d == 0) & (v // d < end), v // d, -1) for v in places_of])
    looked = _look_up(w, g, _table(at, ends), True)
    turned = w.permute(w.reshape(weight, (outside, inside, size)), (1, 0, 2))
    pair = [w.reshape(turned, (inside, outside * size)), w.reshape(looked, (outside * size, places * n))]
    return w.mark(w.reshape(w.add("Gemm", pair, (inside, places * n)), (inside, *sides, n)))


def _table(at, sides) -> np.ndarray:
    """Places, row by row, from their rows and columns for every weight of a kernel; beyond the frame the place after
    the last."""
    found = []
    for rows in at[0]:
        for columns in at[1]:
            y, x = np.meshgrid(rows, columns, indexing="ij")
            inside = (y >= 0) & (y < sides[0]) & (x >= 0) & (x < sides[1])
            found.append(np.where(inside, y * sides[1] + x, sides[0] * sides[1]).ravel())
    return np.array(found)


def _look_up(w: Writer, x: str, table: np.ndarray, zero: bool) -> str:
    """(channels, len(table), n) out of (channels, ..., n), with a place of zeros added where the table asks for it."""
    channels, *sides, n = w.shapes[x]
    places = int(np.prod(sides))
    rows = w.reshape(x, (channels, places, n))
    if zero:
        rows = w.add("Pad", [rows, w.constant(np.array([0, 0, 0, 0, 1, 0]))], (channels, places + 1, n))
    return w.add("Gather", [rows, w.constant(table.ravel())], (channels, table.size, n), axis=1)
