"""What chapter 5 measures on the held-out cross and the rim: what stripes give, what they do not, what is drawn instead."""

from collections.abc import Sequence
from functools import cache

import torch

from bumpbook.frame.findings import percent, register
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import fine_tolerance
from bumpworld.evaluate import draw
from bumpworld.experiment import Experiment
from bumpworld.instruments.baselines import BASELINES
from bumpworld.store import Result, Store

from .findings import ENOUGH, KINDS, finished
from .ladder import MODEL, ladder
from .shapes import fit_shapes

ARMS = ("vertical", "horizontal", "intersection")
USES = {"2d": "2D labels only", "stripes": "stripes only", "both": "both"}


def snap() -> str:
    """Without stripes: where does the coordinate go that has no trained value, and what is left at a fine tolerance?"""
    results, note = finished("regions")
    lines = []
    for kind, use, group in _uses(results):
        if use != "2d":
            continue
        snapped, coarse, fine = zip(*(_snapped(result) for result in group), strict=True)
        lines.append(
            f"* {KINDS[kind]}: of the arms' drawings that show the right shape, {percent(snapped)} have the coordinate of the band "
            f"nearer to a trained value than to any value of the band. Within 1 px {percent(coarse)} of the arms are right, "
            f"within {fine_tolerance(group[0].experiment.canvas):.2f} px {percent(fine)}."
        )
    if not lines:
        raise FileNotFoundError(
            f"no model without stripes is finished; run `{sweep('regions').command}` first"
        )
    return "Trained on 2D labels only:\n\n" + "\n".join(lines) + note


def _snapped(result: Result) -> tuple[float, float, float]:
    """Share of an arm's drawings of the right shape that leave the band, and the arms' shares right at both tolerances."""
    canvas, judgement = result.experiment.canvas, result.judgement()
    split, settings = result.experiment.train_on.split(canvas), dict(result.experiment.train_on.settings)
    low, high = (canvas.margin + settings[end] - canvas.spacing / 2 for end in ("low", "high"))
    out, arms = [], torch.zeros_like(judgement.shape)
    for axis, arm in enumerate(ARMS[:2]):
        mask = split.region_masks[arm]
        drawn = split.labels[mask, axis] + judgement.error[mask, axis]
        out.append(((drawn < low) | (drawn > high))[judgement.shape[mask]])
        arms |= mask
    tolerances = (1.0, fine_tolerance(result.experiment.canvas))
    right = [float(judgement.right(t)[arms, 2].double().mean()) for t in tolerances]
    out = torch.cat(out).double()
    return (float(out.mean()) if len(out) else 0.0, *right)


@register("composition-cross-ladder")
def cross_ladder() -> str:
    """A table: what each baseline and the trained models get right in the intersection, within 1 px."""
    results, note = finished("regions")
    groups = {(kind, use): group for kind, use, group in _uses(results)}
    heads = [f"{KINDS[kind]}: {USES[use]}" for kind, use in groups]
    rows = [
        "| right in the intersection within 1 px | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for source in BASELINES:
        cells = []
        for group in groups.values():
            right, undetermined = _rung(group[0], source)
            cells.append("open" if undetermined == 1 else percent(right))
        rows.append(f"| {source} | " + " | ".join(cells) + " |")
    cells = [percent([r.accuracy()["intersection"][2] for r in group]) for group in groups.values()]
    return "\n".join([*rows, f"| **{MODEL}** | " + " | ".join(cells) + " |"]) + note


def sums() -> str:
    """From stripes alone a sum is settled: do the trained models draw it?"""
    results, note = finished("regions")
    group = next((group for kind, use, group in _uses(results) if (kind, use) == ("sos", "stripes")), None)
    if group is None:
        raise FileNotFoundError(
            f"no SOS model with stripes only is finished; run `{sweep('regions').command}` first"
        )
    right, _ = _rung(group[0], "additive")
    models = [r.accuracy()["intersection"][2] for r in group]
    shape = [float(r.judgement().shape[_masks(r)["intersection"]].double().mean()) for r in group]
    mean = sum(models) / len(models)
    if mean >= ENOUGH:
        words = "Here the network does what a sum would do."
    elif mean >= 0.5:
        words = "The network comes part of the way."
    else:
        words = (
            "So the network is no additive rule. It was shown all that a sum needs, it draws the stripes that it was shown, "
            "and it does not add them up."
        )
    return (
        f"SOS from stripes alone: the additive rule draws {percent(right)} of the intersection right within 1 px, the trained models "
        f"{percent(models)}; {percent(shape)} of their drawings are crosses. {words}" + note
    )


def _rung(result: Result, source: str) -> tuple[float, float]:
    """Shares of the intersection that a baseline draws right and that it leaves open, on a result's split."""
    table = ladder(result.experiment.canvas, result.experiment.train_on).set_index(["source", "region"])
    row = table.loc[(source, "intersection")]
    return float(row.right), float(row.undetermined)


def shapes() -> str:
    """How often a bump is drawn in the cross, over seeds, and which shapes the shipped models draw."""
    results, note = finished("regions")
    lines = []
    for kind, use, group in _uses(results):
        if kind != "bump":
            continue
        mask = torch.stack([_masks(group[0])[arm] for arm in ARMS]).any(0)
        bumps = percent([float(r.judgement().shape[mask].double().mean()) for r in group])
        text = f"* Trained on {USES[use]}: {bumps} of the drawings pass as bumps"
        if found := shipped_shapes(group):
            listed = ", ".join(f"{name} {percent(value)}" for name, value in found.items() if value >= 0.01)
            text += f". The shipped model: {listed}"
        lines.append(text + ".")
    head = "In the whole cross, by the rule of chapter 1, which knows how bright a bump must be; and by best fit:\n\n"
    return head + "\n".join(lines) + note


def shipped_shapes(group: Sequence[Result]) -> dict[str, float]:
    """The shapes that the shipped model of a ``group`` draws in the cross, by share; empty without one."""
    shown = next((r for r in group if r.model is not None), None)
    return dict(_cross_shapes(shown.experiment, Store())) if shown else {}


def rims() -> str:
    """What 2D labels along the rim add to stripes."""
    results, note = finished("rim")
    lines = []
    for kind, name in KINDS.items():
        shares = []
        for rule, region in (("stripes_only", "2d"), ("rim", "inside")):
            group = [r for r in results if _setting(r) == (kind, rule)]
            if group:
                canvas = group[0].experiment.canvas
                train = group[0].experiment.train_on.split(canvas).train
                added = int(canvas.visible(train).all(1).sum())
                right = percent([r.accuracy()[region][2] for r in group])
                shares.append(f"{right} with {f'the {added} rim labels' if added else 'stripes alone'}")
        if shares:
            lines.append(f"{name}: of the held-out 2D labels {' and '.join(shares)} are drawn right.")
    return " ".join(lines) + note


def _setting(result: Result) -> tuple[str, str]:
    return result.experiment.canvas.kind, result.experiment.train_on.rule


def _uses(results: Sequence[Result]) -> list[tuple[str, str, list[Result]]]:
    """(kind, use, results) for every kind and training set that has a model."""
    setting = lambda r: (r.experiment.canvas.kind, dict(r.experiment.train_on.settings)["use"])
    groups = [(k, u, [r for r in results if setting(r) == (k, u)]) for k in KINDS for u in USES]
    return [group for group in groups if group[2]]


def _masks(result: Result) -> dict:
    return result.experiment.train_on.split(result.experiment.canvas).region_masks


@cache
def _cross_shapes(experiment: Experiment, store: Store) -> tuple[tuple[str, float], ...]:
    """Shares of the shapes that a shipped model draws over the held-out cross; drawn once a kernel."""
    result = store.load(experiment)
    test = result.experiment.train_on.split(result.experiment.canvas).test
    found = fit_shapes(draw(result.model, torch.cat([test[arm] for arm in ARMS])), result.experiment.canvas)
    return tuple(sorted(found.shares().items(), key=lambda item: -item[1]))
