"""What the studies of codes found, as tables: contrasts and sheets of networks that learned their labels."""

import numpy as np
import pandas as pd

from bumpbook.frame.studies import load
from bumpworld import checks
from bumpworld.canvas import Canvas
from bumpworld.instruments.geometry import clifford_torus, ring_torus
from bumpworld.store import ResultError

from . import codes_study
from .axes import STEPS, additive_share

# in the order in which they are told
CODES = {
    "axes": "x and y",
    "turned-45": "x + y and x − y",
    "one-hot": "a name for each value",
    "pair": "a name for each pair",
}
# told to three networks each, in the world of bumps alone
OTHERS = {
    "turned-20": "axes turned by 20°",
    "fourier": "random directions",
    "smooth": "x and y, smoothly",
    "sharp": "x and y, sharply",
}
# the seeds that suggested the test on a blank image, and those that judge it
FIRST_FRESH = 5


def networks(world: str) -> pd.DataFrame:
    """A row for each measured network of a world that learned its labels: code, seed, ``shares`` and ``sheet`` by cloud.

    Raises ResultError when nothing is measured.
    """
    studies = [codes_study.SOS] if world == "sos" else [codes_study.BUMP, codes_study.MORE]
    rows, missing = [], None
    for study in studies:
        try:
            rows += [{**r["setting"], "seed": r["seed"], **r["measured"]} for r in load(study)]
        except ResultError as error:
            missing = error
    if not rows:
        raise missing
    table = pd.DataFrame(rows)
    return table[table["learned"]].sort_values(["code", "seed"])


def contrasts(world: str, code: str, cloud: str, seeds=range(100)) -> np.ndarray:
    """Share along x and y minus share along the diagonals, of one cloud in each network of some ``seeds``.

    ``cloud`` is a name of `codes_study.measure`, for instance "code" or "blank middle". Raises ResultError for none.
    """
    return np.array([s[0] - s[-1] for s in shares(world, code, cloud, seeds)])


def shares(world: str, code: str, cloud: str, seeds=range(100)) -> np.ndarray:
    """Additive shares (networks, angles) of one cloud. Raises ResultError where no network was measured."""
    table = networks(world)
    rows = table[(table["code"] == code) & table["seed"].isin(seeds)]
    for by in rows["shares"]:
        checks.choice("cloud", cloud, by)
    found = [by[cloud] for by in rows["shares"] if by[cloud] is not None]
    if not found:
        raise ResultError(
            f"no network of the world {world!r} told by {code!r} is measured; run `{codes_study.SOS.command}` first"
        )
    return np.array(found)


def sheets(world: str, code: str, cloud: str) -> np.ndarray:
    """Dimension and share of (x, y) on three components (networks, 2) of one cloud. Raises ResultError for none."""
    table = networks(world)
    rows = table[table["code"] == code]
    found = [by[cloud] for by in rows["sheet"] if by[cloud] is not None]
    if not found:
        raise ResultError(f"no network of the world {world!r} told by {code!r} is measured")
    return np.array(found)


def known_shapes() -> dict[str, list[float]]:
    """Additive share by angle of things that we know, on 16 x 16 labels."""
    labels = Canvas().lattice().numpy()
    shapes = {
        "flat sheet": labels,
        "Clifford torus": clifford_torus(16)[0],
        "ring torus": ring_torus(16)[0],
        "a name for each value": np.eye(16)[labels.astype(int)].reshape(256, 32),
        "random points": np.random.default_rng(0).normal(size=(256, 256)),
        "images of bumps": Canvas().render(labels).flatten(1).numpy(),
        "images of SOS": Canvas(kind="sos").render(labels).flatten(1).numpy(),
    }
    return {name: [additive_share(p, labels, step) for step in STEPS.values()] for name, p in shapes.items()}
