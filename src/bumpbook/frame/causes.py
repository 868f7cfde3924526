"""Tables out of studies: contrast and cause of single networks, which judge "factorized", and scores of averaged noises.

`bumpworld nulls codes` makes them, and the nulls' of the first beside them, from the records of `STUDIES`. These belong to chapter
3's room and are known here by name and by what their records hold, and by nothing else.
"""

from pathlib import Path

import pandas as pd

from bumpworld.store import Store

from . import studies, tables

STUDIES = STRIPES, BUMPS, CAUSES, PICTURES, NOISES, FIRST = (
    "axes-sos",
    "axes-bump",
    "cause",
    "pictures",
    "noises",
    "first-noises",
)
TURNED, AXES = "turned-45", "axes"
# column -> study and code whose contrast it has
CONTRASTS = {
    "contrast": (STRIPES, TURNED),
    "contrast_axes": (STRIPES, AXES),
    "contrast_bumps": (BUMPS, TURNED),
}
# column -> code of the networks, all of which draw bumps, whose best sum is judged
DRAWN = {"cause": TURNED, "cause_axes": AXES}
# seeds of networks that draw stripes which judge the prediction blank-turned; those before suggested it
FRESH = 5
# null -> the cloud whose contrast it has; its cause is a trained network's sum with f and g shuffled among values
CLOUDS = {"code-shuffled": "code", "untrained-shuffled": "random middle"}
LEARNED = "blank middle"  # the middle layer of the trained network, shown no image
PICTURE = "picture"


def networks(store: Store) -> pd.DataFrame:
    """A row a network: a contrast, shown no image, or a cause, the share right from the best sum, in the column of its kind.

    ``flat_bumps`` is the least additive share along any axes of those that draw bumps. Raises ValueError where a study is not
    declared, ResultError where it has no record.
    """
    return pd.DataFrame(_rows(store, LEARNED, "sum")).assign(learned=True)


def nulls(store: Store) -> pd.DataFrame:
    """The same of what learned nothing: code and untrained network beside shuffled sums, and the picture itself."""
    rows = [
        {"null": null, **row} for null, cloud in CLOUDS.items() for row in _rows(store, cloud, "shuffled")
    ]
    picture = {r["setting"]["world"]: r["measured"] for r in _learned(store, PICTURES)}
    stripes, bumps = (_contrast(picture[world], PICTURE) for world in ("sos", "bump"))
    drawn = dict.fromkeys(DRAWN, picture["bump"]["square"]["sum"][1])
    found = {"contrast": stripes, "contrast_axes": stripes, "contrast_bumps": bumps, **drawn}
    rows.append({"null": PICTURE, "flat_bumps": min(picture["bump"]["shares"][PICTURE]), **found})
    return pd.DataFrame(rows).assign(learned=True)


def averaged(store: Store) -> pd.DataFrame:
    """A row a network of narrow bumps on the torus: scores of its last encoder layer over as many noises as were averaged.

    ``first`` is the dimension over as many at the first checkpoint of its training.
    """
    first = {r["seed"]: r["measured"]["scores"] for r in _learned(store, FIRST)}
    rows = []
    for r in _learned(store, NOISES):
        if r["setting"]["periodic"]:
            noises = str(max(map(int, r["measured"]["scores"])))
            row = {"seed": r["seed"], "noises": noises, **r["measured"]["scores"][noises]}
            rows.append(row | {"first": first[r["seed"]][noises]["dimension"]})
    return pd.DataFrame(rows).assign(learned=True)


def save(preset: str, store: Store | None = None) -> Path:
    """Write the tables under tables/ of the store, and return the path of the nulls'. Raises as `networks`."""
    store = store or Store()
    made = networks(store), averaged(store), nulls(store)
    tables.write(made[0], "codes-cause", preset, store)
    tables.write(made[1], "torus-noises", preset, store)
    return tables.write(made[2], "nulls-codes-cause", preset, store)


def _rows(store: Store, cloud: str, how: str) -> list[dict]:
    rows = []
    for column, (study, code) in CONTRASTS.items():
        fresh = 0 if study == BUMPS else FRESH
        for r in (r for r in _learned(store, study, code) if r["seed"] >= fresh):
            row = {"seed": r["seed"], column: _contrast(r["measured"], cloud)}
            flat = {"flat_bumps": min(r["measured"]["shares"][cloud])} if study == BUMPS else {}
            rows.append(row | flat)
    for column, code in DRAWN.items():
        # within the fine tolerance
        rows += [
            {"seed": r["seed"], column: r["measured"]["square"][how][1]}
            for r in _learned(store, CAUSES, code)
        ]
    return rows


def _learned(store: Store, study: str, code: str | None = None) -> list[dict]:
    records = studies.load(studies.study(study), store)
    wanted = [r for r in records if code is None or r["setting"]["code"] == code]
    return [r for r in wanted if r["measured"]["learned"]]


def _contrast(measured: dict, cloud: str) -> float:
    shares = measured["shares"][cloud]
    return shares[0] - shares[-1]
