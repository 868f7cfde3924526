"""Two models trained on sets of labels that share none: when do they draw the same image?

Kadkhodaie et al. (2024) trained denoisers without a condition on two halves of a data set. With few images each model
repeats its own; with many, both draw the same new image from the same noise. Here the label says what to draw, so the
question has a part for each label: one that the first model saw, one that the second saw, one that neither saw.
"""

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from bumpbook.frame.studies import Study, register, to_text
from bumpbook.frame.tables import FINE
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel
from bumpworld.evaluate import NOISE_SEED, draw
from bumpworld.experiment import Experiment
from bumpworld.measure import judge
from bumpworld.rules import Places, rule
from bumpworld.train import train

SIZES = (8, 16, 32, 64, 112)  # 112 and not 128: of 256 labels some must be left that neither model saw
GROUPS = ("first", "second", "neither")
LOOKED_AT = 48  # at most so many labels of a group are drawn: their shares are known to about 7 points
SHOWN = 3  # labels that neither saw, whose drawings under seed 0 are kept for the figure


class Drawings(NamedTuple):
    """What one model drew for n labels: ``images``, the ``centers`` (n, 2) read out of them, whether they show a bump at
    all (``bump``), and whether it is the ``right`` one (n,), within 0.45 px."""

    images: Tensor
    centers: Tensor
    bump: Tensor
    right: Tensor


def look(images: Tensor, labels: Tensor, canvas: Canvas) -> Drawings:
    """Read ``images`` (n, 1, size, size) that were drawn for ``labels`` (n, 2)."""
    # in a world without a margin the best bump is the same for every label
    verdict = judge(images, labels, canvas)
    return Drawings(images, labels + verdict.error, verdict.shape, verdict.right(FINE)[:, 2])


def compare(one: Drawings, other: Drawings, mask: Tensor) -> dict[str, float]:
    """How alike two sets of drawings are on the labels of ``mask`` (n,): shares and means, rounded.

    "cosine" is the mean cosine of the two images (Kadkhodaie et al.'s measure), "same" the share of pairs of bumps that lie
    within 0.45 px in x and in y, "same_wrong" the share that do although at least one is not what was asked for. Copies of
    training images are never the same, where no image is in both sets.
    """
    if not mask.any():
        raise ValueError("the mask holds no label; at least one is needed to compare drawings")
    a, b = one.images[mask].flatten(1), other.images[mask].flatten(1)
    near = (one.centers - other.centers)[mask].abs().amax(1) <= FINE
    same = near & one.bump[mask] & other.bump[mask]
    both = (one.right & other.right)[mask]
    shares = {
        "cosine": torch.cosine_similarity(a, b, dim=1),
        "same": same,
        "same_wrong": same & ~both,
        "both_right": both,
        "right": torch.stack([one.right[mask], other.right[mask]]),
    }
    return {name: round(float(values.double().mean()), 4) for name, values in shares.items()}


def copied(drawings: Drawings, mask: Tensor, lattice: Tensor, trained: Tensor) -> float:
    """Share of the drawings of ``mask`` that show a training image: a bump whose nearest label of the ``lattice`` (k, 2) is
    one of the ``trained`` (k,).

    Half a pixel of tolerance, since labels are a pixel apart; drawings at places picked by lot would score the share of
    labels that are trained on.
    """
    nearest = torch.cdist(drawings.centers[mask], lattice).argmin(1)
    return round(float((trained[nearest] & drawings.bump[mask]).double().mean()), 4)


@rule(count=partial(checks.whole, least=1), seed=checks.seed, second=checks.flag)
def one_of_two(at: Places, count: int, seed: int, second: bool = False):
    """Train on ``count`` random 2D labels, or on ``second`` ones: with one seed the two share none. Region: "unseen"."""
    order = torch.randperm(int(at.two_d.sum()), generator=torch.Generator().manual_seed(seed))
    if 2 * count > len(order):
        raise ValueError(f"count is {count}; two sets without a common label allow at most {len(order) // 2}")
    return at.train_on(order[-count:] if second else order[:count])


def models(count: int, seed: int) -> dict[str, Experiment]:
    """The three models compared: "first", "second" with other labels and another start, and "twin" with the first's labels
    and the second's start."""
    first, second = one_of_two(count, seed), one_of_two(count, seed, second=True)
    settings = {"until_learned": True, "steps": 800}
    return {
        "first": Experiment(train_on=first, seed=2 * seed, **settings),
        "second": Experiment(train_on=second, seed=2 * seed + 1, **settings),
        "twin": Experiment(train_on=first, seed=2 * seed + 1, **settings),
    }


def measure(setting: dict, seed: int) -> dict:
    """Train the three models of ``setting["labels"]`` labels and compare what they draw from one noise, by group of labels.

    Keys are <pair>_<group>_<measure>: pair "sets" (first and second), "starts" (first and twin) or "noises" (first, from
    another noise). With them the share of copies of each model's own training images, and when each model learned.
    """
    experiments = models(setting["labels"], seed)
    canvas = experiments["first"].canvas
    seen, drawn, learned = seen_by(experiments), {}, {}
    labels, groups = asked_of(canvas.lattice(), seen)
    for name, experiment in experiments.items():
        model, learned[name] = _trained(experiment)
        drawn[name] = look(draw(model, labels), labels, canvas)
        if name == "first":
            drawn["again"] = look(draw(model, labels, seed=NOISE_SEED + 1), labels, canvas)
    result = {f"learned_{name}": step for name, step in learned.items()}
    for pair, other in {"sets": "second", "starts": "twin", "noises": "again"}.items():
        for group, mask in groups.items():
            shares = compare(drawn["first"], drawn[other], mask)
            result |= {f"{pair}_{group}_{name}": value for name, value in shares.items()}
    for name in ("first", "second"):
        result[f"copied_{name}"] = copied(drawn[name], groups["neither"], canvas.lattice(), seen[name])
    if seed == 0:
        result["gallery"] = _gallery(drawn, labels, groups["neither"])
    return result


def seen_by(experiments: dict[str, Experiment]) -> dict[str, Tensor]:
    """Masks of the lattice by group: the first model's labels, the second's, and those of neither."""
    first, second = (
        experiments[name].train_on.split(experiments[name].canvas).train_mask for name in ("first", "second")
    )
    return dict(zip(GROUPS, (first, second, ~first & ~second), strict=True))


def asked_of(lattice: Tensor, where: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """Up to `LOOKED_AT` labels of each group, evenly along the lattice, and the mask of each group among them."""
    rows, names = [], []
    for name, mask in where.items():
        all_rows = mask.nonzero()[:, 0]
        count = min(LOOKED_AT, len(all_rows))
        rows.append(all_rows[torch.linspace(0, len(all_rows) - 1, count).long()])
        names += [name] * count
    return lattice[torch.cat(rows)], {name: torch.tensor([n == name for n in names]) for name in where}


def _trained(experiment: Experiment) -> tuple[DiffusionModel, int | None]:
    for step in train(experiment):
        pass
    return step.model.eval(), step.learned_at


def _gallery(drawn: dict[str, Drawings], labels: Tensor, mask: Tensor) -> list[dict]:
    """The drawings of the first and the second model for a few labels, as `studies.to_text` writes them."""
    rows = mask.nonzero()[:, 0]
    rows = rows[torch.linspace(0, len(rows) - 1, SHOWN + 2).long()[1:-1]]
    return [
        {"label": labels[row].int().tolist()}
        | {name: to_text(drawn[name].images[row]) for name in ("first", "second")}
        for row in rows
    ]


STUDY = register(
    Study(
        "halves",
        "Two models without a common training label: when do they draw the same image?",
        version=2,
        settings=tuple({"labels": count} for count in SIZES),
        seeds=5,
        measure=measure,
    )
)
