"""What the scoreboard adds up: how many claims each setting confirms, what is left of them, and what the tolerance changed."""

from collections import Counter

from .beside_nulls import instead
from .claim_findings import not_learned, one_kind, told
from .claims import COARSE, REACHED, VERDICTS, Claim
from .claims_composition import SQUARE_WIDTH
from .findings import listed, register, state
from .found_drawings import weakness
from .standing import CLAIMS, SETTINGS, SMALL, Standing, known
from .tables import FINE

_WAYS = {
    "agrees": "confirm {}",
    "partly": "confirm {} in part",
    "disagrees": "do not confirm {}",
    "cannot be said": "say too little of {}",
}


@register("scoreboard-count")
def count() -> str:
    """What was confirmed in each setting, of how much of it a null does as well, and which confirmations are left."""
    said = [text for preset in SETTINGS if (text := _counted(preset))]
    return "\n\n".join(said) or f"**None of the paper's {len(CLAIMS)} claims is measured yet.**"


_BEGINS = {
    "quick": "Of {} claims of the paper, our small networks {}",
    "paper-world": "In the paper's world, of {} that could be judged, networks {}",
    "paper-network": "With the paper's network, of {} that could be judged, networks {}",
}


def _counted(preset: str) -> str:
    judged = {claim: now for claim in CLAIMS if (now := told(claim, preset))}
    if preset != SMALL:
        judged = {c: now for c, now in judged.items() if now.networks.verdict != VERDICTS[-1]}
    if not judged:
        return ""
    counts = Counter(now.networks.verdict for now in judged.values())
    ways = [way.format(counts[verdict]) for verdict, way in _WAYS.items() if counts[verdict]]
    missing = len(CLAIMS) - len(judged) if preset == SMALL else 0
    late = f"; {missing} are not measured yet" if missing else ""
    text = f"**{_BEGINS[preset].format(len(judged) + missing, listed(ways))}{late}.**"
    if passed := sum(bool(now.passed_by) for now in judged.values()):
        reached = sum(counts[verdict] for verdict in REACHED)
        show = "they show" if passed > 1 else "it shows"
        # said in full once: the other settings follow it
        null = (
            f"something that learned no features does as well, so {show} nothing about learning any"
            if preset == SMALL
            else "a null does as well"
        )
        text += f" For {passed} of those {reached} {null}."
    full = [claim for claim, now in judged.items() if now.networks.verdict == "agrees" and not now.passed_by]
    fails = [_named(c, judged[c]) for c in full if c.failure]
    left, unasked = (
        [_named(c, judged[c]) for c in full if not c.failure and judged[c].no_null is no_null]
        for no_null in (False, True)
    )
    stand = "these stand" if len(left) > 1 else "one stands"
    text += f" In full, and with no null doing as well, {stand}: {listed(left)}." if left else ""
    text += f" In full, but with no null that can be asked: {listed(unasked)}." if unasked else ""
    if SQUARE_WIDTH in full and preset == SMALL:
        text += f" {weakness()}"
    if fails and preset == SMALL:
        text += f" The failure that the paper reports is confirmed too, and a copy fails there as well: {listed(fails)}."
    return text + (" The failure is confirmed, too." if fails and preset != SMALL else "")


def _named(claim: Claim, now: Standing) -> str:
    """A claim in italics, and what weakens a confirmation: models that never learned, one world alone, what kernels do."""
    beside = instead(claim, now) if now.no_null else ""
    notes = "; ".join(filter(None, (not_learned(claim, now), one_kind(claim, now), beside)))
    return f"*{claim.claim.rstrip('.')}*" + (f" ({notes})" if notes else "")


@register("scoreboard-tolerance")
def tolerance() -> str:
    """When the limits were fixed and when the tolerance, and how many verdicts on small networks the tolerance changed."""
    first = [(claim, *claim.replaced)[-1] for claim in CLAIMS]
    pairs = [(known(rule), known(rule.history)) for rule in first if rule.history]
    ranks = [[VERDICTS.index(s.networks.verdict) for s in both] for both in pairs if all(both)]
    nearer, farther = sum(now < old for now, old in ranks), sum(now > old for now, old in ranks)
    sentence = (
        f"The limits were fixed before training, for a tolerance of {COARSE:g} px, by which a copied neighbour is right. We tightened "
        f"it to {FINE:g} of the spacing when the small networks' results were known: {nearer + farther} of {len(ranks)} verdicts "
        f"changed, {nearer} towards the paper and {farther} away from it. (These {len(ranks)} claims are about drawings, which alone have a tolerance.) "
        f"Then, for faults that showed in their results, we replaced rules of {sum(bool(c.replaced) for c in CLAIMS)} of the {len(CLAIMS)} claims, some more than once: "
        f"{sum(len(c.replaced) for c in CLAIMS)} times in all. The fold of each row gives the rule before it and why it was replaced."
    )
    return state(sentence, nearer + farther > 0)
