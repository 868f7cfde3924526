"""A convolutional network without labels, beside the local machine that is to foretell its drawings.

Both start from the same noise and walk by the same deterministic sampler. A drawing is compared with another pixel by
pixel, in r^2. As a network's own limit serves another network, trained alike from another seed. `STUDY` has networks
without attention, `ATTENTIVE` the same ones with it.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from bumpbook.frame.exact import ideal_denoiser
from bumpbook.frame.studies import Study, register, rounded
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.diffusion import DiffusionModel, NoiseSchedule, sample, training_loss
from bumpworld.selection import random_fraction
from bumpworld.unet import ConditionalUNet, UNetConfig

from .local_machine import LocalMachine
from .pictures import from_text, to_text

# 31 px around any pixel of a 16 px frame show all of it
PATCHES = (1, 3, 5, 7, 9, 11, 13, 15, 17, 21, 31)
SAMPLER_STEPS = 20
DRAWING_SEED, CALIBRATION_SEED = 7, 100  # no drawing that is judged was used for the calibration
KEPT = 18  # drawings that a record keeps, as bytes


def training_images(count: int = 64, canvas: Canvas | None = None) -> Tensor:
    """``count`` bumps at positions drawn at random once and for all: the same ones for every network."""
    canvas = Canvas() if canvas is None else checks.instance("canvas", canvas, Canvas)
    count = checks.whole("count", count, 1, canvas.size**2)
    return canvas.render(random_fraction(count / canvas.size**2, 0).split(canvas).train)


def new_network(seed: int, attention: tuple[int, ...] = ()) -> DiffusionModel:
    """A two-level U-Net on single pixels for one constant label: it is never told where to draw.

    ``attention`` names the levels that have it, none by default.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = ConditionalUNet(UNetConfig(channels=(16, 32), patch=1, attention=attention, label_dims=1))
    net = net.to(memory_format=torch.channels_last)
    return DiffusionModel(net, NoiseSchedule.linear(), "x0", Canvas().size)


def no_label(count: int) -> Tensor:
    """The constant label, ``count`` times."""
    return torch.zeros(checks.whole("count", count, 1), 1)


def train_network(images: Tensor, seed: int, steps: int, batch: int = 32, rate: float = 2e-3, attention=()):
    """Yield (step, loss, model) while a network learns to denoise ``images``, under a rate that falls as a cosine."""
    model, generator = new_network(seed, attention), torch.Generator().manual_seed(seed + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.99), fused=True)
    for step in range(1, steps + 1):
        for group in optimiser.param_groups:
            falling = 0.02 + 0.98 * (1 + math.cos(math.pi * step / steps)) / 2
            group["lr"] = rate * min(1, step / 20) * falling
        rows = torch.randint(len(images), (batch,), generator=generator)
        loss = training_loss(model, images[rows], no_label(batch), generator)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        yield step, loss.item(), model


def draw(model: DiffusionModel, count: int, denoise=None, seed: int = DRAWING_SEED) -> Tensor:
    """``count`` drawings from seeded noise; ``denoise`` (a machine) takes the network's place and gets the same noise."""
    generator = torch.Generator().manual_seed(checks.seed("seed", seed))
    return sample(model, no_label(count), SAMPLER_STEPS, generator=generator, denoise=denoise)


def memory(images: Tensor, schedule: NoiseSchedule):
    """The ideal denoiser of ``images`` in the form of a machine."""
    return lambda x_t, t, labels: ideal_denoiser(x_t, t, images, schedule)


def calibrate(model: DiffusionModel, images: Tensor, patches=PATCHES, count: int = 32) -> dict[int, int]:
    """The patch at each of the sampler's times: along the network's own way, the side whose score points most nearly as
    the network's does, as a median over ``count`` drawings that are used for nothing else."""
    schedule, chosen = model.schedule, {}
    machines = [LocalMachine(images, schedule, patch) for patch in patches]

    def watched(x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        signal, _ = schedule.signal_noise(t)
        score = lambda estimate: (signal * estimate - x_t).flatten(1)
        estimate = model.denoise(x_t, t, labels)
        own = score(estimate)
        near = torch.stack([F.cosine_similarity(score(m(x_t, t)), own) for m in machines])
        chosen[int(t[0])] = int(torch.tensor(patches)[near.argmax(0)].median())
        return estimate

    draw(model, count, watched, CALIBRATION_SEED)
    return chosen


def r_squared(images: Tensor, others: Tensor) -> Tensor:
    """Squared correlation of the pixels of each image (n, 1, size, size) with those of its partner, shape (n,)."""
    if images.shape != others.shape:
        raise ValueError(
            f"images of shape {tuple(images.shape)} against {tuple(others.shape)}; allowed is one shape"
        )
    a, b = (x.double().flatten(1) - x.double().flatten(1).mean(1, keepdim=True) for x in (images, others))
    return (a * b).sum(1) ** 2 / ((a**2).sum(1) * (b**2).sum(1)).clamp(min=1e-30)


def count_bumps(images: Tensor, least: float = 0.5) -> Tensor:
    """Bumps in each image (n, 1, size, size): pixels over ``least`` that no pixel around them exceeds, shape (n,)."""
    checks.shaped("images", images, "n", 1, "size", "size")
    least = checks.number("least", least, above=0)
    return ((images >= least) & (images == F.max_pool2d(images, 3, 1, 1))).sum((1, 2, 3))


def measure(setting: dict, seed: int) -> dict:
    """Train one network and set its drawings beside those of the machine and of the ideal denoiser."""
    images, losses = training_images(setting["images"]), []
    attention = tuple(setting.get("attention", ()))
    for step, loss, model in train_network(images, seed, setting["steps"], attention=attention):
        losses.append(loss)
    model.eval().requires_grad_(False)
    patch = calibrate(model, images)
    own = draw(model, 64)
    machine = draw(model, 64, LocalMachine(images, model.schedule, patch))
    ideal = draw(model, 64, memory(images, model.schedule))
    tenth = max(1, len(losses) // 10)
    return {
        "loss": [round(sum(losses[i : i + tenth]) / tenth, 6) for i in range(0, len(losses), tenth)],
        "times": list(patch),
        "patch": list(patch.values()),
        "machine": rounded(r_squared(own, machine)),
        "ideal": rounded(r_squared(own, ideal)),
        "bumps": count_bumps(own).tolist(),
        "machine_bumps": count_bumps(machine).tolist(),
        "ideal_bumps": count_bumps(ideal).tolist(),
        "drawings": to_text(own[:KEPT]),
    }


def shown(measured: dict, way: str) -> list[float]:
    """r^2 of the drawings by ``way`` ("machine" or "ideal") with the network's, where the network drew a bump at all:
    an empty image has no variance that another could explain."""
    return [value for value, bumps in zip(measured[way], measured["bumps"], strict=True) if bumps]


def between_networks(records: list[dict]) -> list[list[float]]:
    """r^2 of the kept drawings of each network with those of the next one in the list, the last with the first, from
    the same noise, where the former is not empty. An empty list for a single record."""
    drawn = [from_text(record["measured"]["drawings"]) for record in records]
    pairs = list(zip(drawn, [*drawn[1:], drawn[0]], strict=True))[
        : len(drawn) if len(drawn) > 2 else len(drawn) - 1
    ]
    return [r_squared(one, other)[count_bumps(one) > 0].tolist() for one, other in pairs]


def compared(records: list[dict]) -> tuple[dict[str, Tensor], dict[str, list[list[float]]]]:
    """What the figure shows: drawings from the same noise by the first record's network, by the machine that was
    calibrated on it and by the ideal denoiser, and for each other way to draw the r^2 with every network."""
    first, carrier = records[0], new_network(0)  # only its noise and its schedule are used: a machine draws
    images, measured = training_images(first["setting"]["images"]), first["measured"]
    patch = dict(zip(measured["times"], measured["patch"], strict=True))
    own = from_text(measured["drawings"])
    machine = draw(carrier, len(own), LocalMachine(images, carrier.schedule, patch))
    ideal = draw(carrier, len(own), memory(images, carrier.schedule))
    scores = {
        "local machine": [shown(r["measured"], "machine") for r in records],
        "ideal denoiser": [shown(r["measured"], "ideal") for r in records],
    }
    if others := between_networks(records):
        scores["another network"] = others
    return {"network": own, "local machine": machine, "ideal denoiser": ideal}, scores


STUDY = register(
    Study(
        name="local-machine",
        question="Does a closed formula foretell what a convolutional network draws?",
        version=1,
        settings=({"images": 64, "steps": 1600},),
        seeds=5,
        measure=measure,
    )
)

ATTENTIVE = register(
    Study(
        name="local-attention",
        question="Does a network with attention count to one?",
        version=1,
        # at the coarse level, as the book's other networks have it
        settings=({"images": 64, "steps": 1600, "attention": [1]},),
        seeds=5,
        measure=measure,
    )
)
