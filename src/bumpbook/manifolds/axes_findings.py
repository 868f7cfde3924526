"""Findings of chapter 3 on axes: whose they are, what of them is the code's, and what the first edition's scores were."""

import numpy as np

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import read_predictions
from bumpbook.frame.studies import table
from bumpworld.instruments.spread import Spread, spread, write
from bumpworld.store import ResultError

from .axes_table import CODES, FIRST_FRESH, OTHERS, contrasts, networks, shares, sheets
from .codes_study import SOS
from .noises_study import COUNTS
from .noises_study import STUDY as NOISES
from .score_figures import RING_ORTHOGONAL

FRESH, OLD, ALL = range(FIRST_FRESH, 100), range(FIRST_FRESH), range(100)
# limits that were written down before the seeds that judge them were trained: results/predictions/blank-image.json
AXES, PARTLY_PAIR = 0.2, 0.1
NULL = -0.4  # a code, or an untrained network, below this has the diagonals for axes
NO_AXES = 0.1  # a contrast within this of 0 is none
FLAT = 0.9  # additive share in every direction from which on a cloud is called a flat sheet
PLANE, ONE_HOT_BEFORE = 0.7, 0.4  # results/predictions/axes.json, sheet-from-names
VALUES = 16  # of x, and of y


def contrast(world: str, code: str, cloud: str = "blank middle", seeds=ALL) -> Spread:
    """Spread of `axes_table.contrasts` over networks."""
    return spread(contrasts(world, code, cloud, seeds))


def outcome(found: Spread, least: float) -> str:
    """What became of a prediction: from ``least``, its interval above 0; the interval alone is a part of it."""
    if found.low <= 0:
        return "failed"
    return "held" if found.mean >= least else "held in part"


def judged(code: str) -> Spread:
    """The contrast on the seeds that judge. Raises ResultError before all of them are measured."""
    found = contrast("sos", code, seeds=FRESH)
    if found.n < FIRST_FRESH:
        raise ResultError(
            f"{found.n} of {FIRST_FRESH} networks that judge are measured; run `{SOS.command}` first"
        )
    return found


@register("manifolds-axes")
def whose() -> str:
    """The answer: told turned axes and shown no image, the middle layer has the image's axes."""
    found, code = judged("turned-45"), contrast("sos", "turned-45", "code")
    before = contrast("sos", "turned-45", "random middle")
    values = np.array(shares("sos", "turned-45", "blank middle", FRESH))
    along, across = spread(values[:, 0], share=True), spread(values[:, -1], share=True)
    rows = [
        ["trained, seeds 5 and up, which judge", write(found)],
        ["trained, seeds 0 to 4, which suggested it", write(contrast("sos", "turned-45", seeds=OLD))],
        ["untrained, random blocks", write(before)],
        ["the label's code alone", write(code)],
        ["bumps, trained", write(contrast("bump", "turned-45"))],
    ]
    return state(
        f"**The axes are the image's.** Told x + y and x − y, and shown no image at all, networks that draw sums of stripes "
        f"(SOS) hold a part for x and a part for y: the best f(x) + g(y) explains {percent(along.mean)} of their middle layer, the best "
        f"f(x + y) + g(x − y) {percent(across.mean)}. "
        "In the label's code it is the other way round, and an untrained network repeats the code.",
        # an interval above 0 is what the sentence says; the prediction asked for more, and the fold says whether it came
        found.low > 0 and code.mean < NULL and before.high < NULL,
        "Additive share along x and y minus that along the diagonals, middle layer, t = 999, 12 noises, one noise for all "
        f"labels. Foretold before seeds 5 and up were trained, and judged on them alone: from {AXES:g}, with an interval above 0. "
        f"That **{outcome(found, AXES)}**.\n\n{markdown_table(['stripes told x + y and x − y', 'contrast'], rows)}",
    )


@register("manifolds-axes-bumps")
def none_for_bumps() -> str:
    """A bump has no axes, and the network forgets those of the code; the prediction that failed is named."""
    more = [name for name in OTHERS if name in set(networks("bump")["code"])]
    found = {name: contrast("bump", name) for name in (*CODES, *more)}
    start = {name: contrast("bump", name, "code") for name in found}
    pair, apart = found["pair"], [name for name in found if name != "pair"]
    flat = {name: shares("bump", name, "blank middle").mean(0).min() for name in found}
    seen = contrast("bump", "turned-45", "seen middle")
    rows = [[(CODES | OTHERS)[name], write(start[name]), write(found[name])] for name in found]
    return state(
        "A round bump has no axes of its own, and networks that draw bumps hold none when they are told its place in numbers, or by a name for the column and one for the row: "
        "whatever axes that code had, the middle layer is a flat sheet, as additive along the diagonals as along x and y. Told a name for each pair, they hold "
        f"a little of x and y, a contrast of {pair.mean:.2f}, and no sheet.",
        all(abs(found[n].mean) <= NO_AXES for n in apart)
        and all(NO_AXES < abs(start[n].mean) for n in CODES if n != "pair")
        and min(flat[n] for n in apart) >= FLAT > 0.75 > flat["pair"]
        and 0 < pair.low <= pair.mean < AXES,
        "We had foretold more: that turned axes would be turned back for bumps too, with a contrast from .1 "
        f"(`results/predictions/axes.json`, turned-axes). **That failed**: {write(seen)} at t = 50. A name for each pair "
        f"has no axes, and told by such names the layer is additive to {flat['pair']:.2f} in its poorest direction, where the poorest of the sheets has "
        f"{min(flat[n] for n in apart):.2f}.\n\n"
        + markdown_table(["bumps told", "contrast of the code", "of the middle layer, trained"], rows),
    )


@register("manifolds-axes-seen")
def seen_cannot_tell() -> str:
    """With the image in view an untrained network passes."""
    fresh, trained = (
        np.array(shares("sos", "turned-45", f"{how} middle"))[:, [0, -1]].mean(0) for how in ("fresh", "seen")
    )
    passes = contrast("sos", "turned-45", "fresh middle")
    return state(
        f"With the image in view the test cannot tell, for a picture of stripes is a sum itself: an untrained network, which passes the picture on and has not let "
        f"the label in, scores {fresh[0]:.2f} along x and y and {fresh[1]:.2f} along the diagonals, a trained one "
        f"{trained[0]:.2f} and {trained[1]:.2f}.",
        passes.low > 0 and passes.mean >= contrast("sos", "turned-45", "seen middle").mean - NO_AXES,
        f"Stripes, t = 50, 12 noises; contrast of the untrained network {write(passes)}.",
    )


@register("manifolds-axes-pairs")
def pairs() -> str:
    """What becomes of a code without axes."""
    found, code = judged("pair"), contrast("sos", "pair", "code")
    evidence = f"Pair code, stripes, seeds 5 and up: {write(found)}; the code alone {write(code)}. Foretold: from .1."
    if found.mean >= PARTLY_PAIR and found.low > 0:
        text = "Stripes bring in their axes even where each pair has a name of its own, which has no axes at all."
    else:
        text = "Where each pair has a name of its own, the middle layer does not gain the image's axes: names must share parts."
    return state(text, abs(code.mean) <= NO_AXES, evidence)


@register("manifolds-sheet")
def names_make_a_sheet() -> str:
    """From names without order to a sheet."""
    trained, fresh, code = (sheets("bump", "one-hot", f) for f in ("seen down1", "fresh down1", "code"))
    blank = sheets("bump", "one-hot", "blank down1")
    plane, before, told = (spread(v[:, 1], share=True) for v in (trained, fresh, code))
    dimension, at_first = spread(trained[:, 0]), spread(code[:, 0])
    rows = [
        [name, write(spread(v[:, 0]), form=".1f"), write(spread(v[:, 1], share=True))]
        for name, v in (
            ("the code alone", code),
            ("untrained encoder", fresh),
            ("trained encoder", trained),
            ("trained, no image shown", blank),
        )
    ]
    return state(
        f"**Names become a sheet.** Told 16 names for columns and 16 for rows, in no order, the encoder lays them out as a sheet all the same: "
        f"{at_first.mean:.0f} dimensions (participation ratio) become {dimension.mean:.1f}, and three components hold {percent(plane.mean)} of where "
        "the bump is.",
        plane.mean >= PLANE
        and dimension.mean < at_first.mean / 4
        and told.mean < ONE_HOT_BEFORE
        and before.high < plane.low,
        "Share of the variance of (x, y) that is linear in the first three principal components; last encoder layer, "
        f"t = 50, 12 noises. An untrained encoder shows its picture, and the place of a bump can be read off a picture to some degree: "
        "more than we had foretold, up to .2. The code alone holds no order."
        f"\n\n{markdown_table(['bumps told by names', 'dimension', 'position on 3 components'], rows)}",
    )


@register("manifolds-orthogonal")
def orthogonal() -> str:
    """What is orthogonal in the encoder: x against y, nearly; values of one, which nobody asks for, no more."""
    across = spread([r[str(COUNTS[-1])]["orthogonal"] for r in _noises()])
    told, trained = (spread(sheets("bump", "one-hot", f)[:, 0]) for f in ("code", "seen down1"))
    return state(
        f"Between $x$ and $y$ the encoder is nearly orthogonal: the cosine of their steps has a mean size of {across.mean:.2f}, that on a ring "
        f"{RING_ORTHOGONAL:.2f}. Between values of one it is not: names that are all orthogonal, in {told.mean:.0f} dimensions, end up "
        f"in {trained.mean:.1f}.",
        across.high < RING_ORTHOGONAL and trained.high < VALUES / 4 and told.low > VALUES,
        f"Last encoder layer, t = 50, {COUNTS[-1]} noises. Told x and y: {write(across)}. Told names: {write(trained)} dimensions, where {VALUES} "
        f"orthogonal values of x alone span {VALUES - 1}.",
    )


@register("manifolds-noises")
def first_edition() -> str:
    """The first edition measured on a single noise: how large that mistake was."""
    found = _noises()
    one, many = (
        {s: spread([r[str(n)][s] for r in found]) for s in ("hyper", "parallel", "orthogonal")}
        for n in (1, COUNTS[-1])
    )
    rows = [
        [name, *(write(spread([r[str(n)][s] for r in found])) for n in (1, 4, COUNTS[-1]))]
        for s, name in (
            ("hyper", "hyper-factorized"),
            ("parallel", "same step elsewhere"),
            ("orthogonal", "size of x-step · y-step"),
        )
    ]
    return state(
        f"The first edition of this book scored each label under a single noise. That was a mistake: its "
        f"{one['hyper'].mean:.2f} for hyper-factorized is {many['hyper'].mean:.2f} once {COUNTS[-1]} noises are averaged, and "
        f"its {one['parallel'].mean:.2f} for the same step elsewhere is {many['parallel'].mean:.2f}.",
        one["hyper"].mean > 2 * many["hyper"].mean and many["parallel"].mean > one["parallel"].mean + 0.05,
        markdown_table(["noises averaged", "1", "4", str(COUNTS[-1])], rows),
    )


def _noises() -> list[dict]:
    """Scores by number of noises: of bumps on the torus, as in the first edition, or in the open frame without these."""
    rows = table(NOISES)
    rows = rows[rows["learned"]]
    torus = rows[rows["periodic"]]
    found = torus if len(torus) >= 3 else rows[~rows["periodic"]]
    if not len(found):
        raise ResultError(f"no network of the study is measured; run `{NOISES.command}` first")
    return list(found["scores"])


def noises() -> "object":
    """The rows of the study "noises" that `first_edition` speaks of, for the figure."""
    import pandas as pd

    return pd.DataFrame({"scores": _noises()})


@register("manifolds-foretold")
def foretold() -> str:
    """What was foretold about axes and what came, failures included."""
    blank = {name: judged(code) for name, code in zip(_foretold(), CODES_IN_ORDER, strict=True)}
    rows = []
    for name, found in blank.items():
        told = _foretold()[name]
        held = outcome(found, PARTLY_PAIR if name == "blank-pair" else AXES)
        rows.append([told["says"], write(found), held, told["null"]])
    seen = contrast("bump", "turned-45", "seen middle")
    held = "held" if seen.mean >= NO_AXES and seen.low > 0 else "failed"
    rows.append(
        [
            "Told axes turned by 45 degrees, the middle layer is additive in the image's x and y (bumps, t = 50).",
            write(seen),
            held,
            "untrained: " + write(contrast("bump", "turned-45", "fresh middle")),
        ]
    )
    return markdown_table(["foretold", "contrast", "", "what a null gets"], rows)


CODES_IN_ORDER = ("turned-45", "axes", "one-hot", "pair")


def _foretold() -> dict[str, dict]:
    return {p["name"]: p for p in read_predictions("blank-image")["predictions"]}
