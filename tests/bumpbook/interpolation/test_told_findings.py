"""Sentences of chapter 4 on turned axes for other targets, sizes and networks follow the records."""

import shutil

import pytest
import torch

from bumpbook.frame.findings import Unsupported, finding
from bumpbook.frame.sweeps import sweep
from bumpbook.interpolation import lesions
from made_held_out import keep
from shared import ROOT


@pytest.mark.parametrize(
    ("eps", "v", "plain", "holds"),
    [(0.1, 0.1, 3.0, True), (3.0, 0.1, 3.0, False), (0.1, 3.0, 3.0, False), (0.1, 0.1, 0.1, False)],
)
def test_turned_axes_have_to_fill_the_band_for_both_other_targets(store, eps, v, plain, holds):
    for e in sweep("told-targets").experiments:
        keep(store, e, error_x={"eps": eps, "v": v}[e.target] if e.unet.label_angle else plain)
    if holds:
        text = finding("interpolation-told-targets").data
        assert (
            "told x and y draw 0 % of the band, told turned axes 100 %; trained for v, 0 % and 100 %" in text
        )
        assert text.count("| agrees |") == 2
        return
    with pytest.raises(Unsupported, match="the usual target of a DDPM"):
        finding("interpolation-told-targets")


def told(store, preset, turned, plain, **more):
    """Records of the band of four at the paper's size, with these errors in x under turned and plain axes."""
    source = sweep("slider", preset)
    for e in source.experiments:
        wrong = turned if e.unet.label_angle else plain
        first = early(e, source)
        # turned axes are learned later
        own = {"trained": 0.8} if first and e.unet.label_angle else {}
        keep(store, e, error_x=half(e) if first else wrong, steps=e.steps, **own | more)


def early(experiment, source):
    """Is it of the fewer steps that a preset tries?"""
    return experiment.steps < max(other.steps for other in source.experiments)


def half(experiment, share=0.5):
    """Errors of which the first so many rows are right."""
    labels = experiment.canvas.size**2
    return torch.where(torch.arange(labels) < share * labels, 0.1, 3.0)


@pytest.mark.parametrize(
    ("turned", "plain", "holds"), [(0.1, 3.0, True), (3.0, 3.0, False), (0.1, 0.1, False)]
)
def test_turned_axes_have_to_fill_the_band_at_the_papers_size(store, turned, plain, holds):
    told(store, "paper-world", turned, plain)
    if holds:
        text = finding("interpolation-told-larger").data
        assert "draw 0 % of the band of four told x and y, and 100 % told turned axes" in text
        assert "| agrees |" in text and "as the paper draws it" not in text
        return
    with pytest.raises(Unsupported, match="a frame of the paper's size"):
        finding("interpolation-told-larger")


def test_the_papers_network_is_judged_by_its_extremes(store):
    told(store, "paper-network", 0.1, 3.0)
    text = finding("interpolation-told-network").data
    assert "Trained for 2400 steps, networks told x and y draw 0 %" in text
    assert "of the band, told turned axes 100 %" in text and "**Agrees**" in text
    assert "After 1200 steps one network each drew half: 50 % told x and y, 50 % told turned axes" in text
    # its networks judge nothing else
    told(store, "paper-world", 0.1, 3.0)
    assert "as the paper draws it" not in finding("interpolation-told-larger").data
    source = sweep("slider", "paper-network")
    lucky = next(e for e in source.experiments if not e.unet.label_angle and not early(e, source))
    store.record_path(lucky).unlink()
    keep(store, lucky, error_x=0.1, steps=lucky.steps)
    with pytest.raises(Unsupported, match="as the paper draws it"):
        finding("interpolation-told-network")


@pytest.mark.parametrize(
    ("share", "plain", "holds"), [(0.5, 3.0, True), (1.0, 3.0, False), (0.1, 3.0, False), (0.5, 0.1, False)]
)
def test_the_band_of_eight_has_to_fill_in_part(store, share, plain, holds):
    for e in sweep("slider", "paper-world").experiments:
        if lesions.width(e) == 8:
            keep(store, e, error_x=half(e, share) if e.unet.label_angle else plain)
    if holds:
        assert (
            "told turned axes draw 50 % of it; told x and y, 0 %" in finding("interpolation-told-eight").data
        )
        return
    with pytest.raises(Unsupported, match="some of a band of eight"):
        finding("interpolation-told-eight")


def test_a_network_that_draws_too_few_of_its_own_labels_does_not_judge(store):
    """It is in the fold, and not in the sentence; where all are like this, nothing is said."""
    source = sweep("slider", "paper-network")
    for e in source.experiments:
        first, filled = early(e, source), 0.1 if e.unet.label_angle else 3.0
        keep(store, e, error_x=half(e) if first else filled, trained=0.8 if first else 0.0, steps=e.steps)
    text = finding("interpolation-told-network").data
    sentence, fold = text.split("<details", 1)
    assert "told x and y draw 0 %" in sentence and "| 1200 | 0 % |" in fold and "| 2400 | 100 % |" in fold
    told(store, "paper-network", 0.1, 3.0, trained=0.8)
    assert "Not measured here" in finding("interpolation-told-network").data
    told(store, "paper-world", 0.1, 3.0, trained=0.8)
    assert "Not measured here" in finding("interpolation-told-larger").data


@pytest.mark.parametrize(
    ("small", "larger", "late", "holds"),
    [(3.0, 3.0, 3.0, True), (0.1, 3.0, 3.0, False), (3.0, 0.1, 3.0, False), (3.0, 3.0, 0.1, False)],
)
def test_longer_training_may_fill_plain_axes_in_neither_frame(store, small, larger, late, holds):
    """Errors in x of networks told x and y, by frame, and after many steps, where those told turned axes draw everything."""
    shutil.copytree(ROOT / "results" / "predictions", store.root / "predictions")
    for e in sweep("reach").experiments:
        plain = 3.0 if e.until_learned else {16: small, 32: larger}[e.canvas.size]
        keep(store, e, error_x=0.1 if e.unet.label_angle else plain)
    for e in sweep("longer").experiments:
        keep(store, e, error_x=late)
    if holds:
        text = finding("interpolation-told-longer").data
        assert "draw of the band 0 % told x and y, 100 % turned; in the paper's frame 0 %" in text
        assert text.count("| agrees |") == 2
        return
    with pytest.raises(Unsupported, match="Nor is it the longer training"):
        finding("interpolation-told-longer")


@pytest.mark.parametrize(
    ("turned", "plain", "filled", "holds"),
    # how many of three networks fill the band in turned axes, where in plain ones one fills half of it
    [
        (0.1, 3.0, 2, True),
        (0.1, 0.1, 2, False),
        (3.0, 0.1, 2, False),
        (0.1, 3.0, 0, False),
        (0.1, 3.0, 3, False),
    ],
)
def test_turned_axes_have_to_help_in_a_square_of_sums(store, turned, plain, filled, holds):
    for e in sweep("codes").experiments:
        if e.canvas.kind == "sos" and e.train_on.rule == "held_out_square":
            keep(store, e, error_x=turned if e.unet.label_angle else plain)
        elif e.canvas.kind == "sos" and e.train_on.rule == "lesion":
            some = 0.5 if e.unet.label_angle == 0 else 1.0
            right = torch.arange(len(e.canvas.lattice())) < 256 * some * (
                e.seed < (filled if e.unet.label_angle else 1)
            )
            keep(store, e, error_x=torch.where(right, 0.1, 3.0))
    if holds:
        assert "100 % are drawn instead of 0 %" in finding("interpolation-told-sums").data
        return
    with pytest.raises(Unsupported, match="New numbers are not the whole reason"):
        finding("interpolation-told-sums")
