"""What we found behind the claims on what a network holds: the sentences of `claims_manifolds`."""

from .claims_manifolds import (
    ADDITIVE,
    ADDITIVE_SHARE,
    CAUSE,
    CLIFFORD,
    CONTRAST,
    DIMENSION,
    DIMENSION_SETTLES,
    FACTORIZED,
    FIRST,
    FOUR,
    FOUR_COMPONENTS,
    HYPER,
    HYPER_FACTORIZED,
    LAST,
    ORTHOGONAL,
    PARALLEL,
)
from .findings import minus, percent
from .found import Evidence, found

FLAT = 4  # dimension of two circles: a sheet has less


@found(ADDITIVE_SHARE)
def additive(e: Evidence):
    networks, code, untrained = (e.mean(ADDITIVE, who) for who in ("networks", "code", "untrained"))
    return (
        f"A sum f(x) + g(y) explains {percent(networks)} of what the last encoder layer holds, but {percent(code)} of the "
        f"code in which the label is told ({percent(untrained)} before training): this score cannot say that training "
        "made it.",
        code >= networks,
        untrained < 0.5 < networks,
    )


@found(FACTORIZED)
def factorized(e: Evidence):
    axes, told = e(CONTRAST), e.mean(CONTRAST, "code")
    used, shuffled = e(CAUSE), e.mean(CAUSE, "code")
    return (
        f"The axes are the image's: told x+y and x−y, a network that draws stripes is more additive along x and y by "
        f"{minus(axes.mean)}, where the code that it is told has {minus(told)}; and a sum is enough to draw from: put in place of "
        f"the condition of networks that draw bumps it gets {percent(used.mean)} of held-out pairs right ({percent(shuffled)} with its "
        "parts shuffled).",
        axes.low > 0 > told,
        used.mean > 0.5,
        used.low > shuffled,
    )


@found(HYPER_FACTORIZED)
def hyper_factorized(e: Evidence):
    networks, pixels, untrained = (e.mean(HYPER, who) for who in ("networks", "pixels", "untrained"))
    return (
        f"Noise is orthogonal to itself: the noisy image scores {pixels:.2f} and an untrained network {untrained:.2f}, both "
        f"above the trained one's {networks:.2f}, so that the score says little about features.",
        min(pixels, untrained) > e(HYPER).high,
    )


@found(CLIFFORD)
def clifford(e: Evidence):
    across, along = e(ORTHOGONAL), e(PARALLEL)
    told = e.mean(ORTHOGONAL, "code"), e.mean(PARALLEL, "code")
    return (
        f"The learned torus is less of a Clifford torus than the code it is told: parallel steps have a cosine of "
        f"{along.mean:.2f} against {told[1]:.2f} in the code, crossing steps {across.mean:.2f} against {told[0]:.2f}.",
        along.high < told[1],
        across.low > told[0],
    )


@found(FOUR_COMPONENTS)
def four_components(e: Evidence):
    held, dimension, code = e(FOUR), e(DIMENSION), e.mean(DIMENSION, "code")
    return (
        f"Four components hold {percent(held.mean)}, because the layer is nearly a flat sheet: its effective dimension is "
        f"{dimension.mean:.1f}, where two circles have {FLAT} and the label's code {code:.1f}.",
        held.low > 0.8,
        dimension.high < FLAT < code,
    )


@found(DIMENSION_SETTLES)
def dimension_settles(e: Evidence):
    first, last = e(FIRST), e(LAST)
    noise, code = e.mean(FIRST, "code"), e.mean(LAST, "code")
    return (
        f"The dimension falls from {first.mean:.0f} to {last.mean:.1f} because noise leaves the layer: from the noisy image "
        f"to the bare code of its label it falls too, from {noise:.0f} to {code:.0f}, without any training.",
        first.low > last.high,
        noise > 2 * code,
    )
