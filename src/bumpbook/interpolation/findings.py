"""Verdicts of chapter 4: what models draw for values that they never saw, and what decides it."""

from collections.abc import Iterable

import numpy as np
import torch

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import reading_time
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE, learned
from bumpworld.instruments.spread import percentage, spread

from . import lesions
from .crossing import crossing, label_path, manner
from .guidance import ways
from .kernel import predicted
from .outcomes import blend_score, edge_weights

WIDE = 4  # columns: from this width on a lesion counts as wide here
HARDLY = 0.05  # a share up to this is hardly any


@register("interpolation-time")
def time() -> str:
    return reading_time(4)


@register("interpolation-apart")
def apart() -> str:
    """Of the drawings in wide lesions that show a clear bump: how often is x right, how often y?"""
    shapes, near, fine, seeds = [], [], [], set()
    for result in lesions.finished():
        if lesions.width(result.experiment) >= WIDE:
            verdict = result.judgement()
            mask = result.experiment.train_on.split(result.experiment.canvas).region_masks["lesion"]
            clear = mask & verdict.shape
            shapes.append(float(verdict.shape[mask].float().mean()))
            for shares, at in ((near, 1), (fine, FINE)):
                shares.append((verdict.error[clear].abs() <= at).float().mean(0).tolist())
            seeds.add(result.experiment.seed)
    if not near:
        raise FileNotFoundError("no model with a wide lesion is finished; run `bumpworld run lesion` first")
    x, y = zip(*fine, strict=True)
    coarse = [percent(share) for share in zip(*near, strict=True)]
    return state(
        f"What was never seen is what fails: of the clear bumps in wide lesions {percent(float(np.mean(y)))} are right in y "
        f"and {percent(float(np.mean(x)))} in x.",
        np.mean(y) - np.mean(x) > 0.2,
        f"Lesions of {WIDE} columns and more ({len(fine)} models, {len(seeds)} seeds): {percent(shapes)} of the drawings have "
        f"the shape of a bump. Of these {percent(y)} are within {FINE:g} px in y and {percent(x)} in x; within 1 px "
        f"{coarse[1]} and {coarse[0]}.",
    )


@register("interpolation-blend")
def blend() -> str:
    """At which gaps do models do better than a blend of the edges' pictures would?"""
    table = lesions.by_gap()
    table = learned(table[table.spacing == 1])
    canvas, lines = sweep("lesion").experiments[0].canvas, []
    fine = {gap: part.fine.to_numpy(float) for gap, part in table.groupby("gap")}
    for gap, part in table.groupby("gap"):
        null = [blend_score(canvas, int(gap), at) for at in (1.0, FINE)]
        lines.append(
            f"{gap:g} px: {percent(fine[gap])}, a cross-fade {percent(null[1])}; within 1 px {percent(part.right)} and "
            f"{percent(null[0])}"
        )
    narrow = {gap: values for gap, values in fine.items() if values.mean() >= 0.5}
    reach = max(narrow, default=0)
    wide = [values.mean() for gap, values in fine.items() if gap > reach]
    return state(
        f"**Narrow gaps are crossed, wide ones are not.** Told x and y, networks move a bump across gaps of up to {reach:g} px, "
        f"which no cross-fade does. In wider gaps at most {percent(float(max(wide, default=0.0)))} of a lesion is drawn within {FINE:g} px.",
        bool(narrow)
        and blend_score(canvas, int(reach), FINE) < spread(fine[reach], share=True).low
        and max(wide, default=1.0) < 0.25,
        f"Within {FINE:g} px, by gap:" + bullets(lines),
    )


@register("interpolation-outcomes")
def where() -> str:
    """Shares of all outcomes in the lesion of each shipped model, and whether anything is drawn in between."""
    lines, between = [], []
    for width, experiment in lesions.shown().items():
        found, count = lesions.outcome_shares(experiment, lesions.drawings(experiment))
        wrong = {name: share for name, share in found.items() if name != "right" and share}
        named = ", ".join(
            f"{name} {percentage(share)}" for name, share in sorted(wrong.items(), key=lambda kv: -kv[1])
        )
        lines.append(
            f"lesion of {width:g}: right {percentage(found['right'])}{', ' + named if named else ''} ({count} drawings)"
        )
        if width >= WIDE:
            between.append(found["in the gap"])
    return state(
        f"Wrong answers are made of what was seen: an edge's bump, both, or nothing. Hardly a drawing in a wide lesion "
        f"({percent(max(between, default=0.0))} at most) is a single bump that stands wrong between the edges.",
        max(between, default=1.0) < HARDLY,
        f"One model for each width, three noises for each label; right within {FINE:g} px." + bullets(lines),
    )


@register("interpolation-fade")
def fade() -> str:
    """How much of the drawings a blend of both edges explains, how bright they are in the middle, what a regression foretells."""
    lines, likeness = [], []
    for width, experiment in lesions.shown().items():
        images, labels = lesions.drawings(experiment), lesions.inside(experiment)
        ends = lesions.sides(experiment)
        weights, share = edge_weights(
            images.flatten(0, 1), labels.repeat(len(images), 1), experiment.canvas, ends
        )
        middle = ((labels[:, 0] - sum(ends) / 2).abs() < 1).repeat(len(images))
        lines.append(
            f"lesion of {width:g}: {percentage(float(share.mean()))} explained, weights together {weights[middle].sum(1).mean():.2f} in the middle"
        )
        if width >= WIDE:
            guess = predicted(experiment.canvas, labels, lesions.trained_columns(experiment), experiment.unet)
            flat = images.mean(0).flatten(1)
            truth = experiment.canvas.render(labels)
            likeness.append(
                [float(torch.cosine_similarity(flat, p.flatten(1)).mean()) for p in (guess, truth)]
            )
    text = "How much of the drawings a blend of both edges explains:" + bullets(lines)
    if likeness:
        foretold, true = np.mean(likeness, axis=0)
        text += (
            f"In the lesions of {WIDE} columns and more, the mean drawing has a cosine of {foretold:.2f} to the regression's picture "
            f"and of {true:.2f} to the true one"
        )
        text += (
            ": the regression, which never saw the model, foretells it better than the label."
            if foretold > true
            else "."
        )
    return text


@register("interpolation-paths")
def paths() -> str:
    """Does the representation of x cut through, jump or walk, in the middle layer and in the estimate, by width?"""
    control, lines = lesions.stored_model(lesions.control()), []
    for width, experiment in lesions.shown().items():
        model, ends = lesions.stored_model(experiment), [int(e) for e in lesions.sides(experiment)]
        parts = []
        for layer, name in (("middle", "middle layer"), ("head", "image estimate")):
            own, other = (
                crossing(label_path(m, experiment.canvas, layer, noises=2), *ends) for m in (model, control)
            )
            parts.append(
                f"{name} {own.length / other.length:.2f} times as long, detour {own.detour:.1f} against {other.detour:.1f}: it {manner(own, other)}"
            )
        lines.append(f"lesion of {width:g}: " + ", and ".join(parts))
    return "Against the model that saw every column, over the same columns:" + bullets(lines)


@register("interpolation-guidance")
def guided() -> str:
    """Outcomes in the wide lesions, plain, with mixed estimates and with mixed conditions."""
    lines, gain = [], []
    for width, experiment in lesions.shown().items():
        if width < WIDE:
            continue
        drawn = ways(lesions.stored_model(experiment), lesions.inside(experiment), lesions.sides(experiment))
        shares = {name: lesions.outcome_shares(experiment, images[None])[0] for name, images in drawn.items()}
        listed = ", ".join(
            f"{name} {percentage(s['right'])} right and {percentage(s['two bumps'])} two bumps"
            for name, s in shares.items()
        )
        lines.append(f"lesion of {width:g}: {listed}")
        gain.append(max(s["right"] for name, s in shares.items() if name != "plain") > HARDLY)
    if not lines:
        return "No model with a wide lesion ships its weights, so that guidance is not measured here."
    text = f"Drawn in the lesions, right within {FINE:g} px:" + bullets(lines)
    if any(gain):
        return (
            text
            + "In some lesion a mixture draws labels right, as no copy of an edge does: there it interpolates."
        )
    return text + f"No mixture draws more than {percent(HARDLY)} right: it does not interpolate."


def listed(names: Iterable[str]) -> str:
    names = list(names)
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list with blank lines around it."""
    return "\n\n" + "".join(f"* {line}\n" for line in lines) + "\n"
