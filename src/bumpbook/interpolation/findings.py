"""Verdicts of chapter 4: what models draw for values that they never saw, and what decides it."""

import numpy as np
import torch

from bumpbook.frame import tables
from bumpbook.frame.findings import listed, percent, register, state
from bumpbook.frame.pages import markdown_table, reading_time
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE, learned
from bumpworld.instruments.spread import percentage, spread
from bumpworld.store import ResultError

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
    canvas, rows = sweep("lesion").experiments[0].canvas, []
    fine = {gap: part.fine.to_numpy(float) for gap, part in table.groupby("gap")}
    for gap, part in table.groupby("gap"):
        nulls = [percentage(blend_score(canvas, int(gap), at)) for at in (FINE, 1.0)]
        rows.append([f"{gap:g} px", percent(fine[gap]), nulls[0], percent(part.right), nulls[1]])
    crossed = [gap for gap, values in fine.items() if values.mean() >= 0.5]
    reach = max(crossed, default=min(fine))
    fade, wide = blend_score(canvas, int(reach), FINE), {g: v.mean() for g, v in fine.items() if g > reach}
    kernel = regressions(reach)
    return state(
        f"**Narrow gaps are crossed, wide ones are not.** Told x and y, networks draw {percent(fine[reach].mean())} of a lesion right whose gap is "
        f"{reach:g} px, where a cross-fade is right in {percentage(fade)}. Regressions that learn no features draw {percentage(kernel)} of it: it takes no learned skill. From {min(wide, default=reach):g} px on they draw at most "
        f"{percent(float(max(wide.values(), default=0.0)))}.",
        bool(crossed)
        and fade < spread(fine[reach], share=True).low
        and kernel >= fine[reach].mean()
        and max(wide.values(), default=1.0) < 0.25,
        f"Labels 1 px apart, right within {FINE:g} px.\n\n"
        + markdown_table(["gap", f"within {FINE:g} px", "a cross-fade", "within 1 px", "a cross-fade"], rows),
    )


def regressions(gap: float) -> float:
    """The share right within 0.45 px of a lesion of this ``gap``, by the worse of the scoreboard's two kernel regressions."""
    rows = tables.read("nulls-lesion", "quick")
    rows = rows[(rows.region == "lesion") & (rows.spacing == 1) & (rows.high - rows.low == gap - 1)]
    return float(rows[rows["null"].isin(["kernel", "gaussian"])].both_fine.min())


@register("interpolation-outcomes")
def where() -> str:
    """Shares of all outcomes in the lesion of each shipped model, and whether anything is drawn in between."""
    rows, between, names = [], [], ()
    for width, experiment in lesions.shown().items():
        found, count = lesions.outcome_shares(experiment, lesions.drawings(experiment))
        names = tuple(found)
        rows.append([f"{width:g}", *map(percentage, found.values()), str(count)])
        if width >= WIDE:
            between.append(found["in the gap"])
    return state(
        f"Wrong answers are made of what was seen: an edge's bump, both, or nothing. Of the drawings in lesions of {WIDE:g} columns and more "
        f"{percent(max(between, default=0.0))} are a single bump that stands wrong and more than a pixel from either edge.",
        max(between, default=1.0) < HARDLY,
        f"One model for each width, three noises for each label; right within {FINE:g} px.\n\n"
        + markdown_table(["lesion", *names, "drawings"], rows),
    )


@register("interpolation-fade")
def fade() -> str:
    """How much of the drawings a blend of both edges explains, how bright they are in the middle, what a regression foretells."""
    rows, likeness = [], []
    for width, experiment in lesions.shown().items():
        images, labels = lesions.drawings(experiment), lesions.inside(experiment)
        ends = lesions.sides(experiment)
        weights, share = edge_weights(
            images.flatten(0, 1), labels.repeat(len(images), 1), experiment.canvas, ends
        )
        middle = ((labels[:, 0] - sum(ends) / 2).abs() < 1).repeat(len(images))
        row = [f"{width:g}", percentage(float(share.mean())), f"{weights[middle].sum(1).mean():.2f}"]
        guess = predicted(experiment.canvas, labels, lesions.trained_columns(experiment), experiment.unet)
        flat, truth = images.mean(0).flatten(1), experiment.canvas.render(labels)
        alike = [float(torch.cosine_similarity(flat, p.flatten(1)).mean()) for p in (guess, truth)]
        rows.append([*row, *(f"{value:.2f}" for value in alike)])
        if width >= WIDE:
            likeness.append(alike)
    if not likeness:
        raise ResultError(
            "no model with a wide lesion ships its weights, so that its drawings are not measured here"
        )
    foretold, true = np.mean(likeness, axis=0)
    return state(
        f"**In wide gaps the drawings look like the regression's, not like the truth.** The mean drawing has a cosine of {foretold:.2f} to the "
        f"picture of a regression that never saw the network, and of {true:.2f} to the true one.",
        all(guess > truth for guess, truth in likeness),
        f"Lesions of {WIDE} columns and more, one network each. How much of its drawings a blend of both edges explains, and the two cosines:\n\n"
        + markdown_table(
            [
                "lesion",
                "explained",
                "both weights together, in the middle",
                "to the regression's",
                "to the true one",
            ],
            rows,
        ),
    )


@register("interpolation-paths")
def paths() -> str:
    """Does the representation of x cut through, jump or walk, in the middle layer and in the estimate, by width?"""
    control, rows, manners = lesions.stored_model(lesions.control()), [], {}
    for width, experiment in lesions.shown().items():
        model, ends = lesions.stored_model(experiment), [int(e) for e in lesions.sides(experiment)]
        for layer, name in (("middle", "middle layer"), ("head", "image estimate")):
            own, other = (crossing(label_path(m, experiment.canvas, layer), *ends) for m in (model, control))
            manners[width, layer] = manner(own, other)
            lengths = [f"{own.length / other.length:.2f}", f"{own.detour:.1f}", f"{other.detour:.1f}"]
            rows.append([f"{width:g}", name, *lengths, manners[width, layer]])
    narrow, *wide = lesions.shown()
    return state(
        f"**Over a wide gap the way through a layer is cut short.** In the lesion of {narrow:g} it walks as in the model that saw every column; in those of "
        f"{listed(f'{w:g}' for w in wide)} it cuts through, in the middle layer and in the image estimate.",
        {w for (w, _), how in manners.items() if how == "cuts through"} == set(wide)
        and {how for (w, _), how in manners.items() if w == narrow} == {"walks"},
        "One model each, beside the one that saw every column, over the same columns:\n\n"
        + markdown_table(
            ["lesion", "layer", "length, times the other's", "detour", "the other's", "it"], rows
        ),
    )


@register("interpolation-guidance")
def guided() -> str:
    """Outcomes in the wide lesions, plain, with mixed estimates and with mixed conditions."""
    rows, best = [], {}
    for width, experiment in lesions.shown().items():
        if width >= WIDE:
            drawn = ways(
                lesions.stored_model(experiment), lesions.inside(experiment), lesions.sides(experiment)
            )
            for name, images in drawn.items():
                shares = lesions.outcome_shares(experiment, images[None])[0]
                best[width, name] = shares["right"]
                rows.append(
                    [f"{width:g}", name, percentage(shares["right"]), percentage(shares["two bumps"])]
                )
    if not rows:
        raise ResultError(
            "no model with a wide lesion ships its weights, so that guidance is not measured here"
        )
    mixed = max(right for (_, name), right in best.items() if name != "plain")
    return state(
        f"**Mixing what it knows does not fill the gap either.** Guided from both edges, the better mixture draws {percentage(mixed)} of "
        "a wide lesion right.",
        mixed <= HARDLY and len({width for width, _ in best}) == 2,
        f"Right within {FINE:g} px, one network each:\n\n"
        + markdown_table(["lesion", "way", "right", "two bumps"], rows),
    )
