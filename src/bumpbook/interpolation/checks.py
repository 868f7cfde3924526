"""Checks of chapter 4: copies of an edge, chance, wider bumps, products of pictures, perfect models."""

import math

import torch

from bumpbook.frame.answers import by_key, numbers
from bumpbook.frame.exercises import exercise
from bumpworld.canvas import Canvas
from bumpworld.diffusion import sample
from bumpworld.store import Store
from bumpworld.unet import UNetConfig

from . import lesions
from .kernel import nearness
from .outcomes import edge_weights


@exercise(
    "interpolation-two", minutes=5, wants="a dict from the width w (4, 6, 8, 10) to the share drawn right"
)
def two_over_w(answer):
    """What share of a lesion does a model draw right that copies the nearer edge?"""
    given = by_key(answer, (4, 6, 8, 10))
    for width, share in given.items():
        # of its columns, by hand
        right = sum(min(column + 1, width - column) <= 1 for column in range(width))
        if abs(share - right / width) < 0.005:  # two decimals will do
            continue
        if abs(share * width - 1) < 0.05:
            return f"at w = {width} you count one side. A lesion has two edges."
        if not 0 <= share <= 1:
            return "a share lies between 0 and 1."
        return f"not at w = {width}. Which columns lie within one pixel of the nearest trained one?"
    return None


@exercise("interpolation-chance", minutes=15, wants='a dict with spreads at 0, 1 and "coin"')
def chance(answer):
    """How much does the left edge's weight vary from noise to noise, with eta = 0, with eta = 1, and for a coin?"""
    given = by_key(answer, (0, 1, "coin"))
    if any(spread < 0 for spread in given.values()):
        return "a spread is not negative."
    if abs(given["coin"] - 0.5) > 0.02:  # of 48 tosses, some take n - 1 for n
        return "a coin gives a weight of 0 or of 1. What is the standard deviation of that?"
    store = Store()
    experiment = lesions.shown(store)[8]
    model, canvas, ends = (
        lesions.stored_model(experiment, store),
        experiment.canvas,
        lesions.sides(experiment),
    )
    many = torch.tensor([[7.0, 8.0]]).expand(48, 2)
    for eta in (0, 1):
        images = sample(model, many, 10, eta, torch.Generator().manual_seed(1))
        true = float(edge_weights(images, many, canvas, ends)[0][:, 0].std())
        if given[eta] == 0:
            return f"with eta = {eta} nothing varies. Did all 48 drawings start from the same noise?"
        if not true / 2 < given[eta] < 2 * true:
            # 48 noises give a spread to a tenth, and another number of steps moves it more than that
            way = "less" if given[eta] > true else "more"
            return f"with eta = {eta} the stored model varies {way}. Standard deviation of the left weight?"
    return None


@exercise(
    "interpolation-wider",
    minutes=15,
    wants='a dict from σ (1, 2, 3) to a dict with gaps at "smoother", "as here", "sharper"',
)
def wider(answer):
    """Which is the widest gap that a regression bridges, for σ = 1, 2 and 3 and three codes of the label?"""
    low, high = UNetConfig.quick().label_frequencies
    tops = {"smoother": high / 4, "as here": high, "sharper": 2 * high}
    given = by_key(answer, (1, 2, 3), lambda value, what: by_key(value, tops))
    for sigma, gaps in given.items():
        for name, gap in gaps.items():
            world, unet = Canvas(size=24, sigma=sigma), UNetConfig(label_frequencies=(low, tops[name]))
            true = max((g for g in range(2, 18) if nearness(world, g, unet) >= 0.9), default=0)
            if gap == true:
                continue
            if abs(gap * sigma - true) < 1e-6:
                return f"at σ = {sigma} this is the gap in units of σ. Wanted is the gap in pixels."
            return f"at σ = {sigma} it is not {gap:g} for the code {name!r}. Gaps from 2 to 17, in a frame of 24?"
    return None


@exercise("interpolation-multiply", minutes=20, wants="a pair of numbers, a column and a brightness")
def multiply(answer):
    """Where is the geometric mean of bumps at columns 3 and 12 with s = 1/3, and how bright before it is divided?"""
    x, brightness = numbers(answer, 2)
    left, right, s = 3.0, 12.0, 1 / 3
    columns = torch.arange(16, dtype=torch.float64)
    mean = torch.exp(-((1 - s) * (columns - left) ** 2 + s * (columns - right) ** 2) / 2)
    place, height = int(mean.argmax()), float(mean.max())  # the place is a column of the frame here
    if abs(x - place) > 0.1:
        if abs(x - (left + right - place)) < 0.1:
            return "this is the mean with s = 2/3. The larger weight pulls to its own side."
        return "the place is not right. Complete the square in the exponent."
    if brightness <= 0:
        return "the place is right. A geometric mean of positive pixels is positive."
    if abs(math.log(brightness / height)) < 0.1:  # pixels below the smallest number may be raised a little
        return None
    if abs(brightness - 1) < 0.1:
        return "the place is right. Wanted is the brightest pixel *before* you divide by it."
    return "the place is right. The brightness is what is left in the exponent after the square is completed."


@exercise(
    "interpolation-perfect", minutes=20, wants="a pair of rows (x, brightness), one for each of two bumps"
)
def perfect(answer):
    """Where do the two bumps lie that come out of two perfect models, and how bright are they?"""
    bumps = sorted(numbers(answer, (2, 2)).tolist())
    (x, _), (other, _) = bumps
    if any(4 <= place <= 11 for place in (x, other)):
        return "one of them lies in the gap. What can an average of pictures from both sides contain?"
    if x > 4 or other < 11:
        return "both lie on the same side. Which pictures does each of the two denoisers know?"
    # each estimate is one of its own pictures, a full bump, in the end; half of it remains in the mixture
    if all(abs(brightness - 0.5) < 0.1 for _, brightness in bumps):
        return None
    return "the places are right. With weights that add up to one, how bright can two bumps be together?"
