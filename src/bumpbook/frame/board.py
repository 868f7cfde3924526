"""The scoreboard page: every claim and every figure of the paper beside what was measured here.

A setting without a table of a claim's sweep says that it was not run: nothing is filled in for it.
"""

from collections import Counter

from .claim_findings import (
    FOLD,
    as_html,
    chief,
    details,
    folded,
    mark,
    models,
    not_learned,
    one_kind,
    own_labels,
    told,
)
from .claims import COARSE, REACHED, VERDICTS, Claim
from .findings import listed, register, state
from .found import sentence
from .nulls import SHORT
from .presets import PRESETS
from .standing import CLAIMS, SETTINGS, Standing, known
from .sweeps import names, sweep
from .tables import FINE

MARKS = dict(zip(VERDICTS, ("✓", "◐", "✗", "?"), strict=True))
SMALL, *_ = SETTINGS
# Where a sweep's claims are shown: pages from book/, where the scoreboard stands.
CHAPTERS = {
    "codes": "03_factorized_manifolds",
    "first": "05_composition",
    "torus": "03_factorized_manifolds",
    "lesion": "04_interpolation",
    "regions": "05_composition",
    "rim": "05_composition",
    "square": "05_composition",
    "few-shot": "06_few_examples",
    "scaling": "06_few_examples",
    "percolation": "07_percolation",
}
# The paper's figures in our words, and the pages that show ours.
FIGURES = (
    ("1", "a bump and an SOS", ("01_bump_worlds",)),
    ("2", "the torus that a model learns in a periodic world: homology, dimension, spectrum, views", ("03_factorized_manifolds",)),
    ("3, 8", "orthogonality and parallelism beside two ideal tori", ("03_factorized_manifolds",)),
    ("4", "stripes, 2D examples or both, around a held-out cross", ("05_composition", "06_few_examples")),
    ("5", "accuracy against the share of the data, and examples needed against size", ("06_few_examples",)),
    ("6", "overlap, the largest cluster, and accuracy against the share of the lattice", ("07_percolation",)),
    ("7", "the network", ("02_conditional_ddpm",)),
    ("9", "the label space with its invisible border", ("01_bump_worlds",)),
    ("10", "stripes with and without 2D examples along the rim", ("05_composition",)),
    ("11", "lesions of growing width", ("04_interpolation",)),
    ("12", "held-out squares of growing width, inside and at the edge", ("05_composition",)),
    ("13", "the largest cluster at several thresholds", ("07_percolation",)),
    ("14", "training and validation loss against the share of the lattice", ("07_percolation",)),
    ("15", "representations for every width and share", ("07_percolation",)),
)  # fmt: skip


NOT_RUN, NOT_JUDGED = "not run", "not judged"
HEADS = ("Claim", *SETTINGS.values(), "What a null gets", "What we found")
DASH = "–"
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
    "paper-world": "In the paper's world, of {} that were tried, networks {}",
    "paper-network": "With the paper's network, of {} that were tried, networks {}",
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
    left, fails = ([_named(c, judged[c]) for c in full if c.failure is failure] for failure in (False, True))
    stand = "these stand" if len(left) > 1 else "one stands"
    text += f" In full, and with no null doing as well, {stand}: {listed(left)}." if left else ""
    if fails and preset == SMALL:
        text += f" The failure that the paper reports is confirmed too, and a copy fails there as well: {listed(fails)}."
    return text + (" The failure is confirmed, too." if fails and preset != SMALL else "")


def _named(claim: Claim, now: Standing) -> str:
    """A claim in italics, and what weakens a confirmation: models that never learned, or no null to set beside it."""
    notes = "; ".join(
        filter(None, (not_learned(claim, now), one_kind(claim, now), "no null can be asked" * now.no_null))
    )
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
        f"changed, {nearer} towards the paper and {farther} away from it. {sum(len(c.replaced) for c in CLAIMS)} rules were then "
        "replaced, for faults that showed in their results; behind the rows stand the rule before and the reason."
    )
    return state(sentence, nearer + farther > 0)


@register("scoreboard")
def board() -> str:
    """The table of claims as HTML: verdict by setting, what a null gets, what we found; the rest unfolds."""
    heads = "".join(f'<th role="columnheader" scope="col">{as_html(head)}</th>' for head in HEADS)
    rows = "".join(map(_row, CLAIMS))
    return (
        f'<div class="board"><table role="table"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table></div>'
    )


def _row(claim: Claim) -> str:
    standings = {preset: told(claim, preset) for preset in SETTINGS}
    folds = "".join(
        folded(FOLD if preset == SMALL else f"{FOLD}: {SETTINGS[preset]}", details(claim, preset))
        for preset, now in standings.items()
        if now or preset == SMALL
    )
    missing = [_how_to_run(claim, preset) for preset, now in standings.items() if not now and preset != SMALL]
    folds += folded(NOT_JUDGED.capitalize(), missing) if missing else ""
    where = f"Figure {claim.figure}" if claim.figure[0].isdigit() else claim.figure.capitalize()
    page = CHAPTERS[claim.sweep]
    link = f'<a href="../notebooks/{page}.html">chapter&nbsp;{int(page[:2])}</a>'
    cells = [("claim", f"{as_html(claim.claim)} <small>{as_html(where)}; ours: {link}</small>")]
    cells += [
        ("verdict" if now or preset == SMALL else "verdict missing", _verdict(claim, preset, now))
        for preset, now in standings.items()
    ]
    cells += [("nulls", _nulls(claim)), ("found", f"<p>{as_html(sentence(claim))}</p>{folds}")]
    inside = "".join(
        f'<td role="cell" class="{kind}" data-label="{as_html(head)}">{content}</td>'
        for (kind, content), head in zip(cells, HEADS, strict=True)
    )
    return f'<tr role="row">{inside}</tr>'


def _verdict(claim: Claim, preset: str, now: Standing | None) -> str:
    if now is None:
        if behind := _none_learned(claim, preset):
            return f"{NOT_JUDGED}<small>{behind}</small>"
        return DASH if preset == SMALL else NOT_RUN
    value = chief(claim, now.networks)
    text = f"{_marked(now.networks.verdict)} {value}".rstrip()
    if preset != SMALL and (behind := models(claim, now)):
        text += f"<small>{behind}</small>"
        text += f"<small>{own}</small>" if (own := own_labels(now)) else ""
    if said := mark(claim, now):
        text += f"<em>{said}</em>"
    old = claim.history
    while old and (past := known(old, preset)):
        if past.networks.verdict != now.networks.verdict:
            coarse = old.tolerance == COARSE and not old.source
            rule = f"before, within {COARSE:g}&nbsp;px" if coarse else "by the rule before"
            return f"{text}<small>{rule}: {past.networks.verdict}</small>"
        old = old.history
    return text


def _none_learned(claim: Claim, preset: str) -> str:
    """How many models of a setting that is not judged learned; empty where none was tried."""
    tried = known(claim, preset)
    return not_learned(claim, tried) if tried else ""


def _nulls(claim: Claim) -> str:
    """Nulls by the rule in the small setting, or by the one before where it is not measured yet."""
    judged, now = claim, known(claim)
    if now is None and claim.history:
        judged, now = claim.history, known(claim.history)
    if now is None or not now.nulls:
        return DASH
    lines = [
        f"<span>{as_html(SHORT[name])}: {_marked(result.verdict)} {chief(judged, result)}</span>"
        for name, result in now.nulls.items()
    ]
    if judged is not claim:
        earlier = f"{now.networks.verdict} {chief(judged, now.networks)}"
        lines.append(f"<small>by the rule before; networks: {earlier}</small>")
    return "".join(lines)


def _marked(verdict: str) -> str:
    return f'<b class="{verdict.split()[0]}">{MARKS[verdict]}&nbsp;{verdict}</b>'


def _how_to_run(claim: Claim, preset: str) -> str:
    """What a setting that was not run would take, as plain text."""
    setting = f"{SETTINGS[preset][:1].upper()}{SETTINGS[preset][1:]}"
    if claim.source == "cause" or claim.sweep not in names(preset):
        return f"{setting}: no experiment is declared for this claim."
    if behind := _none_learned(claim, preset):
        return f"{setting}: {behind}, so that nothing can be judged."
    if known(claim, preset):
        return f"{setting}: its experiments of this sweep hold nothing that the rule asks for."
    declared = sweep(claim.sweep, preset)
    cost = (
        f"{len(declared.experiments)} models, about {PRESETS[preset].minutes:g} minutes of one CPU core each"
    )
    return f"{setting}: `{declared.command}` trains it ({cost})."


@register("scoreboard-figures")
def figures() -> str:
    """Every figure of the paper and the chapters that show ours."""
    rows = ["| Figure | What the paper shows | Where ours stands |", "|---|---|---|"]
    for number, what, pages in FIGURES:
        where = ", ".join(f"{{doc}}`../notebooks/{page}`" for page in pages)
        rows.append(f"| {number} | {what} | {where} |")
    return "\n".join(rows)
