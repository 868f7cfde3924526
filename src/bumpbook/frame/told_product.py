"""A rule that is told its world: a bump is a product of a column's picture and a row's. It learns no feature."""

from torch import Tensor

from bumpworld.canvas import Canvas
from bumpworld.instruments.baselines import fitted


def product_of(canvas: Canvas, known: Tensor, asked: Tensor) -> Tensor:
    """Images (n, 1, size, size) of the labels ``asked`` (n, 2), by the product that fits what ``canvas`` shows at ``known``.

    Blank is a pair that ``known`` leaves open: no chain of labels that share an x or a y joins its column and its row.
    """
    return fitted("multiplicative", canvas, known).predict(asked).nan_to_num()
