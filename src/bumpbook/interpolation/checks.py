"""Checks of chapter 4: copies of an edge, turned axes, wider bumps, products of pictures, perfect models."""

import math

import torch

from bumpbook.frame.answers import by_key, numbers
from bumpbook.frame.exercises import exercise
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import percentage
from bumpworld.measure import judge
from bumpworld.selection import lesion
from bumpworld.unet import UNetConfig

from . import coverage
from .kernel import nearness


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


@exercise(
    "interpolation-number",
    minutes=10,
    wants="a dict from the width (4, 8) to drawings of all its band's labels",
)
def number(answer):
    """How much of a band of 4 and of 8 columns does a network draw that is told turned axes?"""
    given, canvas = by_key(answer, (4, 8), _drawings), Canvas()
    right = {}
    for width, images in given.items():
        labels = lesion(8 - width // 2, 8 + width // 2).split(canvas).test["lesion"]
        if len(images) != len(labels):
            return f"the band of {width} has {len(labels)} labels, you give {len(images)} drawings."
        error = judge(images, labels, canvas)
        if float(error.residual.max()) < 1e-3:
            return f"for {width} these are the true pictures. Wanted is what your network draws."
        right[width] = float(error.right()[:, 2].float().mean())
    if right[8] > 0.5:
        return f"of the band of 8 {percentage(right[8])} are right. Was your network trained without it?"
    if right[4] < 0.6:
        return f"of the band of 4 only {percentage(right[4])} are right. Are its axes turned by 45°, and are the labels in order?"
    return None


@exercise("interpolation-partner", minutes=15, wants="a dict from the width (4, 8) to a pair of two shares")
def partner(answer):
    """What share of a band's labels has both turned numbers trained, and what share is a fourth corner?"""
    given = by_key(answer, (4, 8), lambda value, what: tuple(numbers(value, 2).tolist()))
    canvas, turned = Canvas(), UNetConfig.quick(label_code="turned", label_angle=45.0)
    for width, (known, corner) in given.items():
        split = lesion(8 - width // 2, 8 + width // 2).split(canvas)
        told = split.labels[split.held_out], split.train, turned, float(canvas.size)
        true = [
            float((measure(*told) < 0.1).double().mean()) for measure in (coverage.missing, coverage.corner)
        ]
        if not (0 <= known <= 1 and 0 <= corner <= 1):
            return "a share lies between 0 and 1."
        if corner > known + 1e-9:
            return f"at {width} more labels are corners than known. A corner's two numbers are trained."
        if abs(known - true[0]) > 0.005:
            return f"at {width} the share that is known is not right. Which u and v occur outside the band?"
        if abs(corner - true[1]) > 0.005:
            return (
                f"at {width} the share of corners is not right. All three other corners have to be trained."
            )
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


def _drawings(value, what):
    """Drawings of the plain world."""
    return torch.from_numpy(numbers(value, (None, 1, 16, 16), what)).float()
