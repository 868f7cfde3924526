"""The scoreboard page: every claim and every figure of the paper beside what was measured here."""

from collections import Counter

from ..scoreboard import VERDICTS, Claim, Score
from . import register
from .claims import CLAIMS, measured, score

MARKS = dict(zip(VERDICTS, ("✓", "◐", "✗", "?"), strict=True))
# Where a sweep's claims are shown: pages from book/, where the scoreboard stands.
CHAPTERS = {
    "first": "02_conditional_ddpm",
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


def scores() -> dict[Claim, Score]:
    """Every claim judged by its rule; "cannot be said" where its sweep has no finished model."""
    judged = {}
    for claim in CLAIMS:
        try:
            judged[claim] = score(claim)
        except FileNotFoundError:
            judged[claim] = Score("cannot be said", {})
    return judged


@register("scoreboard-count")
def count() -> str:
    """How many claims agree, partly agree, disagree or cannot be said."""
    counts = Counter(result.verdict for result in scores().values())
    words = dict(
        zip(
            VERDICTS,
            ("we agree with", "we agree in part with", "we disagree with", "nothing can be said of"),
            strict=True,
        )
    )
    listed = ", ".join(f"{word} {counts[v]}" for v, word in words.items() if counts[v])
    return f"**Of {len(CLAIMS)} claims, {listed}.**"


@register("scoreboard")
def board() -> str:
    """The table of claims: the paper's words in ours, what was measured, the verdict, where it is shown."""
    rows = ["| Figure | The paper's claim | Our rule | Measured here | Verdict |", "|---|---|---|---|---|"]
    for claim, result in scores().items():
        found = "<br>".join(measured(result))
        verdict = f"{MARKS[result.verdict]} {result.verdict}, {{doc}}`../notebooks/{CHAPTERS[claim.sweep]}`"
        rows.append(
            f"| {claim.figure} | {claim.claim} | {claim.rule} | {found or 'nothing yet'} | {verdict} |"
        )
    return "\n".join(rows)


@register("scoreboard-figures")
def figures() -> str:
    """Every figure of the paper and the chapters that show ours."""
    rows = ["| Figure | What the paper shows | Where ours stands |", "|---|---|---|"]
    for number, what, pages in FIGURES:
        where = ", ".join(f"{{doc}}`../notebooks/{page}`" for page in pages)
        rows.append(f"| {number} | {what} | {where} |")
    return "\n".join(rows)
