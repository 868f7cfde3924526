"""What we found behind the claims on what a network holds: the sentences of `claims_manifolds`."""

from bumpworld.instruments.spread import Spread, spread, write

from . import tables
from .claims_manifolds import (
    ADDITIVE,
    ADDITIVE_SHARE,
    CAUSE,
    CAUSE_AXES,
    CLIFFORD,
    CONTRAST,
    CONTRAST_AXES,
    CONTRAST_BUMPS,
    DIMENSION,
    DIMENSION_SETTLES,
    FACTORIZED,
    FALL,
    FIRST,
    FLAT_BUMPS,
    FOUR,
    FOUR_COMPONENTS,
    HYPER,
    HYPER_FACTORIZED,
    LAST,
    LOW_FALL,
    ORTHOGONAL,
    OVER,
    PARALLEL,
    after_a_tenth,
)
from .findings import interval, minus, percent
from .found import Evidence, found
from .standing import standing

FLAT = 4  # dimension of two circles: a sheet has less
SHEET = 0.9  # additive share along any axes from which on a cloud is a flat sheet
NO_AXES = 0.05  # a contrast within this of 0 is none
ABOUT = 0.15  # of a fall, within which of its middle about half of it is done
NEVER = 0.1  # a share drawn right up to which is none


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
    axes, same, bumps = e(CONTRAST), e(CONTRAST_AXES), e(CONTRAST_BUMPS)
    code, of_same = (e.mean(what, "code-shuffled") for what in (CONTRAST, CONTRAST_AXES))
    picture = e.mean(CONTRAST, "picture")
    used, plain = e(CAUSE), e(CAUSE_AXES)
    shuffled = max(e.mean(what, "code-shuffled") for what in (CAUSE, CAUSE_AXES))
    given, partly = (
        _code_told_axes(),
        next(limit.partly for limit in FACTORIZED.limits if limit.what == CAUSE),
    )
    return (
        f"Networks that draw sums of stripes hold a sum along x and y whatever axes they are told, more additive along these by "
        f"{minus(axes.mean)} told x+y and x−y, where the code has {minus(code)} and the picture {minus(picture)}; those that draw bumps, the "
        f"paper's images, hold a flat sheet without axes ({minus(abs(bumps.mean))}); from a sum in place of their condition they draw "
        f"{write(used, percent=True)} of held-out pairs within 0.45 px told x+y and x−y ({percent(shuffled)} with its parts shuffled), which is not "
        f"settled, and {write(plain, percent=True)} told x and y, which tests the code that we gave, itself such a sum ({percent(given)}).",
        axes.low > 0 > code,
        0 < same.low <= same.high < of_same,
        axes.high < picture,
        abs(bumps.mean) <= NO_AXES and e(FLAT_BUMPS).low >= SHEET,
        min(used.mean, plain.mean) > NEVER >= shuffled,
        used.low < partly < used.high,
        given >= SHEET,
    )


def _code_told_axes() -> float:
    """Additive share of the bare code of x and y, of which no network knows."""
    null = tables.read(f"nulls-{ADDITIVE_SHARE.table}")
    return float(null[(null["null"] == "code") & (null.kind == "bump") & ~null.periodic].additive.mean())


def _averaged(score: str) -> tuple[Spread, int]:
    """A score of the networks on the torus once noises are averaged, and how many were."""
    rows = tables.learned(tables.read("torus-noises"))
    return spread(rows[score]), int(rows["noises"].min())


@found(HYPER_FACTORIZED)
def hyper_factorized(e: Evidence):
    networks, pixels, untrained = (e.mean(HYPER, who) for who in ("networks", "pixels", "untrained"))
    many, noises = _averaged("hyper")
    asked = HYPER_FACTORIZED.limits[0]
    return (
        f"Noise is orthogonal to itself: under the single noise of this rule the noisy image scores {pixels:.2f} and an untrained network "
        f"{untrained:.2f}, both above the trained one's {networks:.2f}; over {noises} noises that is {interval(many)}, from below the rule's "
        "limits to above them: not settled.",
        min(pixels, untrained) > e(HYPER).high,
        many.low < asked.partly < asked.agrees < many.high,
    )


@found(CLIFFORD)
def clifford(e: Evidence):
    (across, noises), (along, _) = (_averaged(score) for score in ("orthogonal", "parallel"))
    one, told = ([e.mean(what, who) for what in (PARALLEL, ORTHOGONAL)] for who in ("networks", "code"))
    limits = [limit.agrees for limit in CLIFFORD.limits]
    return (
        f"The learned torus is less of a Clifford torus than the code it is told: over {noises} noises parallel steps have a cosine of "
        f"{interval(along)} against {told[0]:.2f} in the code, crossing steps {interval(across)} against {told[1]:.2f}; both reach across the "
        f"rule's limits, so that neither is settled, and the single noise of the rule gives {one[0]:.2f} and {one[1]:.2f}.",
        along.high < told[0],
        across.low > told[1],
        across.low < limits[0] < across.high,
        along.low < limits[1] < along.high,
    )


@found(FOUR_COMPONENTS)
def four_components(e: Evidence):
    held, dimension, code = e(FOUR), e(DIMENSION), e.mean(DIMENSION, "code")
    smooth = e.mean(FOUR, "smooth")
    return (
        f"Four components hold {percent(held.mean)}, because the layer is nearly a flat sheet: its effective dimension is "
        f"{dimension.mean:.1f}, where two circles have {FLAT} and the label's code {code:.1f}; a bare code in waves as "
        f"long as the frame holds {percent(smooth)} in four as well.",
        held.low > 0.8,
        smooth > 0.8,
        dimension.high < FLAT < code,
    )


@found(DIMENSION_SETTLES)
def dimension_settles(e: Evidence):
    first, last = e(FIRST), e(LAST)
    (start, noises), (end, _) = (_averaged(score) for score in ("first", "dimension"))
    half = (first.mean + last.mean) / 2
    larger = standing(e.claim, "paper-world").networks.measured
    world = larger[FALL]
    network = after_a_tenth(tables.learned(tables.read(e.claim.table, "paper-network")))
    down, *_, up = sorted(network, key=lambda ends: ends[1] - ends[0])
    return (
        f"The dimension falls before networks draw anything right: {percent(e.mean(OVER))} of its fall from {first.mean:.0f} to "
        f"{last.mean:.1f} is over when a tenth of the trained labels are right, and while that share rises to nine tenths it falls by "
        f"{write(e(FALL))} more, and by {write(world)} in the paper's world, neither of them surely; in one of the paper's own networks it goes "
        f"from {down[0]:.1f} to {down[1]:.1f} after that tenth, and in another up from {up[0]:.1f} to {up[1]:.1f}; noise that leaves the layer is about half of the whole "
        f"fall, or more: over {noises} noises it is from {start.mean:.0f} to {end.mean:.1f}.",
        e(OVER).low > 0.9,
        e(FALL).low < 0 < e(FALL).mean,
        larger[LOW_FALL] < 0 < world.mean,
        down[1] < down[0] and up[0] < up[1],
        first.low > last.high,
        start.low > end.high,
        abs(start.mean - half) < ABOUT * (first.mean - last.mean),
    )
