"""UMAP's layout of the encoder's clouds, kept since compiling UMAP takes longer than all else on the page."""

import numpy as np

from bumpbook.frame.studies import Study, register, table
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.geometry import embed_umap
from bumpworld.instruments.represent import encoder_layer, representation, two_d_labels
from bumpworld.store import Store, load_or_train

from .phases import world_name

WORLDS = ("bumps, σ = 1", "bumps, σ = 1, open")
TIME = 50


def layout(setting: dict, seed: int) -> dict[str, list[list[float]]]:
    """Places (256, 2) of the labels, in lattice order, in a layout of the last encoder layer of one shipped network."""
    named = {(e.canvas, e.seed): e for e in sweep("torus").experiments}
    results = (
        load_or_train(e, Store()) for (_, s), e in named.items() if s == seed and e.key in sweep("torus").keep
    )
    result = next(r for r in results if world_name(r) == setting["world"])
    points = representation(result.model, result.experiment.canvas, encoder_layer(result.model), TIME)
    return {"layout": np.round(embed_umap(points), 2).tolist()}


def layouts() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The layouts that were kept, as `component_views` takes them: points (256, 2) and labels (256, 2) by world."""
    labels = two_d_labels(sweep("torus").experiments[0].canvas).numpy()
    return {row.world: (np.array(row.layout), labels) for row in table(LAYOUT).itertuples()}


LAYOUT = register(
    Study(
        "layout",
        "Do the ends of the learned circles lie together where only neighbours count?",
        1,
        tuple({"world": name} for name in WORLDS),
        1,
        layout,
    )
)
