"""A progress bar where somebody watches."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from bumpworld import checks
from bumpworld.experiment import Experiment
from bumpworld.train import Step


def progress(steps: Iterable, total: int) -> Iterable:
    """``steps`` under a progress bar of length ``total``; no bar when nobody watches, for instance while a book is built.

    Somebody watches in a terminal, in JupyterLab or Notebook (whose server names the session) and in Colab.
    """
    checks.need(isinstance(steps, Iterable), "steps", steps, "are steps to go through one by one")
    total = checks.whole("total", total, 0)
    watched = sys.stderr.isatty() or "JPY_SESSION_NAME" in os.environ or "google.colab" in sys.modules
    if not watched:
        return steps
    from tqdm.auto import tqdm

    return tqdm(steps, total=total, unit="step")


@contextmanager
def stepwise(experiment: Experiment, watched: bool) -> Iterator[Callable[[Step], None] | None]:
    """A watcher of training that counts steps in a terminal, with the time left; None where none is ``watched``.

    Training until it has learned has no known end: its cap stands there until then.
    """
    if not watched:
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=experiment.steps, unit="step", disable=None) as bar:

        def watch(step: Step) -> None:
            if step.learned_at is not None:
                bar.total = max(2 * step.learned_at, 80)
            bar.update()

        yield watch
