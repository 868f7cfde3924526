"""Verdicts of chapter 3 about learning: dimension and phases along training, x with y or apart, other settings."""

from statistics import mean

import numpy as np
import pandas as pd

from bumpbook.frame import tables
from bumpbook.frame.claims import Limit, judge
from bumpbook.frame.findings import register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import table
from bumpbook.frame.sweeps import PRESETS, sweep
from bumpworld.instruments.spread import spread, write
from bumpworld.store import Result, ResultError

from .findings import NEAR, found_runs
from .noises_study import COUNTS, FIRST
from .noises_study import STUDY as NOISES
from .phases import by_world, coupling, crossing, learning_path, phase_starts, score_path

FALL, HALF = "share of the fall that is noise", 0.5  # as in results/predictions/first-noises.json
TOGETHER = 0.2  # excess over the product, as a share of the room, up to which x and y count as independent
MOMENTS = {
    "start": "at the first look",
    "half": "when half are right",
    "end": "at the end",
}


@register("manifolds-dimension")
def dimension() -> str:
    """Where the dimension ends in each world, and where it stands when half the labels are right."""
    return _three_moments("effective dimension", "dimension", ("start", "half", "end"))


@register("manifolds-dimension-noise")
def noise() -> str:
    """How much of the fall is noise that leaves the layer."""
    one, many, end, still = (
        [r[str(count)]["dimension"] for r in _scores(study)]
        for study in (FIRST, NOISES)
        for count in (1, COUNTS[-1])
    )
    share = spread([(a - b) / (a - c) for a, b, c in zip(one, many, end, strict=True)])
    verdict = judge({FALL: share}, (Limit(FALL, HALF, reach="up to"), Limit(FALL, partly=0.8, reach="below")))
    single, averaged, last, over = (spread(values) for values in (one, many, end, still))
    return state(
        f"**Noise is about half of the fall, or more.** In the plain torus world the dimension falls from {single.mean:.0f} to {last.mean:.1f} "
        f"under one noise, and from {averaged.mean:.0f} to {over.mean:.1f} over {COUNTS[-1]}.",
        share.n >= 3 and share.low > HALF - 0.15 and share.mean < HALF + 0.15 and averaged.low > over.high,
        f"Last encoder layer, t = 50, at the first checkpoint and at the end. {FALL[0].upper()}{FALL[1:]}: {write(share)}. Foretold: up to "
        f"{HALF:g}; verdict: {verdict.verdict}. What is left of the noise of {COUNTS[-1]} would go too if more were averaged.",
    )


def _scores(study) -> list[dict]:
    """Scores by the number of noises, of the networks of a study on the torus that it keeps, by seed."""
    rows = table(study)
    rows = rows[rows["periodic"] & rows["learned"]].sort_values("seed")
    if not len(rows):
        raise ResultError(f"no network of {study.name!r} is measured; run `{study.command}` first")
    return list(rows["scores"])


def _three_moments(title: str, name: str, moments: tuple[str, ...]) -> str:
    rows = [
        [world, *(write(spread([_along(r, name, when) for r in group])) for when in moments)]
        for world, group in by_world(r for r in found_runs() if r.learned).items()
    ]
    return markdown_table([title, *(MOMENTS[when] for when in moments)], rows)


@register("manifolds-phases")
def phases() -> str:
    """When the three phases begin, and how wide the middle one is."""
    rows, lengths, total = [], [], 0
    for name, group in by_world(r for r in found_runs() if r.learned).items():
        paths = [learning_path(r) for r in group]
        starts = [phase_starts(path) for path in paths]
        total += len(starts)
        lengths += [right - shape for shape, right in starts if None not in (shape, right)]
        shape, right = (spread([s for s in column if s is not None]) for column in zip(*starts, strict=True))
        widest = spread([path["misplaced"].max() for path in paths], share=True)
        rows.append([name, _steps(shape), _steps(right), write(widest)])
    heads = ["world", "B from step", "C from step", "share at a wrong place, at most"]
    seen = sum(length > 0 for length in lengths)
    text = (
        "Liang et al. (2024b) tell of three phases: in A a drawing has no single clean shape, in B it has one at a wrong place, in C at the right "
        f"one. A phase begins here once half of the labels are there. In {seen} of {total} runs B comes before C"
    )
    if seen:
        text += f", and lasts this many steps: {write(spread(lengths), form='.0f')}"
    return f"{text}.\n\n{markdown_table(heads, rows)}"


def _steps(found: tuple[float, float, float, int]) -> str:
    return write(found, form=".0f") if found[3] else "never"


@register("manifolds-coupled")
def coupled() -> str:
    """Are x and y right on the same labels, and at the same time?"""
    learned = [r for r in found_runs() if r.learned]
    parts, excesses, lags, waits, centred = [], {}, [], [], []
    for name, group in by_world(learned).items():
        paths = [learning_path(r) for r in group]
        room = coupling(paths).room
        if room[3]:
            excesses[name] = room[0]
        parts.append(f"{name} {write(room)}")
        when = [[crossing(path["step"], path[part]) for part in "xy"] for path in paths]
        when = np.array([pair for pair in when if None not in pair], dtype=float).reshape(-1, 2)
        lags += np.abs(when[:, 0] - when[:, 1]).tolist()
        waits += when.mean(axis=1).tolist()
        centred.append(when - when.mean(axis=0) if len(when) else when)
    if not excesses or not lags:
        return (
            "No run was looked at while x and y were both half learnt, so nothing can be said about coupling."
        )
    text = (
        "If x and y were learnt apart, the share near in both would be the product of the share near in x and the share near in y; if as much as possible "
        "together, the smaller of the two. What the share in both has above the product, as a part of the way up to the smaller one: "
        + "; ".join(parts)
        + ". "
    )
    strongest = max(excesses, key=lambda name: abs(excesses[name]))
    if abs(excesses[strongest]) <= TOGETHER:
        text += "In each world, then, being right in x says little about being right in y on the same label. "
    else:
        verb = "go together" if excesses[strongest] > 0 else "avoid each other"
        text += (
            f"Being right in x and being right in y {verb} on the same label, most of all for {strongest}. "
        )
    text += (
        f"In time, half the labels are near in x and in y within {mean(lags):.0f} steps of each other, after "
        f"{mean(waits):.0f} steps of waiting"
    )
    pairs = np.concatenate(centred)
    if len(pairs) > 4 and pairs.std(axis=0).min() > 0:
        text += f"; over runs of one world the two moments correlate at {np.corrcoef(pairs.T)[0, 1]:.2f}"
    return text + "."


@register("manifolds-robust")
def robust() -> str:
    """The encoder's scores under other settings, where those runs are there."""
    declared = [e for e in sweep("robustness").experiments if e.geometry]
    table = _encoder(tables.geometry(sweep("robustness")))
    groups = {"our setting": _encoder(_plain_table())}
    if len(table):
        groups |= dict(list(table.groupby(table.apply(_change, axis=1), sort=False)))
    scores = ("additive", "parallel", "dimension")
    rows = [[name, *(write(spread(group[s])) for s in scores)] for name, group in groups.items()]
    text = markdown_table(["setting", "additive share", "parallelism", "dimension"], rows)
    means = {name: group["additive"].mean() for name, group in groups.items()}
    low, high = min(means, key=means.get), max(means, key=means.get)
    text += f"\n\nThe additive share runs from {means[low]:.2f} ({low}) to {means[high]:.2f} ({high})."
    missing = len(declared) - table["key"].nunique()
    if missing:
        text += (
            f" Of {len(declared)} declared runs, {missing} are not finished or did not learn their labels."
        )
    return text


def _along(result: Result, name: str, when: str) -> float:
    """A score of the encoder at the "start", the "end", or when "half" are right."""
    scores, path = score_path(result), learning_path(result)
    if when in ("start", "end"):
        return float(scores[name].iloc[0 if when == "start" else -1])
    half = crossing(path["step"], path["right"])
    return float("nan") if half is None else float(np.interp(half, scores["step"], scores[name]))


def _encoder(table: pd.DataFrame) -> pd.DataFrame:
    """Finished, learned, periodic models in a geometry table: the last encoder layer at low noise."""
    rows = tables.learned(table[table["last"] & table["periodic"] & (table["t"] == NEAR)])
    return rows[rows["layer"] == rows["layer"][rows["layer"].str.startswith("down")].max()]


def _plain_table() -> pd.DataFrame:
    table = tables.geometry(sweep("torus"))
    return table[(table["kind"] == "bump") & (table["sigma"] == 1)]


def _change(row: pd.Series) -> str:
    """What a model of the sweep "robustness" does otherwise than ours, in words."""
    base = PRESETS["quick"].base
    if row["target"] != base.target:
        return f"target `{row['target']}`" + (", falling rate" if row["annealed"] else "")
    if row["place"]:
        return "a map of places for the label"
    if row["max_frequency"] != base.unet.label_frequencies[1]:
        smooth = row["max_frequency"] < base.unet.label_frequencies[1]
        return f"a {'smoother' if smooth else 'sharper'} code of labels"
    if row["channels"] != "-".join(map(str, base.unet.channels)):
        return f"channels {row['channels']}"
    return "our setting again"
