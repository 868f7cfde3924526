"""Draw the README's picture, book/_static/composition.png, from the two models of the page on the paper.

    python tools/make_picture.py

It loads the models from results/, or trains them where they are missing.
"""

from pathlib import Path

import torch

from bumpbook.frame.style import key_png
from bumpbook.worlds.findings import equal_holes
from bumpbook.worlds.intro_figure import intro_picture
from bumpworld import load_or_train
from bumpworld.evaluate import draw

TARGET = Path(__file__).resolve().parent.parent / "book" / "_static" / "composition.png"
PICKS = (
    [[6, 6], [8, 7], [9, 9]],
    [[6, 8], [8, 3], [9, 11]],
)  # held-out labels that are shown, as on that page


def main() -> None:
    """Write the picture and say how large it is."""
    sides = []
    for experiment, picks in zip(equal_holes(), PICKS, strict=True):
        split = experiment.train_on.split(experiment.canvas)
        images = draw(load_or_train(experiment).model, split.labels)
        sides.append((split, images, torch.tensor(picks)))
    TARGET.write_bytes(key_png(intro_picture(*sides, experiment.canvas), dpi=140))
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
