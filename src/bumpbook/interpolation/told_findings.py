"""Findings of chapter 4 on turned axes elsewhere: for other training targets, at the paper's own size, in its own network."""

import numpy as np

from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.standing import SETTINGS
from bumpbook.frame.sweeps import PRESETS, sweep
from bumpbook.frame.tables import FINE
from bumpworld.instruments.spread import difference, write
from bumpworld.store import ResultError

from . import turning
from .turn_findings import FILLS, band, judged, regression_share

CODES = ("axes", "turned-45")
# results/predictions/told-larger.json: the paper's network has too few seeds for an interval
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
    found, rows = {}, []
    for preset in ("paper-world", "paper-network"):
        table = turning.by_size(preset)
        plain, other = (band(table, told, 4) for told in CODES)
        if not len(plain) or not len(other):
            raise ResultError(f"the networks are not finished; run `{sweep('slider', preset).command}` first")
        found[preset] = plain, other, _verdict(preset, plain, other)
        near = (band(table, told, 4, column="near") for told in CODES)
        shares = percent(plain), percent(other), found[preset][-1], *map(percent, near)
        rows.append([SETTINGS[preset], *shares])
    world, network = found.values()
    base = PRESETS["paper-world"].base
    nulls = [
        regression_share(e.unet, canvas=base.canvas) for e in sweep("slider", "paper-world").experiments[::5]
    ]
    return state(
        f"**It is so at the paper's own size, and in its own network.** In a world of {base.canvas.size} × {base.canvas.size} pixels "
        f"our networks draw {percent(world[0].mean())} of the band told x and y, and {percent(world[1].mean())} told turned axes; the paper's "
        f"network {percent(network[0].mean())} and {percent(network[1].mean())}.",
        world[-1] == network[-1] == "agrees",
        "Foretold before turned axes were trained in either (`results/predictions/told-larger.json`). A regression on the same two codes "
        f"draws {percent(nulls[0])} and {percent(nulls[1])}, a copy of the nearest column 0 %.\n\n"
        + markdown_table(
            ["", f"x and y, {FINE:g} px", f"turned, {FINE:g} px", "verdict", "x and y, 1 px", "turned, 1 px"],
            rows,
        ),
    )


def _verdict(preset: str, plain: np.ndarray, other: np.ndarray) -> str:
    """That of an interval over seeds, or of means and extremes where the preset has too few for one."""
    if preset == "paper-world":
        return judged(difference(other, plain), FILLS)
    return judge(
        dict(
            zip(
                (limit.what for limit in APART),
                (other.mean() - plain.mean(), other.min() - plain.max()),
                strict=True,
            )
        ),
        APART,
    ).verdict
