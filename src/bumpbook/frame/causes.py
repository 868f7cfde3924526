"""The table that judges "factorized": contrast and cause of single networks, out of the studies that measure them.

`bumpworld nulls codes` makes it, and the nulls' beside it, from the records of the studies `CONTRASTS` and `CAUSES`. These
belong to chapter 3's room and are known here by name and by what their records hold, and by nothing else.
"""

from pathlib import Path

import pandas as pd

from bumpworld.store import Store

from . import studies, tables

CONTRASTS, CAUSES = "axes-sos", "cause"
TURNED = "turned-45"
# seeds that judge the prediction blank-turned; those before suggested it
FRESH = 5
# null -> the cloud whose contrast it has; whichever it is, its cause is the sum with f and g shuffled among values
CLOUDS = {"code": "code", "untrained": "random middle"}
LEARNED = "blank middle"  # the middle layer of the trained network, shown no image


def networks(store: Store) -> pd.DataFrame:
    """A row a network: ``contrast`` told turned axes and shown no image, or ``cause``, the share right from the best sum.

    Raises ValueError where a study is not declared, ResultError where it has no record.
    """
    rows = [{"seed": r["seed"], "contrast": _contrast(r, LEARNED)} for r in _turned(store)]
    rows += [{"seed": r["seed"], "cause": _square(r, "sum")} for r in _caused(store)]
    return pd.DataFrame(rows).assign(learned=True)


def nulls(store: Store) -> pd.DataFrame:
    """The same of what learned nothing: the bare code, and the untrained network with random blocks."""
    rows = []
    for null, cloud in CLOUDS.items():
        rows += [{"null": null, "seed": r["seed"], "contrast": _contrast(r, cloud)} for r in _turned(store)]
        rows += [{"null": null, "seed": r["seed"], "cause": _square(r, "shuffled")} for r in _caused(store)]
    return pd.DataFrame(rows).assign(learned=True)


def save(preset: str, store: Store | None = None) -> Path:
    """Write both tables under tables/ of the store, and return the path of the nulls'. Raises as `networks`."""
    store = store or Store()
    made = networks(store), nulls(store)
    tables.write(made[0], "codes-cause", preset, store)
    return tables.write(made[1], "nulls-codes-cause", preset, store)


def _turned(store: Store) -> list[dict]:
    records = studies.load(studies.study(CONTRASTS), store)
    wanted = [r for r in records if r["setting"]["code"] == TURNED and r["seed"] >= FRESH]
    return [r for r in wanted if r["measured"]["learned"]]


def _caused(store: Store) -> list[dict]:
    records = studies.load(studies.study(CAUSES), store)
    return [r for r in records if r["setting"]["code"] == "axes" and r["measured"]["learned"]]


def _contrast(record: dict, cloud: str) -> float:
    shares = record["measured"]["shares"][cloud]
    return shares[0] - shares[-1]


def _square(record: dict, how: str) -> float:
    """Share of the held-out square right within the fine tolerance."""
    return record["measured"]["square"][how][1]
