"""Why rules without training fail where networks do not, and what they do where a rule cannot be asked of them: claim by claim."""

from .claims import Claim, Score, mean_of
from .claims_composition import BOTH, CORNER, LARGE, REGIONS, SMALL, SQUARE_WIDTH
from .claims_few_examples import ENOUGH, FEW_EXAMPLES, QUARTER, STRIPES_SAVE, labels
from .findings import percent
from .nulls import KERNELS
from .standing import Standing

ALL = 0.995  # of a set: what is called all of it
FAIL = "Nothing untrained passes this rule"


def reason(claim: Claim, now: Standing) -> str:
    """That no null passes, and why where it is known; the reason is left out where the tables do not bear it."""
    why = _WHY.get(claim.name, lambda nulls: "")
    try:
        text = why(now.nulls)
    except KeyError:  # a null or a measurement that is not there
        text = ""
    return f"{FAIL}{text}."


def instead(claim: Claim, now: Standing) -> str:
    """What kernels do where the rule as a whole cannot be asked of them; empty where the tables do not bear it."""
    if claim.name != STRIPES_SAVE.name:
        return ""
    kernels = [now.nulls[name] for name in KERNELS if name in now.nulls]
    reached = [k.measured[labels("bump", helped)].n for k in kernels for helped in (False, True)]
    # what was not measured is a NaN, and saves no more than anything
    if not kernels or any(reached) or not all(_saved(k) > _saved(now.networks) for k in kernels):
        return ""
    return f"kernels never reach {percent(ENOUGH)} of the bumps; on sums they save more than networks"


def _saved(score: Score) -> float:
    """By which factor stripes make the labels fewer that sums take."""
    alone, helped = (mean_of(score.measured[labels("sos", with_stripes)]) for with_stripes in (False, True))
    return alone / helped


def _no_fall(nulls: dict[str, Score]) -> str:
    """Completion draws all bumps at every width, kernels all sums."""
    drawn = [nulls["completion"].measured[f"bump: {what}"] for what in (SMALL, LARGE, CORNER)]
    drawn += [nulls[name].measured[f"sos: {what}"] for name in KERNELS for what in (SMALL, LARGE, CORNER)]
    falls = "because none of it falls in both worlds: completion draws all of the bumps in narrow squares and in wide ones, kernels all of the sums"
    return f", {falls}" if min(map(mean_of, drawn)) > ALL else ""


def _no_gain(nulls: dict[str, Score]) -> str:
    """Kernels draw as much from stripes alone."""
    stripes = BOTH.replace("both", "stripes")
    drawn = [mean_of(nulls[name].measured[stripes]) for name in KERNELS]
    why = "because it asks for a gain: kernels draw everything from stripes alone, and need no 2D example"
    return f", {why}" if min(drawn) > ALL else ""


def _one_world(nulls: dict[str, Score]) -> str:
    """Kernels draw sums without stripes already, and few bumps with them."""
    sums = [mean_of(nulls[name].measured["sos: an eighth alone"]) for name in KERNELS]
    bumps = [mean_of(nulls[name].measured[f"bump: {QUARTER}"]) for name in KERNELS]
    why = (
        f"because it asks for both worlds: kernels draw {percent(min(sums))} or more of the sums without a stripe, and at most "
        f"{percent(max(bumps))} of the bumps"
    )
    return f", {why}" if min(sums) > 0.9 > ENOUGH > max(bumps) else ""


_WHY = {SQUARE_WIDTH.name: _no_fall, REGIONS.name: _no_gain, FEW_EXAMPLES.name: _one_world}
