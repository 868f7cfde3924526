"""What chapter 5 found of plain rules: which of them compose in both worlds, beside networks, and what they ask for."""

import numpy as np
import pandas as pd

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.tables import FINE
from bumpworld.instruments.baselines import fitted
from bumpworld.instruments.spread import Spread, spread
from bumpworld.rules import Split
from bumpworld.store import Result

from . import findings as tables
from .ladder import MODEL, ladder, score, standing


def finely(results: list[Result]) -> pd.DataFrame:
    """Shares of the held-out squares drawn right within `FINE` px: a row a world and square, a column a source."""
    groups = {}
    for result in results:
        groups.setdefault((result.experiment.canvas, result.experiment.train_on), []).append(result)
    rows = []
    for (canvas, train_on), group in groups.items():
        networks = np.mean([r.accuracy(FINE)["square"][2] for r in group])
        rules = ladder(canvas, train_on, FINE).set_index("source").right
        rows.append({"kind": canvas.kind, **dict(train_on.settings), MODEL: networks, **rules})
    return pd.DataFrame(rows).set_index(["kind", "low", "high"])


@register("composition-rules")
def rules() -> str:
    """One plain rule fills squares in both worlds as well as networks."""
    shares = finely(tables.finished("square")[0])
    whole = int((shares.completion == 1).sum())
    sentence = (
        "**One plain rule does this in both worlds.** Completion fills each pixel's table of columns and rows as one of low rank, and is "
        f"told neither that bumps have rank one nor that SOS have rank two. On all {len(shares)} squares it draws at least as many pairs to within {FINE} px as networks do, on {whole} of them every "
        "pair. So a filled square by itself is no evidence of learning."
    )
    better = (shares.completion >= shares[MODEL]).all()
    return state(sentence, better and whole > len(shares) / 2, _shares_table(shares))


def _shares_table(shares: pd.DataFrame) -> str:
    rows = [f"| square | networks, right within {FINE} px | completion |", "|---|---|---|"]
    for (kind, low, high), row in shares.iterrows():
        place = f"{tables.KINDS[kind]}, columns and rows {low:g} to {high - 1:g}"
        rows.append(f"| {place} | {percent(float(row[MODEL]))} | {percent(float(row.completion))} |")
    return "\n".join(rows)


@register("composition-two-rules")
def two_rules() -> str:
    """A sum and a product are exact in one world each; by squared error the network is between them, and behind completion."""
    squares = tables.finished("square")[0]
    errors = standing(squares, "square")
    errors = errors.groupby(["kind", "low", "high", "source"]).error.mean().unstack()
    bump, sos = errors.loc["bump"], errors.loc["sos"]
    faint = errors[errors.completion > errors[MODEL]].index
    placed = finely(squares).loc[faint]
    sentence = (
        f"A sum is exact on all {len(sos)} squares of SOS and fails on bumps, a product is exact on all {len(bump)} squares of bumps "
        "and fails on SOS. By squared error a network lies between the two on every square, better than the rule of the other world and worse than that of its own. (Its "
        "error is that of denoising: it sees the held-out image under noise, where a rule sees the label alone.) By squared error it beats completion, too, "
        f"in the {len(faint)} widest corners of SOS alone, where the block shows too little of what is missing, though completion still places more within {FINE} px."
    )
    corners = [("sos", low, high) for low, high in sorted(sos.index) if high == 16]
    ones = ((bump, "multiplicative", "additive"), (sos, "additive", "multiplicative"))
    holds = [
        (one[right] < tables.EXACT).all() and one[MODEL].between(one[right], one[wrong]).all()
        for one, right, wrong in ones
    ]
    holds.append((placed.completion > placed[MODEL]).all())
    return state(sentence, all(holds) and sorted(faint) == corners[: len(faint)] != [], tables.rungs())


@register("composition-block")
def block() -> str:
    """What completion asks for and networks do not: a full block."""
    results = [r for r in tables.finished("few-shot")[0] if _a_quarter(r)]
    networks = spread([r.accuracy(FINE)["unseen"][2] for r in results], share=True)
    open_, product = (_of_rule(results, rule) for rule in ("completion", "multiplicative"))
    splits = [r.experiment.train_on.split(r.experiment.canvas) for r in results]
    small = spread([without_block(split, "unseen") for split in splits], share=True)
    sentence = (
        "**Completion needs a full block.** Shown a random quarter of the bumps, it has no answer for any of the other pairs: around none of them is the block "
        f"full, and around {percent(small.mean)} not even a block of two by two is. Networks draw "
        f"{percent(networks.mean)} of these pairs right; a product, which is told its world, {percent(product[0].mean)}."
    )
    holds = open_[1].low == 1 and small.low > 0.8 and networks.low > 0.7 and product[0].low > networks.low
    return state(sentence, holds)


def _a_quarter(result: Result) -> bool:
    chosen = dict(result.experiment.train_on.settings)
    return result.experiment.canvas.kind == "bump" and chosen["fraction"] == 1 / 4 and not chosen["stripes"]


def _of_rule(results: list[Result], rule: str) -> tuple[Spread, Spread]:
    """Shares of the unseen pairs that a rule draws right within `FINE` px and that it leaves open, over splits."""
    pairs = []
    for result in results:
        canvas, split = result.experiment.canvas, result.experiment.train_on.split(result.experiment.canvas)
        unseen = split.test["unseen"]
        found = score(fitted(rule, canvas, split.train).predict(unseen), unseen, canvas, FINE)
        pairs.append([float(one.double().mean()) for one in (found.right, found.undetermined)])
    return tuple(spread(one, share=True) for one in zip(*pairs, strict=True))


def without_block(split: Split, region: str) -> float:
    """Share of a region's labels (whole numbers) that no full block of two columns and two rows surrounds."""
    known = np.zeros(split.labels.long().amax(0).add(1).tolist(), dtype=int)
    known[tuple(split.train.long().T)] = 1
    lacking = []
    for x, y in split.test[region].long().tolist():
        crossing = known[known[:, y] == 1][:, known[x] == 1]
        # two columns that share two rows
        shared = np.triu(crossing @ crossing.T, k=1)
        lacking.append(shared.max(initial=0) < 2)
    return float(np.mean(lacking))


@register("composition-rim-rule")
def rim_rule() -> str:
    """Stripes and the rim hold full blocks: what completion makes of them."""
    results = tables.finished("rim")[0]
    rims = {r.experiment.canvas.kind: r.experiment for r in results if r.experiment.train_on.rule == "rim"}
    right = {}
    for kind, experiment in rims.items():
        table = ladder(experiment.canvas, experiment.train_on, FINE).set_index(["source", "region"])
        right[kind] = float(table.right["completion", "inside"])
    sentence = (
        f"With the rim completion has its block: it draws {percent(right['bump'])} of the inner bumps to within {FINE} px and "
        f"{percent(right['sos'])} of the SOS; from stripes alone, whose block is blank, it draws nothing."
    )
    blank = []
    for r in results:
        if r.experiment.train_on.rule == "stripes_only":
            split = r.experiment.train_on.split(r.experiment.canvas)
            drawn = fitted("completion", r.experiment.canvas, split.train).predict(split.test["2d"])
            blank.append(bool((drawn == 0).all()))
    return state(sentence, right["bump"] == 1 and 0 < right["sos"] < 0.5 and all(blank) and len(blank) > 1)
