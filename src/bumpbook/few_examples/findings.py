"""What stands behind the sentences of chapter 6 on amounts: its tables, and the models that they rest on."""

import numpy as np
import pandas as pd

from bumpbook.frame import tables
from bumpbook.frame.findings import register
from bumpbook.frame.pages import markdown_table, readable, reading_time
from bumpbook.frame.sweeps import sweep

from . import efficiency
from .efficiency import LEVELS, NAMES, SCORES


@register("few-examples-time")
def time() -> str:
    return reading_time(6)


def sweep_table(name: str, preset: str = "quick") -> pd.DataFrame:
    """The table of a sweep's finished models."""
    return tables.table(sweep(name, preset))


def kernel_table(name: str, preset: str = "quick") -> pd.DataFrame:
    """The same rows for a kernel regression, which learns no features: `nulls` says which. Raises FileNotFoundError without its table."""
    table = tables.read(f"nulls-{name}", preset)
    return table[table["null"] == "kernel"]


def shares(preset: str) -> dict[tuple[bool, int], np.ndarray]:
    """Of bumps, the shares right within 0.45 px of a sweep's models, by "beside all stripes" and number of 2D labels."""
    rows = efficiency.unseen(sweep_table("few-shot", preset))
    rows = rows[rows.kind == "bump"]
    return {key: part.share.to_numpy() for key, part in rows.groupby([rows.stripes.astype(bool), "train_2d"])}


def with_stripes(table: pd.DataFrame, stripes: bool) -> pd.DataFrame:
    """Rows of the models that saw all stripes, or of those that saw none."""
    return table[table.stripes.astype(bool) == stripes]


def models(name: str, preset: str = "quick") -> str:
    """How many models of a sweep stand behind a sentence, from how many seeds, and which were left out."""
    rows = sweep_table(name, preset).drop_duplicates("key")
    lost, seeds = int((~rows.learned.astype(bool)).sum()), rows.seed.nunique()
    text = f"{len(rows)} of {len(sweep(name, preset).experiments)} models, {seeds} seed{'s' * (seeds > 1)}"
    return text + (f"; {lost} never learned their own training labels and are left out." if lost else ".")


def amounts() -> str:
    """2D labels for each share right, by both tolerances, in both worlds, alone and beside all stripes; and a kernel's."""
    trained, kernel = (
        readable(efficiency.summary(of("few-shot"))).data for of in (sweep_table, kernel_table)
    )
    return (
        f"2D labels needed. {models('few-shot')}\n\n{trained}\n\nThe same for the scoreboard's kernel regression, an infinitely "
        f"wide network on the label's code that learns no features:\n\n{kernel}"
    )


def exponents() -> str:
    """The power of the side with which the need grows, by tolerance and by the share asked for."""
    table, rows = sweep_table("scaling"), []
    for score, name in SCORES.items():
        for level in LEVELS:
            laws = [efficiency.exponent(with_stripes(table, s), level, score) for s in NAMES]
            rows.append((name, f"{level * 100:.0f} %", *map(_law, laws)))
    heads = ("right", "share asked for", *NAMES.values())
    return f"The power of N with which the need grows. {models('scaling')}\n\n{markdown_table(heads, rows)}"


def _law(law) -> str:
    """An exponent and the sizes that are not in it, because the share is crossed outside the measured amounts."""
    if law is None:
        return "too few sizes"
    value = str(law) if np.isfinite(law.value) else "–"
    sizes = ", ".join(f"{size:g}" for size in law.left_out)
    return value + (f", without N = {sizes}" if sizes else "")


def gains() -> str:
    """How many times more labels are needed without stripes, at each size of the canvas."""
    table, found = sweep_table("scaling"), {}
    for score in SCORES:
        fits = [efficiency.by_size(with_stripes(table, s), LEVELS[1], score) for s in NAMES]
        for size in sorted(fits[0]):
            found[size, score] = efficiency.saving(fits[0][size], fits[1].get(size))
    sizes = sorted({size for size, _ in found})
    rows = [(str(n), *(ratio(found[n, s]) if found.get((n, s)) else "–" for s in SCORES)) for n in sizes]
    return markdown_table(("side N", *(f"right {name}" for name in SCORES.values())), rows)


def ratio(saved: tuple[float, float, float]) -> str:
    """A factor with its interval."""
    mean, low, high = saved
    if low == high:
        return f"{mean:.1f}"
    ends = (
        f"{low:.1f}" if low else "less than was measured",
        "more than was measured" if np.isinf(high) else f"{high:.1f}",
    )
    return f"{mean:.1f} ({ends[0]} to {ends[1]})"
