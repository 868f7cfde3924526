"""Findings of chapter 4 on turned axes elsewhere: for other training targets, at the paper's own size, in its own network."""

import numpy as np

from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.standing import SETTLED
from bumpbook.frame.sweeps import PRESETS, sweep
from bumpbook.frame.tables import FINE, learned
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import difference, write
from bumpworld.store import ResultError
from bumpworld.unet import UNetConfig

from . import turning
from .turn_figures import WORDS
from .turn_findings import FILLS, band, judged, regression_share

CODES = ("axes", "turned-45")
SIZE = PRESETS["paper-world"].base.canvas.size
# networks of either code from which on an interval judges
ENOUGH = 5
HEAD = [
    f"x and y, {FINE:g} px",
    f"turned, {FINE:g} px",
    "verdict",
    "x and y, 1 px",
    "turned, 1 px",
]
FORETOLD = "Foretold before networks were trained {} (`results/predictions/told-larger.json`)."
# results/predictions/told-larger.json: what judges where there are too few seeds for an interval
APART = (
    Limit("turned by 45° minus x and y", 0.2, 0.0, "above"),
    Limit("lowest turned minus highest x and y", 0.0, reach="above"),
)


@register("interpolation-told-targets")
def told_targets() -> str:
    """Does the band fill in turned axes for the paper's own target, and for v?"""
    table, rows, found = turning.by_target(), [], {}
    for target, name in (("eps", "the noise"), ("v", "v")):
        plain, other = (band(table[table.target == target], told, 4) for told in ("axes", "turned-45"))
        if not len(plain) or not len(other):
            raise ResultError(f"the networks are not finished; run `{sweep('told-targets').command}` first")
        apart = difference(other, plain)
        found[target] = (plain, other, judged(apart, FILLS))
        near = (band(table[table.target == target], told, 4, column="near") for told in ("axes", "turned-45"))
        rows.append(
            [name, percent(plain), percent(other), write(apart), found[target][-1], *map(percent, near)]
        )
    (plain, other, verdict), (v_plain, v_other, v_verdict) = found["eps"], found["v"]
    return state(
        f"**It is so for the paper's own target.** Trained for the noise, networks told x and y draw {percent(plain.mean())} of the band, told "
        f"turned axes {percent(other.mean())}; trained for v, {percent(v_plain.mean())} and {percent(v_other.mean())}.",
        verdict == v_verdict == "agrees",
        "Foretold before turned axes were trained for either (`results/predictions/told-targets.json`), by the same limits:\n\n"
        + markdown_table(
            [
                "trained for",
                f"x and y, {FINE:g} px",
                f"turned, {FINE:g} px",
                "difference",
                "verdict",
                "x and y, 1 px",
                "turned, 1 px",
            ],
            rows,
        ),
    )


@register("interpolation-told-larger")
def larger() -> str:
    """Does the band fill in turned axes at the paper's own size, and in its own network?"""
    plain, other, verdict, row = _compared(4)
    return state(
        f"**At the paper's own size turned axes fill it whole.** In a world of {SIZE} × {SIZE} pixels networks draw {percent(plain.mean())} of the "
        f"band of four told x and y, and {percent(other.mean())} told turned axes.",
        verdict == "agrees" and other.mean() >= SETTLED,
        f"{FORETOLD.format('in turned axes there')} A copy of the nearest column draws 0 %, a regression on the same two codes {_nulls(4)}. "
        f"{_network()}\n\n" + markdown_table(HEAD, [row]),
    )


def _network() -> str:
    """The prediction on the paper's own network: its verdict, or why there is none; empty where none was trained."""
    try:
        table = turning.by_size("paper-network")
    except FileNotFoundError:
        return ""
    said, of_code = [], [band(table, told, 4) for told in CODES]
    for told, right in zip(CODES, of_code, strict=True):
        near, trained = (band(table, told, 4, column=column) for column in ("near", "trained"))
        if len(right):
            said.append(
                f"told {WORDS[told]}, it draws {percent(right)} of the band, {percent(near)} within 1 px, and {percent(trained)} of its own "
                "trained labels"
            )
    settled = all(len(right) for right in of_code) and learned(table).trained.min() >= SETTLED
    verdict = (
        f"**{_extremes(*of_code)}**"
        if settled
        else f"cannot be judged yet, as below {percent(SETTLED)} of its own labels"
    )
    return f"The paper's own network {verdict}: {'; '.join(said)}."


@register("interpolation-told-eight")
def eight() -> str:
    """Does a band of eight fill in turned axes where more columns are left beside it?"""
    plain, other, verdict, row = _compared(8)
    return state(
        f"**In the larger frame a band of eight fills too, in part.** Told turned axes, networks draw {percent(other.mean())} of it; told x and "
        f"y, {percent(plain.mean())}.",
        verdict == "agrees" and other.mean() < SETTLED,
        f"{FORETOLD.format('around it in turned axes, when those of the band of four were known')} A regression on the same two codes draws {_nulls(8)}. Why it is drawn there and not in the "
        "small world is open: 24 of 32 columns are left beside it, not 8 of 16, there are more labels, and the network has larger patches.\n\n"
        + markdown_table(HEAD, [row]),
    )


def _compared(width: int) -> tuple[np.ndarray, np.ndarray, str, list[str]]:
    """Of a band in the paper's world the shares drawn in plain and in turned axes, the verdict, and the row of a table.

    The verdict is that of an interval over seeds, or of mean and extremes where there are too few for one.
    """
    table = turning.by_size("paper-world")
    table = table[table.trained >= SETTLED]
    plain, other = (band(table, told, width) for told in CODES)
    if not len(plain) or not len(other):
        raise ResultError(
            f"the networks are not finished; run `{sweep('slider', 'paper-world').command}` first"
        )
    enough = min(len(plain), len(other)) >= ENOUGH
    verdict = judged(difference(other, plain), FILLS) if enough else _extremes(plain, other)
    near = (percent(band(table, told, width, column="near")) for told in CODES)
    return plain, other, verdict, [percent(plain), percent(other), verdict, *near]


def _extremes(plain: np.ndarray, other: np.ndarray) -> str:
    """The verdict of mean and extremes."""
    apart = other.mean() - plain.mean(), other.min() - plain.max()
    return judge(dict(zip((limit.what for limit in APART), apart, strict=True)), APART).verdict


def _nulls(width: int) -> str:
    """What a regression on either code draws of a band at the paper's size."""
    codes = UNetConfig.quick(), UNetConfig.quick(label_code="turned", label_angle=45.0)
    return " and ".join(percent(regression_share(unet, width, Canvas(size=SIZE))) for unet in codes)
