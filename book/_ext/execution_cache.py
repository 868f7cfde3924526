"""Sphinx extension: execute the notebooks again when the package or its results have changed.

Jupyter Book's cache looks only at a notebook's own cells, so a page would go on showing what an older version of
`src/` computed. Here the cache carries a key, the hash of everything that a notebook can see besides itself; a
cache with another key is dropped and every notebook is read again.
"""

import hashlib
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

WATCHED = ["src", "results", "constraints.txt"]
IGNORED = {"__pycache__", ".ipynb_checkpoints", "locks"}

logger = logging.getLogger(__name__)


def source_key(root: Path) -> str:
    """Return the hash of the names and contents of all watched files under the repository `root`."""
    digest = hashlib.sha256()
    for name in WATCHED:
        for file in sorted([root / name, *(root / name).rglob("*")]):
            if not file.is_file() or any(p in IGNORED or p.endswith(".egg-info") for p in file.parts):
                continue
            digest.update(file.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def key_file(app: Sphinx) -> Path:
    """Return where the key of the present cache is kept: beside the cache."""
    return Path(app.outdir).parent / ".execution_key"


def drop_stale_cache(app: Sphinx, config: Config) -> None:
    """Remove the execution cache when it was made from other sources than today's."""
    key, file = source_key(Path(app.srcdir)), key_file(app)
    cache = file.with_name(".jupyter_cache")
    if cache.exists() and (not file.exists() or file.read_text() != key):
        logger.info("src/ or results/ changed: every notebook will be executed again")
        shutil.rmtree(cache)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(key)


def stale_notebooks(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Return the pages that execute code, to be read again: all of them when the pages were made with another key."""
    if getattr(env, "execution_key", None) == key_file(app).read_text():
        return []
    return [name for name in env.all_docs if "kernelspec" in env.metadata.get(name, {})]


def remember_key(app: Sphinx, env: BuildEnvironment) -> None:
    """Keep the key as it is after execution: a notebook that trained a model has added to results/."""
    env.execution_key = source_key(Path(app.srcdir))
    key_file(app).write_text(env.execution_key)


def setup(app: Sphinx) -> dict:
    """Register the three steps with Sphinx."""
    app.connect("config-inited", drop_stale_cache)
    app.connect("env-get-outdated", stale_notebooks)
    app.connect("env-updated", remember_key)
    return {"version": "1", "parallel_read_safe": True}
