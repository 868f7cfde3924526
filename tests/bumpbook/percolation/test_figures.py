"""Figures of chapter 7 show what the lattices and the tables say, and refuse nonsense."""

import numpy as np
import pandas as pd
import pytest

from bumpbook import percolation
from bumpbook.percolation import onset_figures as onset
from bumpbook.percolation.curves import Curve, Estimate, largest_cluster_curve, transition_width
from bumpbook.percolation.rivals import OTHER, PERCOLATION, RIVALS, shown
from bumpworld.instruments.lattice import neighbours, predicted_onset, site_clusters
from bumpworld.instruments.onset import fit_threshold
from shared import assert_house_figure

MEASURED = {0.5: Estimate(0.2, 0.01), 1.0: Estimate(0.06, 0.002)}


def table(share=lambda sigma, labels: labels / 256, learned=True):
    """Rows as `tables.table` gives them, for two seeds."""
    rows = []
    for sigma in (0.25, 0.5, 1.0, 1.5):
        for labels in (8, 16, 32, 64) if sigma > 0.25 else (32,):
            for seed, normalised, region in np.ndindex(2, 2, 2):
                right = share(sigma, labels)
                rows.append({"key": f"{sigma}-{labels}-{seed}-{normalised}", "seed": seed, "sigma": sigma,
                             "normalised": bool(normalised), "region": ("train", "unseen")[region], "learned": learned,
                             "train_labels": labels, "both": right, "both_fine": right / 2, "size": 16,
                             "kind": "bump", "spacing": 1.0, "denoising_error": 0.01 * (region + 1)})  # fmt: skip
    return pd.DataFrame(rows)


def geometry():
    rows = table()[lambda t: t.region == "unseen"].assign(last=True, additive=0.4, dimension=5.0)
    layers = [rows.assign(layer=layer, t=t) for layer in ("pixels", "down1", "middle") for t in (50, 400)]
    return pd.concat(layers, ignore_index=True).assign(
        additive=lambda g: np.where((g.layer == "down1") & (g.t == 50), g.train_labels / 100, 9.0)
    )


def scores(best=PERCOLATION):
    rows = [(r.name, r.family, 0.5 if r.family == best else 0.1) for r in RIVALS]
    frame = pd.DataFrame(rows, columns=["rival", "family", "gain"]).set_index("rival")
    frame = frame.assign(low=frame.gain - 0.05, high=frame.gain + 0.05, models=90)
    return frame.sort_values("gain", ascending=False, kind="stable")


def onsets():
    rows = table(lambda sigma, labels: float(labels > 20))
    part = rows[(rows.sigma == 1.0) & (rows.region == "unseen")]
    never = fit_threshold(part.train_labels, 0 * part["both"], level=0.5, seeds=part.seed, draws=20)
    at_once = fit_threshold(part.train_labels, 0 * part["both"] + 1, level=0.5, seeds=part.seed, draws=20)
    reached = fit_threshold(part.train_labels, part["both"], level=0.5, seeds=part.seed, draws=20)
    return {(0.5, False): never, (1.0, False): reached, (1.5, True): at_once}


def curve(size=16):
    return largest_cluster_curve(size, neighbours(1), repeats=20)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: percolation.lattice_clusters(size=12),
        lambda: percolation.short_program(np.linspace(0, 1, 65), curve(8)),
        lambda: percolation.overlap_against_spacing(sigmas=(0.25, 1.0)),
        lambda: percolation.cluster_curves(sigmas=(0.1, 1.0), size=12, repeats=4),
        lambda: percolation.staircase(MEASURED),
        lambda: percolation.transition([curve(8), curve(16)]),
        lambda: onset.learning_onset(table()),
        lambda: onset.learning_losses(table()),
        lambda: onset.representation_onset(geometry()),
        lambda: percolation.onset_against_theory({"within 1 px": onsets(), "within 0.45 px": onsets()}),
        lambda: percolation.rival_scores({"a sigma left out": scores(), "a seed left out": scores(OTHER)}),
    ],
)
def test_figures_are_closed_as_wide_as_the_page_and_change_no_setting(draw):
    assert_house_figure(draw)


def test_dark_sites_are_the_largest_cluster_and_sites_are_only_added():
    figure = percolation.lattice_clusters((0.4, 0.6), size=24, seed=5)
    shown = [np.asarray(axes.images[0].get_array()) for axes in figure.axes]
    assert not ((shown[0] > 0) & (shown[1] == 0)).any()
    for picture in shown:
        names = site_clusters(picture > 0, neighbours(1)).labels
        assert np.array_equal(picture == 2, names == 0)


def test_the_slider_tells_the_share_that_its_frames_show():
    widget = percolation.cluster_slider(size=16, frames=3)
    stack, captions = widget.children[1:]
    assert len({bytes(child.value) for child in stack.children}) == 3
    shares = [int(label.value.split("holds ")[1].split("%")[0]) for label in captions.children]
    assert shares == sorted(shares)
    assert shares[0] < 30 < 90 < shares[-1]


def test_staircase_shows_the_prediction_and_the_measurement():
    axes = percolation.staircase(MEASURED).axes[0]
    line = axes.lines[0]
    width, height = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    at = np.argmin(abs(width - 0.5))
    assert height[at] == pytest.approx(0.1967)  # 20 neighbours: Xun, Hao and Ziff
    assert np.isnan(height[width < 0.217]).all()  # nothing in reach
    points = axes.containers[0].lines[0]
    assert points.get_xdata().tolist() == [0.5, 1.0]
    assert points.get_ydata().tolist() == [0.2, 0.06]


def test_marks_of_cluster_curves_stand_at_the_endless_lattice():
    figure = percolation.cluster_curves(sigmas=(0.5, 1.0), taus=(0.005,), size=16, repeats=8)
    marks = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    expected = [predicted_onset(s).staircase for s in (0.5, 1.0)]
    assert [float(line.get_xdata()[0]) for line in marks] == pytest.approx(expected)


def test_isolated_labels_stay_alone():
    figure = percolation.cluster_curves(sigmas=(0.1,), taus=(0.005,), size=16)
    line = figure.axes[0].lines[0]
    assert line.get_ydata()[-1] == pytest.approx(1 / 256)


def test_transition_width_of_a_straight_line():
    density = np.linspace(0, 1, 101)
    straight = Estimate(density, 0 * density)
    made = Curve(8, 4, False, 1, density, straight, straight, straight, straight, straight, straight)
    assert transition_width(made) == pytest.approx(0.8)
    assert transition_width(made, 0.25, 0.75) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="crossing=True"):
        transition_width(largest_cluster_curve(8, neighbours(1), repeats=2, crossing=False))
    with pytest.raises(ValueError, match="chances run from"):
        transition_width(largest_cluster_curve(8, neighbours(1), repeats=9, densities=[0.1, 0.2]))


def test_the_transition_narrows_as_the_exponent_says():
    """Width ~ size^(-1 / nu), nu = 4/3, so a factor 4 in size is 2.83 in width; small sizes deviate a little."""
    wide, narrow = (transition_width(largest_cluster_curve(n, neighbours(1), repeats=200)) for n in (16, 64))
    assert wide / narrow == pytest.approx(4**0.75, rel=0.15)


def test_onset_draws_every_model_once_and_no_control():
    figure = onset.learning_onset(table())
    plain = figure.axes[0]
    dots = [line for line in plain.lines if line.get_linestyle() == "None"]
    assert sum(len(line.get_xdata()) for line in dots) == 3 * 4 * 2  # widths, numbers of labels, seeds
    copies, *means = [line for line in plain.lines if line.get_linestyle() != "None"]
    assert len(means) == 3
    # a copy is right where one of at most eight neighbours is trained: 1 - (1 - n / 255)^8 and less at the rim
    assert list(copies.get_xdata()) == [8, 16, 32, 64]
    bound = 1 - (1 - np.array([8, 16, 32, 64]) / 255) ** 8
    assert (copies.get_ydata() < bound + 0.02).all()
    assert (copies.get_ydata() > 0.8 * bound).all()
    assert len(figure.axes[2].lines) == len(plain.lines) - 1  # within 0.45 px a copy is never right
    assert means[0].get_ydata().tolist() == [8 / 256, 16 / 256, 32 / 256, 64 / 256]
    assert means[0].get_label() == "σ = 0.5 px"


def test_representation_reads_the_encoder_on_nearly_clean_images():
    figure = onset.representation_onset(geometry())
    means = [line for line in figure.axes[0].lines if line.get_linestyle() != "None"]
    assert means[0].get_ydata().tolist() == [0.08, 0.16, 0.32, 0.64]


def test_losses_are_in_units_of_an_images_energy():
    figure = onset.learning_losses(table())
    unseen = [line for line in figure.axes[1].lines if line.get_label().startswith("σ")]
    pixels = np.exp(
        -((np.arange(16)[:, None] - np.arange(16)) ** 2)
    )  # squared profile at sigma 1, all places
    energy = pixels.sum(1).mean() ** 2 / 256
    assert unseen[1].get_ydata() == pytest.approx(np.full(4, 0.02 / energy), rel=1e-4)


def test_onsets_outside_what_was_measured_get_an_arrow_and_no_interval():
    axes = percolation.onset_against_theory({"within 1 px": onsets()}).axes[0]
    arrows = [text for text in axes.texts if text.arrow_patch is not None]
    assert sorted(text.xyann[1] for text in arrows) == [
        8,
        64,
    ]  # passed at the fewest, not reached by the most
    assert sorted(text.xy[1] for text in arrows) == pytest.approx([8 / 1.3, 64 * 1.3])  # where they point


def test_rivals_stand_in_order_and_only_percolations_best_are_kept():
    axes = percolation.rival_scores({"a sigma left out": scores(OTHER)}, most=11).axes[0]
    names = [tick.get_text() for tick in axes.get_yticklabels()]
    others = [shown(r.name) for r in RIVALS if r.family == OTHER]
    assert names[: len(others)] == others
    assert len(names) == 11


@pytest.mark.parametrize("draw", [onset.learning_onset, onset.learning_losses])
def test_without_a_model_that_learned_the_command_is_named(draw):
    with pytest.raises(FileNotFoundError, match="bumpworld run percolation"):
        draw(table(learned=False))
