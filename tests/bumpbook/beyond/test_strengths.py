"""Two factors of unequal strength: drawn and read as they should be, and a finding that rests on its records."""

import math
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bumpbook import beyond
from bumpbook.beyond import strength_findings, strengths
from bumpbook.beyond.strengths import EQUAL, STUDY, UNEQUAL, UnevenWorld
from bumpbook.frame import studies
from bumpbook.frame.findings import Unsupported
from bumpbook.frame.predictions import read_predictions
from bumpworld import Canvas
from bumpworld.store import Store
from made_up import write_study
from shared import ROOT

KINDS = ("bump", "sos")


@pytest.mark.parametrize("kind", KINDS)
def test_of_equal_widths_it_is_the_plain_world(kind):
    labels = torch.tensor([[3.0, 12.0], [0.25, 7.5]])
    torch.testing.assert_close(UnevenWorld(kind, EQUAL).render(labels), Canvas(kind=kind).render(labels))


@given(st.floats(0, 15), st.floats(0, 15))
def test_a_bump_is_the_product_of_two_gaussians(x, y):
    image = UnevenWorld("bump", (1.0, 2.0)).render(torch.tensor([[x, y]]))[0, 0].double().numpy()
    rows, columns = np.mgrid[:16, :16]
    truth = np.exp(-((columns - np.float32(x)) ** 2) / 2 - (rows - np.float32(y)) ** 2 / 8)
    np.testing.assert_allclose(image, truth, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_drawn_is_read_back(kind):
    world = UnevenWorld(kind)
    labels = world.canvas.lattice() * 0.9 + 0.1
    noisy = world.render(labels) + 0.02 * torch.randn(
        256, 1, 16, 16, generator=torch.Generator().manual_seed(0)
    )
    found = world.read(noisy)
    # within half a quarter of a pixel, and what the noise moves
    assert (found.at - labels).abs().max() <= 0.25
    assert found.right(labels, 0.45).all()
    assert not found.right(labels + torch.tensor([2.0, 0.0]))[:, [0, 2]].any()
    assert found.right(labels + torch.tensor([2.0, 0.0]))[:, 1].all()
    blank = world.read(torch.zeros(1, 1, 16, 16))
    assert not blank.right(blank.at).any()


def test_strength_is_that_of_the_formula():
    """On a frame so large that edges do not count, means over the other factor are Gaussians of known energy."""
    size, (narrow, wide) = 64, UNEQUAL
    x, y = UnevenWorld("bump", UNEQUAL, size).strength()
    energy = lambda sigma: sigma * math.sqrt(math.pi)
    mean = lambda sigma: sigma * math.sqrt(2 * math.pi) / size
    # |g|^2 less the square of its mean, times the other factor's mean squared over all of the frame
    own = {s: energy(s) - size * mean(s) ** 2 for s in UNEQUAL}
    assert x == pytest.approx(own[narrow] * size * mean(wide) ** 2, rel=0.05)
    assert y == pytest.approx(own[wide] * size * mean(narrow) ** 2, rel=0.05)
    x, y = UnevenWorld("sos", UNEQUAL, size).strength()
    assert x == pytest.approx(own[narrow] * size / 4, rel=0.05)
    assert y == pytest.approx(own[wide] * size / 4, rel=0.05)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: UnevenWorld("ring"), "kind is 'ring'"),
        (lambda: UnevenWorld(widths=(1.0,)), "are two"),
        (lambda: UnevenWorld(widths=(1.0, 0.0)), "widths is 0.0"),
        (lambda: UnevenWorld(size=3), "size is 3"),
        (lambda: UnevenWorld().read(torch.zeros(2, 1, 8, 8)), "images"),
        (lambda: UnevenWorld().render(torch.tensor([[16.0, 0.0]])), "outside"),
    ],
)
def test_errors_name_what_is_allowed(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def run(x_at, y_at, y_half=None, x_part=0.0, looks=12):
    """What the study holds of a network that learns x and y at the given looks, y by half at an earlier one, and a part of x
    one look earlier."""
    half = y_at if y_half is None else y_half
    part = lambda look: x_part * (look == x_at - 1) + (look >= x_at)
    shares = [
        [float(part(look)), (look >= half) / 2 + (look >= y_at) / 2, float(look >= max(x_at, y_at))]
        for look in range(looks)
    ]
    missed = [1.0, 1.2, *([0.1] * (looks - 2))]
    return {"trained": shares, "unseen": shares, "unseen_fine": shares, "missed": missed}


@pytest.fixture
def say(tmp_path, monkeypatch):
    monkeypatch.setenv("BUMPWORLD_RESULTS", str(tmp_path))
    (tmp_path / "predictions").mkdir()
    shutil.copy(ROOT / "results" / "predictions" / "strengths.json", tmp_path / "predictions")

    def finding(stripes=(9, 5), bumps=(4, 5, 4), equal=(4, 4)):
        looks = {("sos", 2.0): stripes, ("bump", 2.0): bumps, ("sos", 1.0): (6, 6), ("bump", 1.0): equal}
        made = lambda setting, seed: run(*looks[setting["kind"], setting["widths"][1]])
        write_study(STUDY, Store(tmp_path), made, 5)
        return strength_findings.strengths()

    return finding


def test_the_finding_says_when_half_was_right(say):
    """Looks are at 5, 10, 15, ... steps: what leaps at the fifth crosses a half at 22.5, and nine in ten at 24.5."""
    text = say()
    assert "comes first, after 28 steps against 48." in text and "with equal widths after 32 steps" in text
    # y has a half at 25 steps and nine in ten at 29
    early, late = 25 / 22.5, 29 / 24.5
    assert f"y comes {100 * early - 100:.0f} % later than x at one half, and {100 * late - 100:.0f} %" in text
    assert f"(nine in ten: {100 * late - 100:.0f} %)" in text
    assert "5 of 5 networks of bumps have it for x and for y at the same look" in text
    alike = "(n = 5, all alike)"
    assert f"| 0.5 | 1.00 {alike} | 1.00 {alike} | {early:.2f} {alike} | 1.00 {alike} |" in text
    assert f"| 0.9 | 1.20 {alike} | 1.00 {alike} | {late:.2f} {alike} | 1.00 {alike} |" in text
    # the committed prediction is judged on whole looks
    assert "look of y over look of x, bumps: 1.00 (n = 5, all alike)" in text
    assert "| agrees |" in text and "agrees, and so does the null" in text


@pytest.mark.parametrize(
    "change",
    [
        {"stripes": (5, 5)},
        {"stripes": (5, 9)},
        # stripes hardly apart
        {"stripes": (11, 10), "bumps": (10, 11, 10)},
        # bumps not told apart, far apart at nine in ten or at half, and told apart at whole looks, too
        {"bumps": (5, 6, 4, 0.5)},
        {"bumps": (4, 10, 4)},
        {"bumps": (1, 2, 1)},
        {"bumps": (9, 11, 10)},
        # a lag that does not grow: 25 over 23.1 steps, and 29 over 27.5
        {"bumps": (5, 5, 4, 0.8)},
        # equal widths apart at nine in ten, and at half
        {"equal": (5, 6, 4, 0.5)},
        {"equal": (5, 5, 3, 0.5)},
    ],
)
def test_the_finding_ends_the_build_where_networks_do_otherwise(say, change):
    with pytest.raises(Unsupported, match="Stripes: the wide, strong factor"):
        say(**change)


def test_a_share_that_is_never_reached_has_no_step():
    never = pd.DataFrame({"trained": [[[0.0, 0.2, 0.0], [0.4, 0.6, 0.0]]]})
    at = strength_findings.crossed_at(never)
    assert np.isnan(at[0, 0]) and at[0, 1] == pytest.approx(5 + 5 * 0.75)
    assert np.isnan(strength_findings.later(never)).all()


def test_limits_are_those_that_were_written_down():
    said = {p["name"]: p for p in read_predictions("strengths", Store(ROOT / "results"))["predictions"]}
    assert list(said) == list(strength_findings.LIMITS)
    for name, limits in strength_findings.LIMITS.items():
        for verdict in ("agrees", "partly"):
            told = [f"{x.reach} {getattr(x, verdict):g}" for x in limits if getattr(x, verdict) is not None]
            assert [said[name][verdict]] == [text.replace("0.", ".") for text in told]


def test_the_figure_shows_every_network():
    table = studies.table(STUDY)
    figure = beyond.unequal_factors(table)
    assert [axes.get_title().split(":")[1] for axes in figure.axes] == [
        " x is the stronger factor",
        " y is the stronger factor",
    ]
    assert all(len(axes.lines) == 12 for axes in figure.axes)
    assert figure.draw_narrow is not None
    with pytest.raises(ValueError, match="no network"):
        beyond.unequal_factors(table[table.kind == "bump"])


@pytest.mark.long
def test_a_short_training_is_measured():
    found = strengths.measure({"kind": "bump", "widths": [1.0, 2.0]}, 0)
    assert len(found["trained"]) == strengths.STEPS // strengths.LOOK_EVERY
    assert found["trained"][-1][2] > 0.9 and found["missed"][-1] < 0.2
