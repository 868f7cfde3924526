"""What chapter 8 measures on the local equivariant score machine."""

from statistics import median

from bumpbook.frame import studies
from bumpbook.frame.findings import percent
from bumpworld.instruments.spread import spread, write

from . import local_study

NAMES = {"machine": "the local machine", "ideal": "the ideal denoiser"}


def local() -> str:
    """How well two closed formulas foretell the drawings of networks without labels and attention."""
    records = studies.load(local_study.STUDY)
    measured = [record["measured"] for record in records]
    compared = {way: [local_study.shown(m, way) for m in measured] for way in NAMES}
    if not all(compared["machine"]):
        return "A network drew nothing but empty images, so there is nothing to foretell."
    medians = {way: [median(values) for values in seeds] for way, seeds in compared.items()}
    drawings = sum(len(values) for values in compared["machine"])
    text = (
        f"Over {len(measured)} network{'s' if len(measured) > 1 else ''} from as many seeds, and the {drawings} of their "
        f"{sum(len(m['bumps']) for m in measured)} drawings that are not empty, the median r² is "
        + " and ".join(
            f"{write(spread(values, share=True))} for {NAMES[way]}" for way, values in medians.items()
        )
    )
    others = [median(values) for values in local_study.between_networks(records) if values]
    text += (
        f"; for a network from another seed it is {write(spread(others, share=True))}. " if others else ". "
    )
    return " ".join([text + _better(medians), _numbers(measured), _trained(measured)])


def _better(medians: dict[str, list[float]]) -> str:
    ahead = [m > i for m, i in zip(medians["machine"], medians["ideal"], strict=True)]
    if all(ahead):
        return "In pixels the local machine foretells every network better than the ideal denoiser does."
    if not any(ahead):
        return "In pixels the ideal denoiser foretells every network better than the local machine does."
    return f"In pixels the local machine is ahead for {sum(ahead)} of {len(ahead)} networks, the ideal denoiser for the others."


def _numbers(measured: list[dict]) -> str:
    """How many bumps the drawings show: what no set of single bumps contains."""
    shares = {
        name: [sum(n != 1 for n in m[key]) / len(m[key]) for m in measured]
        for name, key in (("network", "bumps"), ("machine", "machine_bumps"), ("ideal", "ideal_bumps"))
    }
    agree = {
        way: [
            sum(a == b for a, b in zip(m["bumps"], m[f"{way}_bumps"], strict=True)) / len(m["bumps"])
            for m in measured
        ]
        for way in NAMES
    }
    return (
        f"Every training image shows one bump. The networks draw none, or more than one, in {percent(shares['network'])}"
        f", the local machine in {percent(shares['machine'])}, the ideal denoiser in {percent(shares['ideal'])}. Drawing "
        f"by drawing, the machine names the network's number of bumps in {percent(agree['machine'])}, the ideal denoiser "
        f"in {percent(agree['ideal'])}."
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
