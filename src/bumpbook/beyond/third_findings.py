"""What chapter 8 measures on bumps of three factors."""

import math
from typing import NamedTuple

import pandas as pd
import torch
from torch import Tensor

from bumpbook.frame import studies
from bumpbook.frame.claims_composition import COMPOSES
from bumpbook.frame.findings import percent
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.tables import FINE
from bumpworld.canvas import Canvas
from bumpworld.instruments.emergence import WINDOW
from bumpworld.instruments.spread import spread, write

from . import third
from .width_world import FACTORS, NARROWEST, STEP, WidthWorld

# as the scoreboard's rule for composition grades shares
SURVIVES, FAILS = COMPOSES.limits[0].agrees, COMPOSES.limits[0].partly
ALIKE = 0.1  # shares that differ by no more are called the same
# brightness below which a bump is dim, and how much wider one way than the other it is called squashed
DIM, SQUASHED = 0.85, 1.15


def third_feature() -> str:
    """Shares right on the same labels for every way to hold them out, and what can be said of composing and of filling in."""
    table = studies.table(third.STUDY)
    table = table[table.learned_at.notna()]
    groups = {name: table[[held == ways for held in table.held_out]] for name, ways in third.HELD_OUT.items()}
    groups = {name: rows for name, rows in groups.items() if len(rows)}
    if not groups:
        return "No model of this study has learned its training labels: nothing can be said yet."
    rows = [
        [
            name,
            *(percent([shares[i] for shares in found.common]) for i in range(4)),
            percent(third.copied(third.HELD_OUT[name])),
        ]
        for name, found in groups.items()
    ]
    parts = [_composing(groups), _strictly(groups), _filling_in(groups), _multiplying(groups)]
    text = markdown_table(["held out", *FACTORS, "all three", "all three by copying"], rows)
    return f"{text}\n\n{' '.join(part for part in parts if part)}"


def at_least(share: float) -> str:
    """A bound from below as pages write it, rounded down: "at least 97 %", and "all" for 1."""
    # a share such as .29 is a little less than 29 hundredths in floating point
    return "all" if share >= 1 else f"at least {percent(math.floor(100 * share + 1e-9) / 100)}"


def _together(rows: pd.DataFrame) -> float:
    return float(pd.Series([shares[3] for shares in rows.common]).mean())


def _composing(groups: dict[str, pd.DataFrame]) -> str:
    new = {name: _together(rows) for name, rows in groups.items() if len(third.HELD_OUT[name]) > 1}
    if not new:
        return ""
    worst = min(new, key=new.get)
    if new[worst] >= SURVIVES:
        return f"Composition survives a third factor: of new triples and new pairs {at_least(new[worst])} are right."
    if new[worst] >= FAILS:
        return f"Composition survives in part: {worst} are {percent(new[worst])} right."
    return f"Composition does not survive everywhere: {worst} are only {percent(new[worst])} right."


def where_no_copy_is_right(groups: dict[str, pd.DataFrame]) -> float:
    """The least share of any network's new pairs or triples that is surely right within `FINE` of a place; NaN for no network."""
    new = [rows for name, rows in groups.items() if len(third.HELD_OUT[name]) > 1]
    measured = [found for rows in new for found in zip(rows.errors, rows["shape"], strict=True)]
    return min((third.surely(*found, FINE) for found in measured), default=float("nan"))


def _strictly(groups: dict[str, pd.DataFrame]) -> str:
    least = where_no_copy_is_right(groups)
    if pd.isna(least):
        return ""
    return (
        f"Shares within {FINE:g} px were not kept, the mean errors in x, y and width were: by Markov's inequality "
        f"{at_least(least)} of every network's new triples or pairs are right within {FINE:g} px and one step of width, where no copy is."
    )


def faded(name: str) -> float:
    """Share of the common labels that a fade between the nearest values trained on draws right, where one factor's are held out."""
    world, ways = WidthWorld(), third.HELD_OUT[name]
    mask, (factor,) = world.held_out(**ways), ways
    images = third.cross_fade(world, mask, factor)
    inside = world.held_out(**third.COMMON)[mask]
    right = world.judge(images[inside], world.lattice()[mask][inside]).right()[:, 3]
    return float(right.double().mean())


class Looks(NamedTuple):
    """Of one drawing: its brightest pixel, and how much wider it is along x than along y."""

    peak: float
    stretch: float


def looks(rows: pd.DataFrame) -> list[Looks]:
    """How the drawings of ``rows`` look that were kept; widths are root mean squares of the distance from the middle."""
    kept = [d for drawings in rows.get("gallery", pd.Series()).dropna() for d in drawings]
    found = []
    for image in (studies.from_text(drawing["drawn"]).double() for drawing in kept):
        across, along = (_rms(image.clamp(min=0).sum(axis)) for axis in (0, 1))
        found.append(Looks(float(image.max()), across / along))
    return found


def _rms(profile: Tensor) -> float:
    at, weight = torch.arange(len(profile)), profile / profile.sum()
    return float((weight * (at - (weight * at).sum()) ** 2).sum().sqrt())


def squashed_and_dim(rows: pd.DataFrame) -> bool:
    """Whether all kept drawings of ``rows`` fall short of full brightness and are wider along x than along y."""
    found = looks(rows)
    return bool(found) and all(look.peak < DIM and look.stretch > SQUASHED for look in found)


def kept_looks(rows: pd.DataFrame, name: str) -> str:
    """The same in numbers."""
    peaks, stretches = (sorted(column) for column in zip(*looks(rows), strict=True))
    return (
        f"The {len(peaks)} drawings that were kept of {name} reach a brightness of {peaks[0]:.2f} to {peaks[-1]:.2f}, and are "
        f"{stretches[0]:.1f} to {stretches[-1]:.1f} times as wide along x as along y; the mean error in x is {_off_in_x(rows)}."
    )


def _off_in_x(rows: pd.DataFrame) -> str:
    """Mean errors in x of the networks of ``rows``, the least and the largest, in pixels."""
    errors = [found[0] for found in rows.errors]
    return f"{min(errors):.2f} to {max(errors):.2f} px by network"


def unlike_chapter_4() -> bool:
    """Whether this frame is smaller, and the narrowest of the common bumps wider, than those of the plain world."""
    world, plain = WidthWorld(), Canvas()
    narrowest = NARROWEST + STEP * third.COMMON["width"][0]
    return world.size < plain.size and narrowest > plain.sigma


def _filling_in(groups: dict[str, pd.DataFrame]) -> str:
    """Values never seen: of the model, and of a fade between the nearest values seen."""
    texts, gains = [], []
    for name, rows in groups.items():
        if len(third.HELD_OUT[name]) > 1:
            continue
        fade, drawn = faded(name), _together(rows)
        gains.append(drawn - fade)
        texts.append(f"{name} {percent(drawn)} (a fade {percent(fade)}{_weakest(rows)})")
    if not texts:
        return ""
    like = (
        "In this they do as a fade would."
        if max(abs(g) for g in gains) <= ALIKE
        else "This is not what a fade would do."
    )
    return (
        "Values that were never seen are another matter. Right on the same labels, and in brackets what a plain fade between "
        f"the nearest trained images would score: {'; '.join(texts)}. {like}"
    )


def _weakest(rows: pd.DataFrame) -> str:
    """The factor that is read wrong most often, where one is."""
    means = [float(pd.Series([shares[i] for shares in rows.common]).mean()) for i in range(len(FACTORS))]
    if min(means) >= SURVIVES or means.count(min(means)) > 1:
        return ""
    return f"; most often wrong is the {FACTORS[means.index(min(means))]}"


def excess(groups: dict[str, pd.DataFrame]) -> tuple[float, float, float, int]:
    """Joint share minus the product of its parts where pairs or triples are new: each run's mean over the looks at which
    all three parts lie in the window of `emergence`, then mean, low, high and number over runs."""
    runs = []
    for name, rows in groups.items():
        if len(third.HELD_OUT[name]) < 2:
            continue
        for path in rows.path:
            looks = [look[1:] for look in path if all(WINDOW[0] <= share <= WINDOW[1] for share in look[1:4])]
            if looks:
                runs.append(sum(look[3] - third.product(look) for look in looks) / len(looks))
    return spread(runs)


def _multiplying(groups: dict[str, pd.DataFrame]) -> str:
    found = excess(groups)
    _, low, high, count = found
    if not count:
        return "No look along training caught all three parts half learned, so whether they multiply is not said."
    text = "While all three parts are half learned, the joint share is the product of the three "
    text += write(found, form="+.2f")
    if count == 1:
        return f"{text}."
    around = (
        "which is what independent parts give" if low <= 0 <= high else "so the parts are not independent"
    )
    return f"{text}: {around}."
