"""Verdicts of chapter 4: what models draw for values that they never saw, and what decides it."""

from collections.abc import Iterable

import numpy as np
import torch

from bumpbook.frame.claim_findings import CLAIMS, word
from bumpbook.frame.findings import percent, register
from bumpbook.frame.pages import reading_time
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import learned
from bumpworld.instruments.spread import spread

from . import lesions
from .crossing import crossing, label_path, manner
from .guidance import ways
from .kernel import predicted
from .outcomes import blend_score, edge_weights

WIDE = 4  # columns: from this width on a lesion counts as wide here


@register("interpolation-time")
def time() -> str:
    return reading_time(4)


@register("interpolation-apart")
def apart() -> str:
    """Of the drawings in wide lesions that show a clear bump: how often is x right, how often y?"""
    shapes, near, seeds = [], [], set()
    for result in lesions.finished():
        if lesions.width(result.experiment) >= WIDE:
            verdict = result.judgement()
            mask = result.experiment.train_on.split(result.experiment.canvas).region_masks["lesion"]
            clear = mask & verdict.shape
            shapes.append(float(verdict.shape[mask].float().mean()))
            near.append((verdict.error[clear].abs() <= 1).float().mean(0).tolist())
            seeds.add(result.experiment.seed)
    if not near:
        return "No model with a wide lesion is finished, so the errors in x and in y are not compared."
    x, y = zip(*near, strict=True)
    text = (
        f"In lesions of {WIDE} columns and more, {percent(shapes)} of the drawings have the shape of a bump ({len(near)} "
        f"models, {len(seeds)} seeds). Of these bumps {percent(y)} are right in y and {percent(x)} in x."
    )
    if np.mean(y) - np.mean(x) > 0.2:
        return text + " A clear bump that is wrong is wrong in x: what was never seen is what fails."
    return text + " The two do not differ by much: not only the value that was never seen fails."


@register("interpolation-blend")
def blend() -> str:
    """At which gaps do models do better than a blend of the edges' pictures would?"""
    table = lesions.by_gap()
    table = learned(table[table.spacing == 1])
    canvas, lines, better = sweep("lesion").experiments[0].canvas, [], []
    for gap, part in table.groupby("gap"):
        null = [blend_score(canvas, int(gap), at) for at in (1.0, lesions.FINE)]
        lines.append(f"{gap:g} px {percent(part.fine)} against {percent(null[1])}")
        better += [f"{gap:g} px"] if spread(part.right, share=True).low > null[0] + 1e-9 else []
    half = [gap for gap, part in table.groupby("gap") if part.fine.mean() >= 0.5]
    text = "Within 1 px the models beat a blend of pictures "
    text += f"at gaps of {listed(better)}" if better else "at no gap"
    text += f". Within {lesions.FINE:g} px, models against blend: {', '.join(lines)}. "
    if not half:
        return text + "In no gap are most columns drawn as near as that."
    return (
        text
        + f"Most columns are drawn as near as that in gaps up to {max(half):g} px, or {max(half) / canvas.sigma:g} σ."
    )


@register("interpolation-outcomes")
def where() -> str:
    """Shares of all outcomes in the lesion of each shipped model, and whether anything is drawn in between."""
    lines, between = [], []
    for width, experiment in lesions.shown().items():
        found, count = lesions.outcome_shares(experiment, lesions.drawings(experiment))
        wrong = {name: share for name, share in found.items() if name != "right" and share}
        named = ", ".join(
            f"{name} {share:.0%}" for name, share in sorted(wrong.items(), key=lambda kv: -kv[1])
        )
        lines.append(
            f"lesion of {width:g}: right {found['right']:.0%}{', ' + named if named else ''} ({count} drawings)"
        )
        if width >= WIDE:
            between.append(found["in the gap"])
    text = "One model for each width, three noises for each label." + bullets(lines)
    if between and max(between) < 0.05:
        text += "Single bumps that stand wrong but between the edges hardly occur: wrong answers are made of what was seen."
    elif between:
        text += f"Up to {max(between):.0%} are single bumps that stand wrong, but between the edges."
    return text


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
            f"lesion of {width:g}: {share.mean():.0%} explained, weights together {weights[middle].sum(1).mean():.2f} in the middle"
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
            f"{name} {s['right']:.0%} right and {s['two bumps']:.0%} two bumps" for name, s in shares.items()
        )
        lines.append(f"lesion of {width:g}: {listed}")
        # the columns beside the edges, which a copy gets right
        edge = 2 / len(lesions.inside(experiment)[:, 0].unique())
        gain.append(max(s["right"] for name, s in shares.items() if name != "plain") > edge + 0.05)
    if not lines:
        return "No model with a wide lesion ships its weights, so that guidance is not measured here."
    text = "Drawn in the lesions:" + bullets(lines)
    if any(gain):
        return (
            text
            + "In some lesion a mixture draws more right than copies of the edges would: there it interpolates."
        )
    return (
        text
        + "No mixture draws more right than the columns beside the edges, which copies of the edges get right as well: it does not interpolate."
    )


@register("interpolation-agree")
def agreement() -> str:
    """The scoreboard's word on both claims, without the numbers."""
    claims = {claim.name: claim for claim in CLAIMS}
    lines = []
    for name in ("no-interpolation", "lesion-width"):
        lines.append(f"*{claims[name].claim}* **{word(claims[name])}**")
    return "By the rules of the scoreboard: " + " ".join(lines)


def listed(names: Iterable[str]) -> str:
    names = list(names)
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list with blank lines around it."""
    return "\n\n" + "".join(f"* {line}\n" for line in lines) + "\n"
