"""Predictions as they were written down, and committed, before the runs that judge them."""

import json

from bumpworld.files import ResultError
from bumpworld.store import Store


def read_predictions(topic: str, store: Store | None = None) -> dict:
    """What stands in predictions/``topic``.json of the results. Raises ResultError for a file that cannot be read."""
    path = (store or Store()).find("predictions", f"{topic}.json")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(
            f"{path} cannot be read ({error}); the project's repository has it under results/"
        ) from None
