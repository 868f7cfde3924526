"""The scoreboard page: every claim and every figure of the paper beside what was measured here.

A setting without a table of a claim's sweep says that it was not run: nothing is filled in for it.
"""

from .claim_findings import (
    FOLD,
    as_html,
    chief,
    details,
    folded,
    mark,
    models,
    not_learned,
    own_labels,
    told,
)
from .claims import COARSE, VERDICTS, Claim, Score
from .findings import register
from .found import sentence
from .nulls import SHORT
from .presets import PRESETS
from .standing import CLAIMS, SETTINGS, SMALL, Standing, known
from .sweeps import names, sweep

MARKS = dict(zip(VERDICTS, ("✓", "◐", "✗", "?"), strict=True))
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
TOO_LITTLE = "run, too little for this rule"
# as the chapters' sign of a choice, it leads to what is unknown
OUR_READING = '<a href="paper.html#what-is-unknown-and-what-we-chose" title="Our reading of the figure">◊</a>'
HEADS = ("Claim", *SETTINGS.values(), "What a null gets", "What we found")
DASH = "–"


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
    reading = f"&nbsp;{OUR_READING}" if claim.reading else ""
    cells = [("claim", f"{as_html(claim.claim)} <small>{as_html(where)}{reading}; ours: {link}</small>")]
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
        if tried := known(claim, preset):
            return f"{NOT_JUDGED}<small>{not_learned(claim, tried) or TOO_LITTLE}</small>"
        return DASH if preset == SMALL else NOT_RUN
    value = number_of(claim, now.networks)
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


def number_of(claim: Claim, result: Score) -> str:
    """The number beside a verdict; a gain says that it is one, since it is no share."""
    value = chief(claim, result)
    return f"gain {value}" if value and claim.shown.startswith("gain") else value


def _nulls(claim: Claim) -> str:
    """Nulls by the rule in the small setting, or by the one before where it is not measured yet."""
    judged, now = claim, known(claim)
    if now is None and claim.history:
        judged, now = claim.history, known(claim.history)
    if now is None or not now.nulls:
        return DASH
    lines = [
        f"<span>{as_html(SHORT[name])}: {_marked(result.verdict)} {number_of(judged, result)}</span>"
        for name, result in now.nulls.items()
    ]
    if judged is not claim:
        earlier = f"{now.networks.verdict} {number_of(judged, now.networks)}"
        lines.append(f"<small>by the rule before; networks: {earlier}</small>")
    return "".join(lines)


def _marked(verdict: str) -> str:
    return f'<b class="{verdict.split()[0]}">{MARKS[verdict]}&nbsp;{verdict}</b>'


def _how_to_run(claim: Claim, preset: str) -> str:
    """What a setting that is not judged would take, or why what was run there is too little, as plain text."""
    setting = f"{SETTINGS[preset][:1].upper()}{SETTINGS[preset][1:]}"
    if claim.source == "cause" or claim.sweep not in names(preset):
        return f"{setting}: no experiment is declared for this claim."
    if tried := known(claim, preset):
        if behind := not_learned(claim, tried):
            return f"{setting}: {behind}, so that nothing can be judged."
        return (
            f"{setting}: experiments of this sweep were run, and hold too little of what the rule asks for."
        )
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
