"""Living figures: one implementation for JupyterLab, Colab and the static book, where no Python runs.

A widget is a Python class with typed traits and plain ES modules beside it, which need no build step. In a notebook its
state is live from Python; in the built book its state lies in the page and its scripts do the rest.
"""

from importlib import import_module

# Name of a widget: the module here that makes it. Loaded on first use, so that `import bumpworld` stays light.
_WIDGETS = {
    "Denoiser": "denoiser",
    "Laboratory": "laboratory",
    "Lattice": "lattice",
    "Manifold": "manifold",
    "Onset": "onset",
    "TrainingFilm": "film",
}

__all__ = ["Denoiser", "Laboratory", "Lattice", "Manifold", "Onset", "TrainingFilm"]  # noqa: F822 (made by __getattr__)


def __getattr__(name: str):
    if name not in _WIDGETS:
        raise AttributeError(f"widget is {name!r}; allowed are {', '.join(__all__)}")
    return getattr(import_module(f".{_WIDGETS[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
