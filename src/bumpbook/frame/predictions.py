"""Predictions as they were written down, and committed, before the runs that judge them."""

import json

from bumpworld.files import ResultError
from bumpworld.instruments.spread import write
from bumpworld.store import Store

from .claims import Limit, Measured, judge
from .findings import minus
from .pages import markdown_table


def read_predictions(topic: str, store: Store | None = None) -> dict:
    """What stands in predictions/``topic``.json of the results. Raises ResultError for a file that cannot be read."""
    path = (store or Store()).find("predictions", f"{topic}.json")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(
            f"{path} cannot be read ({error}); the project's repository has it under results/"
        ) from None


def fared(
    topic: str,
    found: dict[str, Measured],
    limits: dict[str, tuple[Limit, ...]],
    null: str = "what a null gets",
) -> str:
    """A Markdown table of what was foretold on a ``topic``, what was ``found`` by prediction and the verdict by its ``limits``.

    Below it stands what was known when it was foretold.
    """
    file, lines = read_predictions(topic), []
    said = {p["name"]: p for p in file["predictions"]}
    for name, values in found.items():
        numbers = "; ".join(
            f"{what}: {write(v) if isinstance(v, tuple) else minus(v)}" for what, v in values.items()
        )
        lines.append([said[name]["says"], judge(values, limits[name]).verdict, numbers, said[name]["null"]])
    return f"{markdown_table(['foretold', 'verdict', 'measured', null], lines)}\n\n{known_before(file)}"


def known_before(file: dict) -> str:
    """When predictions were written and what had been seen by then, in the words of their ``file`` (`read_predictions`)."""
    return f"Written {file['written']}. Known by then: {file['leads']}"
