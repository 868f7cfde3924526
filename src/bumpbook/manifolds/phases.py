"""How drawing is learnt along training: three phases, their beginnings, and the representation beside them.

Everything is computed from what a record keeps of all labels at its checkpoints.
"""

from collections.abc import Iterable

import pandas as pd

from bumpbook.frame.first_crossing import crossing
from bumpworld.instruments.emergence import Emergence, emergence
from bumpworld.store import Result


def world_name(result: Result) -> str:
    """The world of a result in words, for example "bumps, σ = 2"; an open one says so."""
    canvas = result.experiment.canvas
    kind = "SOS" if canvas.kind == "sos" else "bumps"
    return f"{kind}, σ = {canvas.sigma:g}" + ("" if canvas.periodic else ", open")


def by_world(results: Iterable[Result]) -> dict[str, list[Result]]:
    """``results`` grouped by the name of their world, in the order in which they come."""
    worlds: dict[str, list[Result]] = {}
    for result in results:
        worlds.setdefault(world_name(result), []).append(result)
    return worlds


def learning_path(result: Result, tolerance: float = 1.0) -> pd.DataFrame:
    """One row for each checkpoint of a record, with ``step`` and shares of all labels.

    * ``none``, ``misplaced``, ``right``: no single clean shape; one, but not within ``tolerance`` pixels in both
      factors; one at the right place. They sum to 1.
    * ``x``, ``y``, ``both``: within ``tolerance`` in x, in y, in both, whatever the shape. Asking for the right
      shape as well would tie x to y, since both would fail together on a bad shape.
    """
    rows = []
    for number, checkpoint in enumerate(result.record["checkpoints"]):
        judgement = result.judgement(number)
        near = (judgement.error.abs() <= tolerance).double()
        x, y = near.mean(0).tolist()
        right = float(judgement.right(tolerance)[:, 2].double().mean())
        shape = float(judgement.shape.double().mean())
        rows.append(
            {"step": checkpoint["step"], "none": 1 - shape, "misplaced": shape - right, "right": right}
        )
        rows[-1] |= {"x": x, "y": y, "both": float(near.prod(1).mean())}
    return pd.DataFrame(rows)


def score_path(result: Result) -> pd.DataFrame:
    """Geometry scores along training, a row for each checkpoint: of the layer and noise level that all of them hold.

    Columns as `bumpworld.instruments.represent.scores` names them, and ``step``. Raises ValueError for a record that did not
    measure its geometry along training.
    """
    points = result.record["checkpoints"]
    if not all(point.get("geometry") for point in points):
        raise ValueError(
            f"record {result.experiment.key} measures no geometry along training; needed is it at each look"
        )
    cells = [{(row["layer"], row["t"]): row for row in point["geometry"]} for point in points]
    followed = next((cell for cell in cells[0] if all(cell in other for other in cells)), None)
    if followed is None:
        raise ValueError(
            f"record {result.experiment.key} follows no layer from its first checkpoint to its last"
        )
    return pd.DataFrame(
        [{"step": p["step"], **cell[followed]} for p, cell in zip(points, cells, strict=True)]
    )


def phase_starts(path: pd.DataFrame) -> tuple[float | None, float | None]:
    """Steps at which most labels are first drawn as one clean shape, and at which most are at the right place.

    Before the first is phase A of Liang et al. (2024, arXiv 2402.03305: several bumps, no structure), between them
    phase B (one bump, at a wrong place), after the second phase C (right). What thresholds they used could not be
    established: half of the labels is ours.
    """
    return crossing(path["step"], 1 - path["none"]), crossing(path["step"], path["right"])


def coupling(paths: list[pd.DataFrame]) -> Emergence:
    """Are x and y near on the same labels? Both against the product of the two, over several runs of `learning_path`."""
    table = pd.concat([path.assign(run=run) for run, path in enumerate(paths)], ignore_index=True)
    return emergence(table["x"], table["y"], table["both"], table["run"])
