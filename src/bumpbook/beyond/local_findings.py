"""What chapter 8 measures on the local equivariant score machine."""

from statistics import median

import numpy as np
import torch

from bumpbook.frame import studies
from bumpbook.frame.claims import Limit, Measured
from bumpbook.frame.findings import percent
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.predictions import fared
from bumpworld.instruments.spread import Spread, difference, spread, write

from . import local_study
from .findings import APART
from .pictures import from_text

NAMES = {"machine": "the local machine", "ideal": "the ideal denoiser"}
COUNTED = {"network": "bumps", "machine": "machine_bumps", "ideal": "ideal_bumps"}
# as in results/predictions/attention.json
MENDED, WIDER, LOW = (
    "miscounted without attention minus with",
    "side of the patch with attention minus without",
    "low end",
)
LIMITS = {
    "mends": (Limit(MENDED, 0.2), Limit(LOW, 0, 0, reach="above")),
    "farther": (Limit(WIDER, 2), Limit(LOW, 0, 0, reach="above")),
}


def miscounted(records: list[dict]) -> dict[str, Spread]:
    """Share of drawings that do not show exactly one bump: of networks, of machines fitted to them, of the ideal denoiser."""
    return {name: spread(shares, share=True) for name, shares in _shares(records).items()}


def _shares(records: list[dict]) -> dict[str, list[float]]:
    measured = [record["measured"] for record in records]
    return {
        name: [sum(n != 1 for n in m[key]) / len(m[key]) for m in measured] for name, key in COUNTED.items()
    }


def named(records: list[dict], way: str = "machine") -> tuple[list[float], list[float]]:
    """For each network, the share of drawings of which ``way`` names its number of bumps, and the same by chance:
    were the two numbers independent, each as often as it is."""
    agree, chance = [], []
    for m in (record["measured"] for record in records):
        own, other = np.array(m["bumps"]), np.array(m[COUNTED[way]])
        agree.append(float((own == other).mean()))
        chance.append(float((own[:, None] == other).mean()))
    return agree, chance


def medians(records: list[dict]) -> dict[str, list[float]]:
    """Median r² of each network's drawings with those of the machine and of the ideal denoiser; networks that drew nothing are left out."""
    shown = {way: [local_study.shown(r["measured"], way) for r in records] for way in NAMES}
    return {way: [median(values) for values in seeds if values] for way, seeds in shown.items()}


def ahead(records: list[dict]) -> Spread:
    """By how much r² of the ideal denoiser, which sees everything, exceeds that of the machine, network by network."""
    found = medians(records)
    return spread([i - m for i, m in zip(found["ideal"], found["machine"], strict=True)])


def foretold(plain: list[dict], attentive: list[dict]) -> dict[str, Measured]:
    """What each prediction on attention is about, from the records of networks without it and with it."""
    counts = (_shares(records)["network"] for records in (plain, attentive))
    sides = (
        [sum(r["measured"]["patch"]) / len(r["measured"]["patch"]) for r in records]
        for records in (attentive, plain)
    )
    found = {"mends": (MENDED, difference(*counts)), "farther": (WIDER, difference(*sides))}
    return {name: {what: value, LOW: value.low} for name, (what, value) in found.items()}


def new_bumps(records: list[dict]) -> Spread:
    """Of the kept drawings with one bump, the share that shows no training image, over networks."""
    shares = []
    for record in records:
        known = local_study.training_images(record["setting"]["images"]).flatten(1)
        drawn = from_text(record["measured"]["drawings"])
        drawn = drawn[local_study.count_bumps(drawn) == 1].flatten(1)
        if len(drawn):
            away = torch.cdist(drawn, known).min(1).values ** 2
            shares.append(float((away > APART * (known**2).sum(1).mean()).double().mean()))
    return spread(shares, share=True)


def attention() -> str:
    """Networks with attention beside those without: what they draw, and how the predictions fared."""
    plain, attentive = (studies.load(study) for study in (local_study.STUDY, local_study.ATTENTIVE))
    lines = []
    for name, records in (("without", plain), ("with", attentive)):
        near = [write(spread(values, share=True)) for values in medians(records).values()]
        counts = map(percent, _shares(records).values())
        lines.append([name, *counts, *near, write(ahead(records))])
    agree, chance = (percent(part) for part in named(attentive))
    heads = [
        "attention",
        "networks",
        "machines fitted to them",
        "ideal denoiser",
        "r² of machines",
        "r² of the ideal",
        "ideal minus machine, by network",
    ]
    return (
        "Attention stands at the coarse level, as in the book's other networks; nothing else is changed, and by convolutions alone every "
        f"pixel sees the whole frame. Drawings with none or several bumps:\n\n{markdown_table(heads, lines)}\n\nDrawing by drawing, the "
        f"machines name the number of bumps of networks with attention in {agree}, by chance in {chance}. Of the single bumps that "
        f"networks with attention drew {write(new_bumps(attentive), percent=True)} are at none of the places trained on. The ideal "
        f"denoiser is a machine whose patch shows the whole frame. A patch is chosen by the direction of the score; where in r² the ideal comes nearer than the "
        f"machine that was chosen, the side of that patch does not say how far the network looks, which was seen afterwards. What was foretold before they were trained:\n\n{fared('attention', foretold(plain, attentive), LIMITS)}"
    )


def local() -> str:
    """How well two closed formulas foretell the drawings of networks without labels and attention."""
    records = studies.load(local_study.STUDY)
    measured = [record["measured"] for record in records]
    compared = [local_study.shown(m, "machine") for m in measured]
    if not all(compared):
        return "A network drew nothing but empty images, so there is nothing to foretell."
    near = medians(records)
    drawings = sum(len(values) for values in compared)
    text = (
        f"Over {len(measured)} network{'s' if len(measured) > 1 else ''} from as many seeds, and the {drawings} of their "
        f"{sum(len(m['bumps']) for m in measured)} drawings that are not empty, the median r² is "
        + " and ".join(
            f"{write(spread(values, share=True))} for {NAMES[way]}" for way, values in near.items()
        )
    )
    others = [median(values) for values in local_study.between_networks(records) if values]
    text += (
        f"; for a network from another seed it is {write(spread(others, share=True))}. " if others else ". "
    )
    return " ".join([text + _better(near), _numbers(records), _trained(measured)])


def _better(near: dict[str, list[float]]) -> str:
    better = [m > i for m, i in zip(near["machine"], near["ideal"], strict=True)]
    if all(better):
        return "In pixels the local machine foretells every network better than the ideal denoiser does."
    if not any(better):
        return "In pixels the ideal denoiser foretells every network better than the local machine does."
    return f"In pixels the local machine is ahead for {sum(better)} of {len(better)} networks, the ideal denoiser for the others: r² does not tell the two apart."


def _numbers(records: list[dict]) -> str:
    """How many bumps the drawings show: what no set of single bumps contains."""
    shares = _shares(records)
    agree, chance = named(records)
    bumps = np.array([record["measured"]["bumps"] for record in records])
    # each network with all others, less with itself
    other = ((bumps[:, None] == bumps).mean(2).sum(1) - 1) / (len(bumps) - 1) if len(bumps) > 1 else None
    between = "" if other is None else f"networks from other seeds in {percent(other.tolist())}, "
    return (
        f"Every training image shows one bump. The networks draw none, or more than one, in {percent(shares['network'])}"
        f", the local machine in {percent(shares['machine'])}, the ideal denoiser in {percent(shares['ideal'])}. Drawing "
        f"by drawing, the machine names the network's number of bumps in {percent(agree)}, by chance in {percent(chance)}, "
        f"{between}the ideal denoiser in {percent(named(records, 'ideal')[0])}."
    )


def _trained(measured: list[dict]) -> str:
    """How far the networks had come: the loss of the last tenth of the steps against that of the middle."""
    fallen = [1 - m["loss"][-1] / m["loss"][len(m["loss"]) // 2] for m in measured]
    return (
        f"Over the second half of their training the networks' loss still fell by {100 * sum(fallen) / len(fallen):.1f} %: "
        "they had nearly settled, and longer training might bring them nearer to the ideal."
        if sum(fallen) / len(fallen) > 0.005
        else "Over the second half of their training the networks' loss no longer fell."
    )
