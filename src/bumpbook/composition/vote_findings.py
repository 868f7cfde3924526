"""What stripes alone give for the label of the last vote: the key of the course prints it."""

import torch

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.votes import vote
from bumpworld.evaluate import NOISE_SEED, draw
from bumpworld.store import Result, ResultError, Store

from . import cross_findings as cross
from .headline_findings import regions
from .shapes import NAMES, fit_shapes

NOISES = 12
FLAT = "horizontal stripe"


@register("composition-voted")
def voted() -> str:
    """Which shapes the network of stripes that ships its weights draws, and that the others draw no such stripe."""
    group = regions().get(("bump", "stripes"), [])
    own = next((r for r in group if r.model is not None), None)
    if own is None:
        raise ResultError(
            "no network of stripes alone ships its weights; `bumpworld run regions` trains them"
        )
    here, over = at_label(own), dict(cross._cross_shapes(own.experiment, Store()))
    bump, left = zip(*map(_recorded, group), strict=True)
    mine, others = _recorded(own)[1], [rest for r, rest in zip(group, left, strict=True) if r is not own]
    words = {FLAT: f"a {FLAT}", "vertical stripe": "a vertical one", "cross": "a cross", "bump": "a bump"}
    shares = ", ".join(f"{said} in {percent(over[name])}" for name, said in words.items())
    return state(
        f"After stripes alone the network of the live part draws one {FLAT} at {vote('stripes').label}, from each of {NOISES} noises: "
        f"**F**. The other {len(others)} draw no such stripe and no bump; what they draw was not kept. Over the whole cross that one "
        f"network draws, by best fit, {shares}.",
        not any(bump) and here == [FLAT] * NOISES and over[FLAT] > over["cross"] and max(others) < mine / 2,
    )


def at_label(result: Result) -> list[str]:
    """The shape that fits best what a network draws for the vote's label, from each of `NOISES` noises."""
    label = torch.tensor([vote("stripes").place], dtype=torch.float32)
    drawn = [draw(result.model, label, seed=NOISE_SEED + k) for k in range(NOISES)]
    return [NAMES[best] for best in fit_shapes(torch.cat(drawn), result.experiment.canvas).best.tolist()]


def _recorded(result: Result) -> tuple[bool, float]:
    """Does the record show a bump at the vote's label, and what does the best one leave?"""
    labels, judged = result.experiment.train_on.split(result.experiment.canvas).labels, result.judgement()
    at = vote("stripes").row(labels)
    return bool(judged.shape[at]), float(judged.residual[at])
