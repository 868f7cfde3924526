"""What chapter 8 found in the world whose labels do not say everything, and how the predictions on it fared."""

from itertools import combinations

import numpy as np
import pandas as pd

from bumpbook.frame import studies
from bumpbook.frame.claims import Limit, Measured, judge
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.instruments.spread import Spread, difference, spread, write

from . import hidden
from .hidden_world import BRIGHTEST, DIMMEST

# as in results/predictions/hidden.json
SQUARE, FILLED = "square right, hidden world", "columns right, hidden minus plain"
TOLD, SHOWN = "at the label told, least over t", "at the bump shown, most over t"
BLIND, AWAY, SAME = (
    "ideal correlation minus the network's, most",
    "distance from the world's own",
    "least correlation",
)
LIMITS = {
    "composes": (Limit(SQUARE, 0.9, 0.5),),
    "no-interpolation": (Limit(FILLED, 0.1, 0.3, "up to"),),
    "label-decides-place": (
        Limit(TOLD, 0.5),
        Limit(SHOWN, 0.1, reach="up to"),
        Limit("label minus image", partly=0, reach="above"),
    ),
    "looks": (Limit(BLIND, 0.1, 0.3, "up to"),),
    "distribution": (Limit(AWAY, 0.12, 0.25, "up to"),),
    "same-noise": (Limit(SAME, 0.8, 0.4),),
}
# noise levels at which there is something to see
VISIBLE = (50, 150, 300)
# standard deviation of the world's own brightnesses, which are uniform
WORLD_SPREAD = (BRIGHTEST - DIMMEST) / 12**0.5


def rows(table: pd.DataFrame, world: str, held_out: str) -> pd.DataFrame:
    """Networks of one world with one hole, a row each."""
    return table[(table.world == world) & (table.held_out == held_out)]


def unseen(table: pd.DataFrame, world: str, held_out: str) -> Spread:
    """Share of held-out labels right within 0.45 px, the brightness free."""
    return spread([shares[-1] for shares in rows(table, world, held_out)["unseen"]], share=True)


def measured(table: pd.DataFrame) -> dict[str, Measured]:
    """What each prediction is about, from networks of all seeds; nothing where a kind of network is missing."""
    whole = rows(table, "hidden", "nothing")
    columns = [[shares[-1] for shares in rows(table, w, "4 columns")["unseen"]] for w in ("hidden", "plain")]
    label, image = (np.array(whole[name].tolist()) for name in ("label", "image"))
    at = [hidden.TIMES.index(time) for time in VISIBLE]
    behind = np.array(whole["seen_ideal"].tolist()) - np.array(whole["seen"].tolist())
    drawn, ideal = whole["drawn"].tolist(), whole["ideal"].tolist()
    pairs = [*combinations(drawn, 2), *zip(drawn, ideal, strict=True)]
    return {
        "composes": {SQUARE: unseen(table, "hidden", "square of 4")},
        "no-interpolation": {FILLED: difference(*columns) if all(columns) else spread([])},
        "label-decides-place": {
            TOLD: spread(label.min(1)),
            SHOWN: spread(image.max(1)),
            "label minus image": float((label - image).min()),
        },
        "looks": {BLIND: spread(behind[:, at].max(1))},
        "distribution": {AWAY: spread([hidden.distance(d) for d in drawn])},
        "same-noise": {SAME: min(float(np.corrcoef(pair)[0, 1]) for pair in pairs)},
    }


def drawings(table: pd.DataFrame) -> str:
    """A Markdown table of shares right within 0.45 px, the brightness free, by world and hole."""
    lines = []
    for held_out in hidden.HELD_OUT:
        for world in hidden.WORLDS:
            those = rows(table, world, held_out)
            if those.empty:
                continue
            seen = spread([shares[-1] for shares in those["train"]], share=True)
            new = "–" if held_out == "nothing" else write(unseen(table, world, held_out), percent=True)
            lines.append([held_out, world, write(seen, percent=True), new])
    return markdown_table(["held out", "world", "trained labels right", "held-out labels right"], lines)


def distances(table: pd.DataFrame) -> str:
    """How far brightnesses drawn lie from the world's own and from each other's, in words."""
    whole = rows(table, "hidden", "nothing")
    drawn, ideal = whole["drawn"].tolist(), whole["ideal"].tolist()
    far = {
        "from the world's own": spread([hidden.distance(d) for d in drawn]),
        "between seeds": spread([hidden.distance(a, b) for a, b in combinations(drawn, 2)]),
        "of the ideal denoiser under the same sampler from the world's own": spread(
            [hidden.distance(d) for d in ideal]
        ),
    }
    listed = "; ".join(f"{name}: {write(value)}" for name, value in far.items())
    same = {
        "two seeds": spread([np.corrcoef(a, b)[0, 1] for a, b in combinations(drawn, 2)]),
        "a seed and the ideal denoiser": spread(
            [np.corrcoef(a, b)[0, 1] for a, b in zip(drawn, ideal, strict=True)]
        ),
    }
    alike = "; ".join(f"{name} {write(value)}" for name, value in same.items())
    spreads = spread([np.std(d) for d in drawn])
    return (
        f"Kolmogorov-Smirnov distance of {len(drawn[0])} brightnesses a network, {listed}. A network that always drew the mean would "
        f"be .50 away. Standard deviation: {write(spreads)}; in the world {WORLD_SPREAD:.2f}. Correlation of the brightnesses that come out of "
        f"the same noise: {alike}."
    )


def looks() -> str:
    """The finding of `looking` in short: what a network takes from the image, and what from the label."""
    found = measured(studies.table(hidden.STUDY))
    sentence = (
        "**A network looks when its label does not say everything.** A brightness that nobody told it, it reads out of the noisy "
        "image nearly as well as can be. The place it takes from the label, even where the image shows another."
    )
    asked = ("looks", "label-decides-place")
    return state(sentence, all(judge(found[name], LIMITS[name]).verdict == "agrees" for name in asked))


@register("beyond-hidden")
def looking() -> str:
    """A network looks where its label does not say everything, and composes and interpolates as it did."""
    table = studies.table(hidden.STUDY)
    whole, found = rows(table, "hidden", "nothing"), measured(table)
    at = hidden.TIMES.index(VISIBLE[0])
    seen, ideal = (float(np.mean([row[at] for row in whole[name]])) for name in ("seen", "seen_ideal"))
    square = unseen(table, "hidden", "square of 4").mean
    columns, plain = (unseen(table, world, "4 columns") for world in ("hidden", "plain"))
    wide = float(np.mean([np.std(d) for d in whole["drawn"]]))
    sentence = (
        f"**A network looks when its label does not say everything.** The brightness that nobody told it, it reads out of the noisy "
        f"image nearly as well as can be (correlation {seen:.2f} at t = {VISIBLE[0]}; the ideal denoiser {ideal:.2f}), and its drawings have "
        f"all brightnesses, the extreme ones too seldom (standard deviation {wide:.2f}; in the world {WORLD_SPREAD:.2f}). The place it takes "
        f"from the label even where the image shows another. It composes as before: {percent(square)} of a held-out square within 0.45 px. Of four "
        f"missing columns it draws {percent(columns.mean)}, a network of the plain world that trained as long {percent(plain.mean)}: more, and still few."
    )
    asked = ("composes", "looks", "label-decides-place")
    holds = all(judge(found[name], LIMITS[name]).verdict == "agrees" for name in asked)
    holds &= (
        judge(found["distribution"], LIMITS["distribution"]).verdict != "disagrees" and wide < WORLD_SPREAD
    )
    holds &= max(columns.high, plain.high) < 0.5 and found["no-interpolation"][FILLED].low > 0
    return state(
        sentence,
        holds,
        "\n\n".join([drawings(table), distances(table), fared("hidden", measured(table), LIMITS)]),
    )
