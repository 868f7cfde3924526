"""Things to change in the lab that make a difference: what our own models got, so that a pair can bet against it."""

from bumpworld.instruments.spread import difference, write

from . import tables
from .findings import percent, register
from .pages import markdown_table

LEAST = 0.2  # the difference that a change must make, with an interval that leaves out 0
LESION = "`lesion(6, 10)`"
# (what is changed, the code for it, sweep and rows before, sweep and rows after)
IDEAS = (
    (
        "a band of columns in place of the hole",
        LESION,
        ("square", "region == 'square' and kind == 'bump' and low == 5 and high == 11"),
        ("lesion", "region == 'lesion' and spacing == 1 and low == 6 and high == 10"),
    ),
    (
        f"the axes of the label, turned by 45°, under {LESION}",
        '`unet=UNetConfig.quick(label_code="turned", label_angle=45)`',
        ("lesion", "region == 'lesion' and spacing == 1 and low == 6 and high == 10"),
        ("codes", "region == 'lesion' and kind == 'bump' and code == 'turned-45' and low == 6 and high == 10"),
    ),
    (
        f"a smoother code of labels, under {LESION}",
        "`unet=UNetConfig.quick(label_frequencies=(low, high / 4))`",
        ("lesion", "region == 'lesion' and spacing == 1 and low == 6 and high == 10"),
        ("codes", "region == 'lesion' and kind == 'bump' and code == 'axes' and max_frequency < 1 and low == 6 and high == 10"),
    ),
    (
        "the corner in place of the middle, for a hole of 8",
        "`held_out_square(8, 16)`",
        ("square", "region == 'square' and kind == 'bump' and low == 4 and high == 12"),
        ("square", "region == 'square' and kind == 'bump' and low == 8 and high == 16"),
    ),
    (
        "a quarter of the labels, cut down to a sixteenth",
        "`random_fraction(1 / 16, seed=0)`",
        ("few-shot", "region == 'unseen' and kind == 'bump' and not stripes and train_2d == 64"),
        ("few-shot", "region == 'unseen' and kind == 'bump' and not stripes and train_2d == 16"),
    ),
    (
        "narrower bumps, seen at 32 random labels",
        "`canvas=bw.Canvas(sigma=0.5)`",
        ("percolation", "region == 'unseen' and train_2d == 32 and sigma == 1 and not normalised"),
        ("percolation", "region == 'unseen' and train_2d == 32 and sigma == 0.5 and not normalised"),
    ),
)  # fmt: skip


def shares(name: str, rows: str) -> list[float]:
    """Shares drawn right within a pixel, of the learned models of a sweep in the rows that a query names."""
    return tables.learned(tables.read(name)).query(rows)["both"].tolist()


@register("teaching-ideas")
def ideas() -> str:
    """A table of the ideas with what our models drew right, before and after the change."""
    measured = [(what, code, shares(*before), shares(*after)) for what, code, before, after in IDEAS]
    return written(measured)


def written(measured: list[tuple[str, str, list[float], list[float]]]) -> str:
    """The table. Raises ValueError, naming the idea, for one that makes no difference or has fewer than three models."""
    rows = []
    for what, code, before, after in measured:
        if min(len(before), len(after)) < 3:
            raise ValueError(f"{what}: {len(before)} and {len(after)} models; needed are three of each")
        apart = difference(before, after)
        if abs(apart[0]) < LEAST or apart[1] <= 0 <= apart[2]:
            raise ValueError(
                f"{what}: the difference is {write(apart)}; an idea for the lab needs {LEAST} or more"
            )
        rows.append([f"{what}<br>{code}", percent(before), percent(after)])
    return markdown_table(["what is changed", "before", "after"], rows)
