"""An ONNX graph of fixed shapes, written node by node: shapes are worked out here, and nothing is written twice.

Images and activations (n, channels, rows, columns) are stored with the batch *last*, as (channels, rows, columns, n):
then a convolution is one Gather of whole rows of n numbers and one product of matrices, and no gradient needs a
transposition. What is stored so is named in `Writer.turned`; the operations on each number, sums and joins keep it, and
whoever needs the axes as they are said to be asks for `plain`.
"""

from collections.abc import Sequence

import numpy as np

# where the axes of (n, channels, rows, columns) are stored when the batch comes last
PLACES = (3, 0, 1, 2)
TURN, BACK = (1, 2, 3, 0), (3, 0, 1, 2)


class Writer:
    """Collects the ONNX nodes of an fx graph; ``shapes`` holds the shape in which every value is stored."""

    def __init__(self):
        self.nodes, self.constants, self.shapes = [], {}, {}
        self.turned: set[str] = set()
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
        whole, axis = self.shapes[value], self.axis(value, axis)
        shapes = [(*whole[:axis], size, *whole[axis + 1 :]) for size in sizes]
        parts = self._write("Split", [value, self.constant(np.array(sizes))], shapes, {"axis": axis})
        self.turned.update(parts if value in self.turned else ())
        return parts

    def _write(self, op, inputs, shapes, attributes) -> list[str]:
        from onnx import helper

        outputs = [f"v{len(self.shapes) + i}" for i in range(len(shapes))]
        self.nodes.append(helper.make_node(op, list(inputs), outputs, **attributes))
        self.shapes |= dict(zip(outputs, map(tuple, shapes), strict=True))
        return outputs

    def each(self, op: str, *values) -> str:
        """An operation on each number of ``values`` (names or plain numbers), which spread over a common shape."""
        names = [v if isinstance(v, str) else self.constant(float(v)) for v in values]
        turned = not self.turned.isdisjoint(names)
        names = [self.turn(name) for name in names] if turned else names
        return self.mark(self.add(op, names, np.broadcast_shapes(*(self.shapes[n] for n in names))), turned)

    def mark(self, value: str, turned: bool = True) -> str:
        """``value``, noted as one whose batch comes last."""
        if turned:
            self.turned.add(value)
        return value

    def turn(self, value: str) -> str:
        """``value``, of at most four axes, with the batch last; a single number spreads as it is."""
        shape = self.shapes[value]
        if value in self.turned or all(n == 1 for n in shape):
            return value
        shape = (1,) * (4 - len(shape)) + tuple(shape)
        return self._reordered(value, shape, TURN, "turned")

    def plain(self, value: str) -> str:
        """``value`` with its axes in the order that PyTorch has them in."""
        return self._reordered(value, self.shapes[value], BACK, "plain") if value in self.turned else value

    def _reordered(self, value: str, shape, order, name: str) -> str:
        key = (name, value)
        if key not in self._known:
            ends = [shape[i] for i in order]
            moved = [i for i in range(4) if shape[i] > 1] != [i for i in order if shape[i] > 1]
            value = value if not moved or self.shapes[value] == tuple(shape) else self.reshape(value, shape)
            # not by add: the same numbers may be wanted in this shape without the meaning
            how = (
                ("Transpose", [value], {"perm": list(order)})
                if moved
                else ("Reshape", [value, self.constant(np.array(ends, dtype=np.int64))], {})
            )
            self._known[key] = self._write(how[0], how[1], [ends], how[2])[0]
        return self.mark(self._known[key], name == "turned")

    def axis(self, value: str, axis: int) -> int:
        """Where ``axis`` of ``value`` is stored."""
        axis %= len(self.shapes[value])
        return PLACES[axis] if value in self.turned else axis

    def reshape(self, value: str, shape: Sequence[int]) -> str:
        """The same numbers in another ``shape``."""
        return self.add("Reshape", [value, self.constant(np.array(shape, dtype=np.int64))], shape)

    def permute(self, value: str, order: Sequence[int]) -> str:
        """The axes in another ``order``."""
        return self.add("Transpose", [value], [self.shapes[value][i] for i in order], perm=list(order))

    def total(self, value: str, axes: Sequence[int], keep: bool) -> str:
        """The sum over ``axes``, which may be kept with length 1."""
        turned, said = value in self.turned, [axis % len(self.shapes[value]) for axis in axes]
        if turned and not keep and 0 not in said:
            whole = self.plain(self.total(value, axes, True))
            return self.reshape(whole, [n for i, n in enumerate(self.shapes[whole]) if i not in said])
        stored = sorted(self.axis(value, axis) for axis in axes)
        ends = [1 if i in stored else n for i, n in enumerate(self.shapes[value]) if keep or i not in stored]
        made = self.add("ReduceSum", [value, self.constant(np.array(stored))], ends, keepdims=int(keep))
        return self.mark(made, turned and keep)

    def join(self, values: Sequence[str], axis: int) -> str:
        """Several values one after the other along ``axis``."""
        turned = not self.turned.isdisjoint(values)
        values = [self.turn(value) for value in values] if turned else values
        shapes, axis = [self.shapes[value] for value in values], self.axis(values[0], axis)
        whole = (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])
        return self.mark(self.add("Concat", values, whole, axis=axis), turned)

    def spread(self, value: str, shape: Sequence[int]) -> str:
        """The value repeated along its axes of length 1 until it has this ``shape``."""
        turned = value in self.turned
        shape = tuple(shape[i] for i in TURN) if turned else tuple(shape)
        if self.shapes[value] == shape:
            return value
        made = self.add("Expand", [value, self.constant(np.array(shape, dtype=np.int64))], shape)
        return self.mark(made, turned)

    def live(self, ends: Sequence[str]) -> list:
        """The nodes that the values ``ends`` depend on, in order."""
        wanted, kept = set(ends), []
        for node in reversed(self.nodes):
            if not wanted.isdisjoint(node.output):
                wanted.update(node.input)
                kept.append(node)
        return kept[::-1]
