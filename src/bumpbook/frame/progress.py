"""A progress bar where somebody watches."""

import os
import sys
from collections.abc import Iterable


def progress(steps: Iterable, total: int) -> Iterable:
    """``steps`` under a progress bar of length ``total``; no bar when nobody watches, for instance while a book is built.

    Somebody watches in a terminal, in JupyterLab or Notebook (whose server names the session) and in Colab.
    """
    watched = sys.stderr.isatty() or "JPY_SESSION_NAME" in os.environ or "google.colab" in sys.modules
    if not watched:
        return steps
    from tqdm.auto import tqdm

    return tqdm(steps, total=total, unit="step")
