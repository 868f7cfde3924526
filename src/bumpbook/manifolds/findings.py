"""Verdicts of chapter 3: what shape the representation takes, and how much of it was there before training."""

from statistics import mean

import numpy as np

from bumpbook.frame.findings import percent, register
from bumpbook.frame.pages import markdown_table, reading_time
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.represent import encoder_layer, representation, scores, two_d_labels
from bumpworld.instruments.topology import persistence, torus_evidence
from bumpworld.store import Result, ResultError, Store
from bumpworld.train import new_model

from .phases import by_world, world_name
from .seam import seam

NEAR = 50  # the noise level, in thousandths of the schedule, at which the records follow a representation
SHUFFLED = 19  # clouds of the null: the fewest that can reach the 5 % level
SHARED = 0.7  # a seam of this share of the open world's counts as open


@register("manifolds-time")
def time() -> str:
    return reading_time(3)


@register("manifolds-runs")
def runs() -> str:
    """How many runs of which world there are, and how many are left out."""
    found = found_runs()
    kept = [r for r in found if r.learned]
    counts = "; ".join(f"{len(group)} of {name}" for name, group in by_world(kept).items())
    left = len(found) - len(kept)
    text = f"The sweep has {len(found)} runs. Shown are {counts}."
    if not left:
        return text + " None had to be left out: all of them learned to draw their training labels."
    return text + f" Left out: {left} that never learned to draw their own training labels."


@register("manifolds-baselines")
def baselines() -> str:
    """Additive share of the encoder, beside its three baselines."""
    runs = _plain_runs()
    share = {name: [_score(r, name, "additive") for r in runs] for name in ("pixels", "encoder")}
    fresh = _untrained(runs)
    text = (
        f"The last layer of the trained encoder is additive to {percent(share['encoder'])}. The noisy pixels have "
        f"{percent(share['pixels'])}. An *untrained* network has {percent(fresh['encoder'])} in its encoder, and "
        f"{percent(fresh['condition'])} in the embedding of its condition. "
    )
    if mean(fresh["condition"]) >= mean(share["encoder"]) - 0.02:
        return text + (
            "The sum stands in the label's code before the first step. So this score cannot tell whether training found it or "
            "passed it on."
        )
    return text + "So training made the encoder more additive than the label's code had been at the start."


@register("manifolds-seam")
def closed() -> str:
    """Do the circles close? Seams of the shipped models, in the label's code, the encoder and the output."""
    rows, widths = [], {}
    for r in _shipped():
        labels = two_d_labels(r.experiment.canvas).numpy()
        fresh = representation(new_model(r.experiment).eval(), r.experiment.canvas, "condition", NEAR)
        clouds = (fresh, *(_points(r, layer) for layer in ("condition", encoder_layer(r.model), "head")))
        gaps = [seam(points, labels) for points in clouds]
        widths[world_name(r)] = gaps = [(gap.x + gap.y) / 2 for gap in gaps]
        rows.append([world_name(r), *(f"{gap:.1f}" for gap in gaps)])
    heads = [
        "seam, mean of x and y, one network each",
        "condition, untrained",
        "condition",
        "encoder",
        "output",
    ]
    text = markdown_table(heads, rows)
    torus, control = (widths.get(f"bumps, σ = 1{end}") for end in ("", ", open"))
    if torus is None or control is None:
        return text
    return f"{text}\n\n{_open_or_closed(torus, control)}"


def _open_or_closed(torus: list[float], control: list[float]) -> str:
    """What the seams of narrow bumps on the torus and in the open world say, as `closed` lists them."""
    if torus[2] < SHARED * control[2]:
        return "In the encoder, the seam of narrow bumps is narrower on the torus than in the open world."
    text = (
        "**For narrow bumps the encoder is an open sheet:** its seam is about as wide on the torus as in the open world, which has "
        "no torus to find."
    )
    if torus[0] < torus[1] and torus[0] < torus[2] / 2:
        text += (
            f" Our code has two ends, but it does not explain this by itself: in the condition the seam is {torus[0]:.1f} before training and "
            f"{torus[1]:.1f} after it."
        )
    if max(torus[3], control[3]) < 2:
        text += (
            " In the output, which is the picture, it is short in the open world, too: bumps that do not touch are all equally "
            "different, so that a short seam alone closes no circle."
        )
    return text


@register("manifolds-torus")
def homology() -> str:
    """Persistent homology of the shipped models' encoders, against shuffled clouds."""
    rows = []
    for r in _shipped():
        found = torus_evidence(persistence(_points(r, encoder_layer(r.model))), permutations=SHUFFLED)
        answer = "found" if found.holds() else "not found"
        rows.append([world_name(r), f"{found.p_h1:.2f}", f"{found.p_h2:.2f}", answer])
    heads = ["world", "p, two loops", "p, a void", "torus"]
    level = f"{100 / (SHUFFLED + 1):.0f} %, the smallest that {SHUFFLED} shuffled clouds can show"
    return f"A torus needs both at a level of {level}.\n\n{markdown_table(heads, rows)}"


# What the verdicts stand on


def found_runs() -> list[Result]:
    """All finished runs of the sweep. Raises ResultError when there are none."""
    store = Store()
    found = [store.load(e) for e in sweep("torus").experiments if store.has(e)]
    if not found:
        raise ResultError(f"no run of {sweep('torus').name!r} is in {store.root}")
    return found


def _shipped() -> list[Result]:
    """The runs whose weights are there, one of each world."""
    found = [r for r in found_runs() if r.model is not None and r.learned and r.experiment.seed == 0]
    if not found:
        raise ResultError(f"no weights of {sweep('torus').name!r} are in {Store().root}")
    return found


def _is_plain(result: Result) -> bool:
    canvas = result.experiment.canvas
    return canvas.periodic and canvas.kind == "bump" and canvas.sigma == 1


def _plain_runs() -> list[Result]:
    """The runs of narrow bumps on the torus that learned their labels."""
    found = [r for r in found_runs() if _is_plain(r) and r.learned]
    if not found:
        raise ResultError(f"no run of narrow bumps on the torus is in {Store().root}")
    return found


def _encoder_name(result: Result) -> str:
    return f"down{len(result.experiment.unet.channels) - 1}"


def _points(result: Result, layer: str, own_label: bool = True) -> np.ndarray:
    t = NEAR * result.model.schedule.steps // 1000
    return representation(result.model, result.experiment.canvas, layer, t, own_label=own_label)


def _score(result: Result, layer: str, name: str) -> float:
    """A score of the finished model, from its record."""
    rows = result.record["checkpoints"][-1]["geometry"]
    wanted = _encoder_name(result) if layer == "encoder" else layer
    return next(row[name] for row in rows if (row["layer"], row["t"]) == (wanted, NEAR))


def _untrained(runs: list[Result]) -> dict[str, list[float]]:
    """Additive shares of the runs' networks before their first step."""
    shares: dict[str, list[float]] = {"condition": [], "encoder": []}
    for result in runs:
        model = new_model(result.experiment).eval()
        rows = scores(model, result.experiment.canvas, ("condition", _encoder_name(result)), (NEAR,))
        for part, row in zip(shares, rows, strict=True):
            shares[part].append(row["additive"])
    return shares
