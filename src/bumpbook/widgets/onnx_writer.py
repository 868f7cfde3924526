"""An ONNX graph of fixed shapes, written node by node: shapes are worked out here, and nothing is written twice."""

from collections.abc import Sequence

import numpy as np


class Writer:
    """Collects the ONNX nodes of an fx graph; ``shapes`` holds the shape in which every value is stored."""

    def __init__(self):
        self.nodes, self.constants, self.shapes = [], {}, {}
        self._known: dict[tuple, str] = {}

    def constant(self, value) -> str:
        """The name of a constant, which is stored once however often it is asked for."""
        array = np.asarray(value, order="C")
        array = array if array.dtype.kind == "i" else array.astype(np.float32)
        name = f"c{len(self.constants)}"
        name = self._known.setdefault(("constant", array.shape, array.dtype.str, array.tobytes()), name)
        self.constants[name], self.shapes[name] = array, array.shape
        return name

    def add(self, op: str, inputs: Sequence[str], shape: Sequence[int], **attributes) -> str:
        """The name of one node's output of this ``shape``; the same node is not written twice."""
        key = (op, tuple(inputs), tuple(shape), repr(sorted(attributes.items())))
        if key not in self._known:
            self._known[key] = self._write(op, inputs, [shape], attributes)[0]
        return self._known[key]

    def parts(self, value: str, sizes: Sequence[int], axis: int) -> list[str]:
        """The names of the parts of ``value``, of ``sizes`` along ``axis``."""
        whole = self.shapes[value]
        axis %= len(whole)
        shapes = [(*whole[:axis], size, *whole[axis + 1 :]) for size in sizes]
        return self._write("Split", [value, self.constant(np.array(sizes))], shapes, {"axis": axis})

    def _write(self, op, inputs, shapes, attributes) -> list[str]:
        from onnx import helper

        outputs = [f"v{len(self.shapes) + i}" for i in range(len(shapes))]
        self.nodes.append(helper.make_node(op, list(inputs), outputs, **attributes))
        self.shapes |= dict(zip(outputs, map(tuple, shapes), strict=True))
        return outputs

    def each(self, op: str, *values) -> str:
        """An operation on each number of ``values`` (names or plain numbers), which spread over a common shape."""
        names = [v if isinstance(v, str) else self.constant(float(v)) for v in values]
        return self.add(op, names, np.broadcast_shapes(*(self.shapes[n] for n in names)))

    def reshape(self, value: str, shape: Sequence[int]) -> str:
        """The same numbers in another ``shape``."""
        return self.add("Reshape", [value, self.constant(np.array(shape, dtype=np.int64))], shape)

    def permute(self, value: str, order: Sequence[int]) -> str:
        """The axes in another ``order``."""
        return self.add("Transpose", [value], [self.shapes[value][i] for i in order], perm=list(order))

    def total(self, value: str, axes: Sequence[int], keep: bool) -> str:
        """The sum over ``axes``, which may be kept with length 1."""
        axes = sorted(axis % len(self.shapes[value]) for axis in axes)
        ends = [1 if i in axes else n for i, n in enumerate(self.shapes[value]) if keep or i not in axes]
        return self.add("ReduceSum", [value, self.constant(np.array(axes))], ends, keepdims=int(keep))

    def join(self, values: Sequence[str], axis: int) -> str:
        """Several values one after the other along ``axis``."""
        shapes = [self.shapes[value] for value in values]
        axis %= len(shapes[0])
        whole = (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])
        return self.add("Concat", values, whole, axis=axis)

    def spread(self, value: str, shape: Sequence[int]) -> str:
        """The value repeated along its axes of length 1 until it has this ``shape``."""
        if self.shapes[value] == tuple(shape):
            return value
        return self.add("Expand", [value, self.constant(np.array(shape, dtype=np.int64))], shape)
