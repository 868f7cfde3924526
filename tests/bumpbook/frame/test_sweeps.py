"""The declared sweeps against what the figures need, and the percolation grid against its two rival predictions."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bumpbook.frame import paper_sweeps
from bumpbook.frame import sweeps as experiments
from bumpbook.frame.sweeps import PRESETS, sweep
from bumpworld.instruments.lattice import predicted_onset
from bumpworld.unet import ConditionalUNet
from shared import ROOT

A_PICTURE = "intro"  # one model of each of two kinds to look at: no claim rests on it


def cells(name, preset="quick", **settings):
    """Variants of a sweep, apart from the seed, with their number of seeds; filtered by the canvas' settings."""
    found = Counter()
    for experiment in sweep(name, preset).experiments:
        if all(getattr(experiment.canvas, key) == value for key, value in settings.items()):
            rule = replace(
                experiment.train_on,
                settings=tuple((k, 0 if k == "seed" else v) for k, v in experiment.train_on.settings),
            )
            found[replace(experiment, seed=0, train_on=rule)] += 1
    return found


def rule_settings(experiment):
    return dict(experiment.train_on.settings)


def test_the_docstring_counts_what_is_declared():
    said = {
        name: int(count)
        for name, count in re.findall(r"([a-z-]+) (\d+)(?=,|\n|$)", experiments.__doc__.split("\n\n")[2])
    }
    assert said == {name: len(sweep(name).experiments) for name in experiments.names()}
    left = int(re.search(r"leaves (\d+)", experiments.__doc__)[1])
    assert left == len({e.key for name in experiments.names() for e in sweep(name).experiments})


@pytest.mark.parametrize(("preset", "name"), [(p, n) for p in PRESETS for n in experiments.names(p)])
def test_every_experiment_can_be_run(name, preset):
    declared, base = sweep(name, preset), PRESETS[preset].base
    assert len({e.key for e in declared.experiments}) == len(declared.experiments)
    assert declared.keep <= {e.key for e in declared.experiments}
    assert declared.question
    for experiment in declared.experiments:
        # by convergence, never by a fixed number of steps; but for the large network, whose time is told beforehand, and
        # for the target that converges under a falling rate only
        large = preset == "paper-network" and experiment.steps in (base.steps, 2 * base.steps)
        for_noise = (6 * base.steps, paper_sweeps.NOISE_STEPS)
        annealed = experiment.target == "eps" and experiment.steps in for_noise
        # a network that is never told a label has no labels to learn
        # between two widths on a lattice nothing but the width may change
        same = name in ("pitch", "wide-lattices") and experiment.steps == base.steps // 2
        # fewer labels are learned sooner: a control gives them the steps of all
        control = name == "frames" and (experiment.train_on.rule, experiment.steps) in (
            ("strips", 1200),
            ("thinned", 1200),
            ("lesion", 1200),
        )
        # turned axes are learned later: a control trains both for as long
        equal = name == "reach" and experiment.steps in (450, 1800)
        # what patience brings, and what the steps do that stripes bring with them
        beside_stripes = preset == "paper-world" and experiment.steps in (1560, 1320, 440, 450)
        patient = name == "longer" and (experiment.steps == 1800 or beside_stripes)
        fixed = (
            large or annealed or same or control or equal or patient or experiment.unet.label_code == "none"
        )
        assert experiment.until_learned or fixed
        split = experiment.train_on.split(experiment.canvas)
        covered = np.sum([split.train_mask, *split.region_masks.values()], axis=0)
        assert (covered == 1).all()
        assert split.train_mask.any()


@pytest.mark.parametrize("name", [n for n in experiments.names() if n != A_PICTURE])
def test_three_seeds_at_least(name):
    # laws have their holes, their lattices, their widths or their cells for units, and a network or two in each
    assert min(cells(name).values()) >= {"holes": 2, "grid": 2, "pitch": 1, "wide-lattices": 1}.get(name, 3)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("torus", {"periodic": True, "sigma": 1.0, "kind": "bump"}),
        ("lesion", {"spacing": 1.0}),
        ("first", {}),
        ("regions", {}),
    ],
)
def test_five_seeds_behind_a_headline(name, settings):
    found = cells(name, **settings)
    assert found
    assert set(found.values()) == {5}


def test_five_seeds_behind_the_interior_squares():
    inside = {e: n for e, n in cells("square", kind="bump").items() if rule_settings(e)["high"] < 16}
    assert len(inside) == 5
    assert set(inside.values()) == {5}


def test_seeds_replace_a_sweeps_own_number():
    assert len(sweep("lesion", seeds=1).experiments) == 9
    assert len(sweep("lesion", seeds=10).experiments) == 90


def test_another_seed_is_another_choice_of_labels():
    for name in ("few-shot", "which"):
        first, second, *_ = [e for e in sweep(name).experiments if e.train_on.rule in RANDOM]
        assert (first.seed, second.seed) == (0, 1)
        masks = [e.train_on.split(e.canvas).train_mask for e in (first, second)]
        assert (masks[0] != masks[1]).any()


RANDOM = ("random_fraction", "chosen")


WIDTHS = {
    "quick": {1.0: [1, 2, 4, 6, 8, 10], 0.5: [2, 3.5, 8]},
    "paper-world": {1.0: [8, 4, 2, 1, 12], 0.5: [8, 3.5, 1]},
    "paper-network": {1.0: [8], 0.5: [3.5]},
}


def test_nothing_is_shipped_that_no_sweep_declares():
    declared = {
        e.key
        for preset in PRESETS
        for name in experiments.names(preset)
        for e in sweep(name, preset).experiments
    }
    shipped = {
        p.name.split(".")[0] for kind in ("records", "weights") for p in (ROOT / "results" / kind).iterdir()
    }
    assert shipped <= declared


@pytest.mark.parametrize("preset", PRESETS)
def test_lesion_widths(preset):
    """Bands in pixels by spacing, counted as labels."""
    seen = {}
    for experiment in sweep("lesion", preset, seeds=1).experiments:
        held_out = experiment.train_on.split(experiment.canvas).test["lesion"]
        spacing = experiment.canvas.spacing
        seen.setdefault(spacing, []).append(len(held_out[:, 0].unique()) * spacing)
    assert seen == WIDTHS[preset]


@pytest.mark.parametrize("preset", paper_sweeps.CELLS)
def test_the_paper_s_own_numbers(preset):
    """A frame of 32 pixels, a label space of 44 where there are stripes, the band 13..19, and a sixth-wide square inside."""
    for name in experiments.names(preset):
        for experiment in sweep(name, preset, seeds=1).experiments:
            canvas, split = experiment.canvas, experiment.train_on.split(experiment.canvas)
            # how the need grows is asked on other sides, too
            assert canvas.size == 32 or name == "scaling"
            assert canvas.margin in (0, 6)
            stripes = bool((canvas.visible(split.labels).sum(1) == 1).any())
            assert stripes == (canvas.margin == 6)
            if name == "regions":
                assert set((split.test["intersection"] - canvas.margin).flatten().tolist()) == set(
                    range(13, 20)
                )
    (square,) = {
        e.train_on for e in sweep("first", preset).experiments if e.train_on.rule == "held_out_square"
    }
    labels = square.split(PRESETS[preset].base.canvas).test["square"]
    assert set(labels.flatten().tolist()) == set(range(13, 19)) and len(labels) == 36


def test_growth_is_asked_around_the_paper_s_own_side():
    sides = {}
    for experiment in sweep("scaling", "paper-world", seeds=1).experiments:
        world = experiment.canvas.size, bool(experiment.canvas.margin)
        sides.setdefault(world, set()).add(rule_settings(experiment)["fraction"])
    assert {side for side, _ in sides} == {8, 16, 24, 32, 40}
    # a threshold is read from three amounts and more
    assert all(len(fractions) >= 3 for fractions in sides.values())
    assert {e.key for e in sweep("few-shot", "paper-world").experiments if e.canvas.kind == "bump"} & {
        e.key for e in sweep("scaling", "paper-world").experiments if e.canvas.size == 32
    }


def test_a_preset_has_seeds_enough_and_a_name_for_each_sweep():
    for name in experiments.names("paper-world"):
        # of the band of eight in turned axes the sweep frames has more
        seeds = {"slider": {5, 10}, "regions": {5}, "torus": {5}, "robustness": {2, 3}}.get(name, {3})
        assert set(cells(name, "paper-world").values()) == seeds
    for name in experiments.names("paper-network"):
        # one for longer is worth more than a second for as long
        assert min(cells(name, "paper-network").values()) >= {"slider": 1, "few-shot": 1}.get(name, 2)
    assert set(paper_sweeps.CELLS) == set(PRESETS) - {"quick"}
    assert all(set(cells) <= set(experiments.names()) for cells in paper_sweeps.CELLS.values())
    # one model is what a newcomer asks for first
    assert len(sweep("square", "paper-network", seeds=1).experiments) == 1


def test_squares_inside_and_at_the_corner():
    found = set()
    for experiment in sweep("square", seeds=1).experiments:
        held_out = experiment.train_on.split(experiment.canvas).test["square"]
        corner = bool((held_out == 15).any())
        found.add((experiment.canvas.kind, corner, len(held_out)))
        assert experiment.checkpoint_every  # emergence is shown along training
    assert found == {(k, c, w * w) for k in ("bump", "sos") for c in (False, True) for w in (2, 4, 6, 8, 10)}


def test_regions_and_their_training_sets():
    found = set()
    for experiment in sweep("regions", seeds=1).experiments:
        split = experiment.train_on.split(experiment.canvas)
        visible = experiment.canvas.visible(split.train)
        found.add((experiment.canvas.kind, bool(visible.all(1).any()), bool((visible.sum(1) == 1).any())))
        assert {"vertical", "horizontal", "intersection"} <= set(split.test)
    ways = [(True, False), (False, True), (True, True)]
    assert found == {(kind, *way) for kind in ("bump", "sos") for way in ways}


def test_the_torus_and_its_contrasts_are_watched_along_training():
    worlds = set()
    for experiment in sweep("torus", seeds=1).experiments:
        assert experiment.geometry
        assert 0 < experiment.checkpoint_every <= 10
        worlds.add((experiment.canvas.kind, experiment.canvas.periodic, experiment.canvas.sigma))
    assert {("bump", True, 1.0), ("sos", True, 1.0), ("bump", False, 1.0)} <= worlds


def test_rim_and_no_rim():
    found = {(e.canvas.kind, e.train_on.rule) for e in sweep("rim").experiments}
    assert found == {(kind, rule) for kind in ("bump", "sos") for rule in ("rim", "stripes_only")}


@pytest.mark.parametrize("name", ["few-shot", "scaling"])
def test_each_fraction_with_and_without_stripes(name):
    found = {}
    for experiment in sweep(name, seeds=1).experiments:
        settings = rule_settings(experiment)
        world = (experiment.canvas.kind, experiment.canvas.size, settings["stripes"])
        assert settings["stripes"] == bool(experiment.canvas.margin)
        found.setdefault(world, set()).add(settings["fraction"])
    assert all(fractions == found[kind, size, not s] for (kind, size, s), fractions in found.items())
    assert min(map(len, found.values())) >= 4
    sizes = {size for _, size, _ in found}
    assert len(sizes) >= 5 if name == "scaling" else {kind for kind, *_ in found} == {"bump", "sos"}


def test_designs_pick_equally_many_labels():
    found = {rule_settings(e)["how"]: rule_settings(e)["count"] for e in sweep("which").experiments}
    assert set(found) == {"random", "diagonal", "rim", "latin", "farthest"}
    assert set(found.values()) == {16}


def test_the_contest_pits_nine_designs_at_three_amounts():
    amounts = {}
    for variant, seeds in cells("contest").items():
        how, count = (rule_settings(variant)[name] for name in ("how", "count"))
        amounts.setdefault(how, set()).add(count)
        assert seeds == 5 and len(variant.train_on.split(variant.canvas).train) == count
    assert len(amounts) == 9 and amounts.pop("rim") == {16, 32}
    assert all(counts == {16, 32, 64} for counts in amounts.values())


def test_each_target_runs_to_convergence():
    assert {e.target for e in sweep("targets").experiments} == {"eps", "v", "x0"}


def test_the_percolation_grid_tells_its_rivals_apart():
    """Lattice percolation falls as sigma^-2, the bipartite component stays near size / spacing labels."""
    grid = {}
    for experiment in sweep("percolation", seeds=1).experiments:
        labels = len(experiment.train_on.split(experiment.canvas).train)
        assert experiment.geometry
        grid.setdefault(experiment.canvas.sigma, set()).add((labels, experiment.energy_normalised))
    assert {0.1, 0.25} <= set(grid)  # draw nearly the same images: a null control
    size = PRESETS["quick"].base.canvas.size
    sigmas = np.array([s for s, points in grid.items() if len(points) > 2])
    lattice = 0.068 * (size / sigmas) ** 2
    staircase = predicted_onset(sigmas).staircase * size**2
    np.testing.assert_allclose(
        lattice, staircase, rtol=0.5
    )  # the large-range law is above where few are in range
    for prediction in (lattice, staircase):
        apart = np.maximum(prediction / size, size / prediction) >= 2
        assert apart.sum() >= 2
        assert np.ptp(np.log(prediction)) > np.log(
            4
        )  # along sigma, where the bipartite component does not move
    for sigma in sigmas:
        for normalised in (False, True):
            counts = sorted(labels for labels, n in grid[sigma] if n == normalised)
            assert counts[0] < size < counts[-1]  # the bipartite prediction can be seen or refuted everywhere
    seen = [min(grid[s])[0] < onset < max(grid[s])[0] for s, onset in zip(sigmas, lattice, strict=True)]
    assert sum(seen) >= 2


CHANGES = {
    "eps": lambda e, base: e.target == "eps",
    "v": lambda e, base: e.target == "v",
    "x0": lambda e, base: e.target == "x0",
    "place": lambda e, base: e.unet.place > 0,
    "smoother labels": lambda e, base: e.unet.label_frequencies[1] < base.unet.label_frequencies[1],
    "sharper labels": lambda e, base: e.unet.label_frequencies[1] > base.unet.label_frequencies[1],
    "twice the parameters": lambda e, base: 1.7 < parameters(e.unet) / parameters(base.unet) < 2.5,
}


@cache
def parameters(unet):
    return sum(p.numel() for p in ConditionalUNet(unet).parameters())


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("world", ["torus", "lesion 4", "lesion 8", "square 6"])
def test_robustness_varies_one_setting_in_each_world(world, change):
    base = PRESETS["quick"].base
    # the base setting itself is trained by the figures' own sweeps
    names = ("torus", "lesion", "square") if change == base.target else ("robustness",)
    pool = [e for name in names for e in sweep(name, seeds=1).experiments if _world(e) == world]
    assert any(CHANGES[change](e, base) for e in pool)


def _world(experiment):
    settings = rule_settings(experiment)
    if experiment.canvas.periodic:
        return "torus"
    width = settings["high"] - settings["low"] if "high" in settings else 0
    return f"{experiment.train_on.rule.split('_')[-1]} {width:g}"


@pytest.mark.parametrize(
    ("call", "allowed"),
    [
        (lambda: sweep("torsu"), "'torsu'.*torus"),
        (lambda: sweep("torus", preset="huge"), "quick, paper-world, paper-network"),
        (
            lambda: sweep("grid", preset="paper-world"),
            "allowed are first, lesion.* with the preset paper-world",
        ),
    ],
)
def test_errors_name_what_is_allowed(call, allowed):
    with pytest.raises(ValueError, match=allowed):
        call()
