"""What a reader types to get a result that is missing."""

import shlex

from bumpworld.store import Store


def typed(command: str, store: Store) -> str:
    """``command`` of `bumpworld`, as it must be typed to mean the folder of ``store``."""
    return command if store == Store() else f"{command} --results {shlex.quote(str(store.root))}"
