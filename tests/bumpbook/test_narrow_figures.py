"""The layouts for phones of the first chapters' figures: nothing sticks out, and no title stands in another."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from bumpbook import beyond, composition, ddpm, manifolds, worlds
from bumpbook.beyond import halves, hidden, ideal_gap, third
from bumpbook.composition.sibling_findings import NAMES
from bumpbook.frame import studies
from bumpbook.frame.drawings import drawings
from bumpbook.frame.votes import VOTES
from bumpbook.frame.votes_figure import ballot
from bumpworld import Canvas, NoiseSchedule
from bumpworld.diffusion import SampleState
from bumpworld.unet import UNetConfig
from shared import assert_fits_a_phone

CANVAS, SCHEDULE = Canvas(), NoiseSchedule.linear()
BUMP, LATTICE = CANVAS.render([[5, 9]]), CANVAS.lattice()
PLACES = LATTICE[40:48]
HIDDEN = ddpm.hidden_bumps(CANVAS, SCHEDULE, seed=4)
# a cloud of four worlds, and shares of five networks
VIEWS = dict.fromkeys(
    ("bumps, σ = 1", "bumps, σ = 2", "SOS, σ = 1", "bumps, σ = 1, open"), (LATTICE.numpy(), LATTICE.numpy())
)
STATES = [SampleState(t, BUMP, BUMP) for t in range(999, 0, -100)]
SHARES = np.tile([0.3, 0.9], (5, 1))
SCORES = dict.fromkeys(("additive", "orthogonal", "parallel", "hyper", "dimension", "four"), -0.25)
SIBLINGS = pd.DataFrame(
    [{"shared": shared, "part": part, "seed": 0, "right": [0.2, 0.9, 1.0]} for shared, part in NAMES]
)

FIGURES = {
    "bump_and_sos": worlds.bump_and_sos,
    "corner_rules": worlds.corner_rules,
    "label_space": lambda: worlds.label_space(Canvas(margin=3)),
    "neighbours": worlds.neighbours,
    "torus": worlds.torus,
    "readings": lambda: worlds.readings(CANVAS.render(PLACES), PLACES, CANVAS, ["0.7 px off"] * 8),
    "noise_ladder": lambda: ddpm.noise_ladder(BUMP, SCHEDULE),
    "hidden_pictures": lambda: ddpm.hidden_pictures(HIDDEN),
    "class_errors": lambda: ddpm.class_errors(HIDDEN, [[(8, 8)] * 6]),
    "position_loss": lambda: ddpm.position_loss(SCHEDULE, CANVAS, draws=2),
    "target_weights": lambda: ddpm.target_weights(SCHEDULE),
    "ideal_estimates": lambda: ddpm.ideal_estimates(BUMP, CANVAS.render(LATTICE), SCHEDULE),
    "learning": lambda: ddpm.learning([1, 0.1], [{"trained on": 0.5, "held out": 0.4}], every=10),
    "film_strip": lambda: ddpm.film_strip(STATES, SCHEDULE),
    "unet": lambda: ddpm.unet(UNetConfig.quick()),
    "unet of the paper": lambda: ddpm.unet(UNetConfig.paper(), size=32),
    "drawings": lambda: drawings(CANVAS.render(PLACES), PLACES, CANVAS),
    "two_tori": manifolds.two_tori,
    "component_views": lambda: manifolds.component_views(VIEWS),
    "factor_curves": lambda: manifolds.factor_curves(VIEWS),
    "turned_share": lambda: manifolds.turned_share({"untrained, random blocks": SHARES}),
    "steered_row": lambda: manifolds.steered_row(CANVAS.render(PLACES), PLACES, CANVAS, ["to x = 11"] * 8),
    "ideal_gaps": lambda: beyond.ideal_gaps(ideal_gap.curves(studies.load(ideal_gap.STUDY))),
    "hidden_brightness": lambda: beyond.hidden_brightness(studies.table(hidden.STUDY)),
    "two_models": lambda: beyond.two_models(studies.table(halves.STUDY)),
    "machine_drawings": lambda: beyond.machine_drawings({"local machine": CANVAS.render(LATTICE[:10])}),
    "machine_scores": lambda: beyond.machine_scores({"local machine": [[0.5, 0.9]]}),
    "sum_errors": lambda: beyond.sum_errors({"bump": [0, 0.5], "SOS": [0, 0]}, [0, 999]),
    "three_factors": lambda: beyond.three_factors(studies.table(third.STUDY)),
    "score_table": lambda: manifolds.score_table({"a name for each value": SCORES, "seeds": [SCORES, SCORES]}),
    **{f"ballot {one.name}": partial(ballot, one.name) for one in VOTES},
    "siblings": lambda: composition.siblings(SIBLINGS),
    "three_products": lambda: beyond.three_products(studies.table(third.STUDY)),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_a_phones_layout_has_all_its_words_inside_and_apart(name):
    assert_fits_a_phone(FIGURES[name]())


def test_a_legend_beside_the_curves_stands_above_them_on_a_phone():
    wide = manifolds.turned_share({"untrained, random blocks": SHARES})
    narrow = wide.draw_narrow()
    narrow.draw_without_rendering()
    assert wide.axes[0].get_legend() and not wide.legends
    (legend,) = narrow.legends
    assert legend.get_window_extent().y0 >= narrow.axes[0].get_window_extent().y1
    assert SHARES.shape[1] == len(legend.get_texts())
