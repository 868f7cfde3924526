"""What the slides of chapter 4 say: no more than what has been voted on when they are shown."""

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.tables import FINE, learned
from bumpworld.instruments.spread import spread
from bumpworld.store import ResultError

from . import lesions
from .findings import HARDLY, WIDE


@register("slide-band")
def band() -> str:
    """What networks told x and y draw in the band of four, and what their wrong answers are made of."""
    table = learned(lesions.by_gap())
    right = table[(table.spacing == 1) & (table.width == WIDE)].fine.to_numpy(float)
    experiment = lesions.shown().get(WIDE)
    if experiment is None or not len(right):
        raise ResultError(
            "no network with a band of four ships its weights; `bumpworld run lesion` trains them"
        )
    found, _ = lesions.outcome_shares(experiment, lesions.drawings(experiment))
    edge = found["at the left edge"] + found["at the right edge"]
    return state(
        f"Networks draw {percent(right)} of the band of four within {FINE:g} px. Wrong answers are made of what was seen: of the "
        f"drawings of one network {percent(edge)} are an edge's bump, {percent(found['two bumps'])} two bumps, "
        f"{percent(found['nothing'])} nothing.",
        spread(right, share=True).high < 0.5 and found["in the gap"] + found["other"] < HARDLY,
    )
