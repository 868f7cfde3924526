"""Checks of chapter 1: narrow corners, stripes counted, reach, ghosts, steps at the edge, and how few pictures do."""

import math

import numpy as np
import torch

from bumpbook.frame.answers import WrongKind, by_key, number, numbers
from bumpbook.frame.exercises import exercise
from bumpworld.canvas import Canvas
from bumpworld.instruments.spread import percentage
from bumpworld.measure import MAX_RESIDUAL, read_centers

CORNERS = ((12, 11), (4, 4), (4, 11))  # of the rectangle in the text; the fourth is (12, 4)


@exercise("worlds-narrow", minutes=15, wants="the image of the fourth corner, with 16 rows of 16 pixels")
def narrow(answer):
    """Which image stands at the fourth corner (12, 4) when the bumps have σ = 1?"""
    given = torch.as_tensor(answer).detach().cpu().squeeze()
    if given.shape != (16, 16) or given.is_complex():
        raise WrongKind(f"this has the shape {tuple(torch.as_tensor(answer).shape)}")
    given = given.double()
    if not given.isfinite().all():
        return "some pixels are not finite. What is a narrow bump far from its centre, in numbers of 32 bits?"
    world = Canvas(sigma=1.0)
    a, b, c = world.render(CORNERS)[:, 0].double()
    near = lambda picture: torch.allclose(given, picture, atol=1e-3)  # 32 bits leave less than that
    if near(world.render([[12, 4]])[0, 0].double()):
        return None
    if near(a + b - c):
        return "these are the two bumps and the hole that adding gives."
    found = read_centers(given[None, None].float(), world)
    x, y = found.centers[0].tolist()
    if found.residual < 0.05 and abs(x - 12) + abs(y - 4) < 0.1:
        return "the bump is nearly there, but some pixels are wrong. Look at those where the rule gave no number."
    if found.residual > 0.5 or not (0 <= x <= 15 and 0 <= y <= 15):
        return "no bump of this width explains the image. Which rule makes a bump of three others, and where does it break?"
    missed = f"{percentage(found.residual.item())} of the variance"
    return f"the bump that fits best lies at ({x:.1f}, {y:.1f}) and misses {missed}."


@exercise("worlds-count", minutes=10, wants='a dict with whole numbers at "margin", "two", "one" and "none"')
def count(answer):
    """At which margin do half of all labels of a frame of 16 pixels show stripes, and how many show how much?"""
    given = by_key(answer, ("margin", "two", "one", "none"))
    margin = given.pop("margin")
    if margin != int(margin) or not 0 <= margin <= 100:
        return "a margin is a whole number of pixels, and this one is below 100."
    world = Canvas(size=16, margin=int(margin))
    factors = world.visible(world.lattice()).sum(1)
    true = {word: int((factors == shown).sum()) for word, shown in (("two", 2), ("one", 1), ("none", 0))}
    if 2 * true["one"] != len(factors):
        share = true["one"] / len(factors)
        return f"with a margin of {int(margin)}, {percentage(share)} of the labels show one factor; wanted is a half."
    wrong = [word for word, labels in true.items() if labels != given[word]]
    if not wrong:
        return None
    if all(math.isclose(given[word] * len(factors), true[word]) for word in true):
        return "the margin is right, and so are the shares. Wanted are numbers of labels."
    total = f"There are {len(factors)} labels in all, and yours add up to {sum(given.values()):g}."
    return f'the margin is right, the number at "{wrong[0]}" is not. {total}'


@exercise("worlds-reach", minutes=10, wants="a whole number of neighbours")
def reach(answer):
    """How many neighbours overlap with a label by 0.005 or more, far from the edges, at σ = 1?"""
    given, threshold = number(answer), 0.005
    true = _within(2 * math.sqrt(math.log(1 / threshold)))
    if given == true:
        return None
    if given == true + 1:
        return "a label is not its own neighbour."
    if abs(given - 2 * math.sqrt(math.log(1 / threshold))) < 0.1:
        return "this is the distance r. How many lattice points lie within it?"
    if given in (
        _within(math.sqrt(2 * math.log(1 / threshold))),
        _within(math.sqrt(math.log(1 / threshold))),
    ):
        return "look at the exponent again: the *overlap* of two bumps falls more slowly than a bump does."
    return "count the pairs of whole numbers (a, b), other than (0, 0), with a distance from (0, 0) of at most r."


def _within(radius: float) -> int:
    """Lattice points around one, itself left out."""
    steps = range(-20, 21)
    return sum(a * a + b * b <= radius * radius for a in steps for b in steps) - 1


@exercise("worlds-ghost", minutes=10, wants="a brightness from 0 to 1")
def ghost(answer):
    """From which brightness of a ghost on is an image with the right bump counted wrong?"""
    given = number(answer)
    world = Canvas(sigma=1.0)
    clean, other = world.render([[8, 6], [13, 11]]).split(1)
    misses = lambda brightness: read_centers(clean + brightness * other, world).residual.item()
    low, high = 0.0, 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if misses(middle) < MAX_RESIDUAL else (low, middle)
    if abs(given - low) <= 0.011:  # a scan in steps of a hundredth ends one step off at most
        return None
    if abs(given - MAX_RESIDUAL) < 0.01:
        return (
            "this is the limit of the residual. How does the residual grow with the brightness of the ghost?"
        )
    if abs(given - math.sqrt(MAX_RESIDUAL)) < 0.005:
        return "very near. A bump's own mean is small, but it is not nothing: measure."
    return f"with a ghost of this brightness the residual is {misses(min(max(given, 0), 1)):.2f}."


@exercise("worlds-equal", minutes=10, wants="a list of the columns x from which the smallest steps start")
def equal(answer):
    """From which columns does a step to the right change the image least, in the open world with σ = 1.5?"""
    given = {float(x) for x in numbers(answer, (None,))}
    world = Canvas(sigma=1.5)
    row = world.render([[x, 8] for x in range(16)]).flatten(1)
    size = (row[1:] - row[:-1]).norm(dim=1)
    true = {float(x) for x in torch.nonzero(torch.isclose(size, size.min(), rtol=1e-4))}
    if given == true:
        return None
    if given < true:
        return "there is another step that is just as small."
    if given & true:
        return "not all of these are the smallest. Compare their sizes."
    return "a step from x leads to x + 1, and there is no step from the last column. Look at the size of every one."


@exercise("worlds-few", minutes=20, wants="a list of labels (x, y), as few as possible")
def few(answer):
    """Which pictures, as few as possible, give all 256 by the rule of the three corners?"""
    given = numbers(answer, (None, 2)) if len(answer) else np.zeros((0, 2))
    if (given != given.round()).any() or given.min(initial=0) < 0 or given.max(initial=0) > 15:
        return "a label holds two whole numbers from 0 to 15."
    known = np.zeros((16, 16), dtype=int)
    known[tuple(given.astype(int).T)] = 1
    for _ in range(5):
        # (x, y) from (x, y'), (x', y') and (x', y); each round triples the longest chain of them
        known = np.minimum(known @ known.T @ known, 1)
    known = int(known.sum())
    labels = len(np.unique(given, axis=0))
    if known < 256:
        return f"from these {labels} labels follow {known} of 256, themselves included."
    if labels > 16 + 16 - 1:  # fewer lines cannot join 16 columns and 16 rows
        return f"all 256 follow from these {labels} labels, and from fewer as well."
    return None
