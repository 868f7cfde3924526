"""Finding of chapter 6 on features: how many labels a network needs, and how many its own label code alone."""

from bumpbook.frame.findings import register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import table
from bumpworld.instruments.onset import Threshold, fit_threshold
from bumpworld.instruments.spread import spread, write

from .efficiency import KINDS, SCORES, saving
from .kernel_study import STUDY

# the share right at a threshold
HALF = 0.5
WHO = ("network", "kernel")
ENDS = dict(zip(SCORES.values(), ("_fine", ""), strict=True))


def thresholds(world: str, level: float = HALF, end: str = "_fine") -> dict[str, Threshold]:
    """Labels at which ``level`` of the held-out ones are right: of the network and of the kernel, on the same labels.

    ``end`` is that of the study's columns: "_fine" within 0.45 px, "" within 1 px.
    """
    rows = table(STUDY)
    rows = rows[rows["learned"] & (rows["world"] == world)]
    return {
        who: fit_threshold(
            rows["labels"], rows[f"{who}{end}"] * rows["tried"], rows["tried"], level, rows["seed"]
        )
        for who in WHO
    }


@register("few-examples-kernel")
def features() -> str:
    """Of bumps networks need fewer labels than their code's own regression, of sums of stripes more."""
    bump, sos = (thresholds(world) for world in KINDS)
    gains = saving(bump["kernel"], bump["network"]), saving(sos["network"], sos["kernel"])
    return state(
        f"**It is so with another kernel, too.** A Gaussian one, its width chosen by cross-validation, has half of the unseen bumps right within 0.45 px "
        f"from {bump['kernel'].value:.0f} labels on, a network from {bump['network'].value:.0f}. Of sums of stripes the kernel has half from "
        f"{sos['kernel'].value:.0f} on, a network from {sos['network'].value:.0f}.",
        all(gain is not None and gain[1] > 1 for gain in gains),
        _evidence(),
    )


def _evidence() -> str:
    rows = table(STUDY)
    learned = rows[rows["learned"]]
    halves = [
        [KINDS[world], right, *(str(thresholds(world, end=end)[who]) for who in WHO)]
        for world in KINDS
        for right, end in ENDS.items()
    ]
    shares = [
        [KINDS[world], str(n), *(write(spread(part[f"{who}_fine"], share=True), percent=True) for who in WHO)]
        for (world, n), part in learned.groupby(["world", "labels"])
    ]
    return (
        f"Random pairs without stripes, 16 x 16, {rows['seed'].nunique()} seeds. The regression has a Gaussian kernel on the label's code, "
        "its width chosen by cross-validation, as in chapter 5; the kernel of the scoreboard, that of a wide untrained network on the "
        f"same code, is another. Labels at which half is right:\n\n{markdown_table(['world', 'right', 'network', 'regression'], halves)}"
        f"\n\nRight within 0.45 px:\n\n{markdown_table(['world', 'labels seen', 'network', 'regression'], shares)}"
    )
