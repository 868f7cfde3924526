"""Finding of chapter 6 on features: how many labels a network needs, and how many its own label code alone."""

from bumpbook.frame.findings import register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import table
from bumpworld.instruments.onset import Threshold, fit_threshold
from bumpworld.instruments.spread import spread, write

from .efficiency import copying_needs, saving
from .kernel_study import LABELS, STUDY, network

# the share right at a threshold
HALF = 0.5


def thresholds() -> dict[str, Threshold]:
    """Labels at which half of the held-out ones are right: of the network and of the kernel, on the same labels."""
    rows = table(STUDY)
    rows = rows[rows["learned"]]
    return {
        who: fit_threshold(rows["labels"], rows[who] * rows["tried"], rows["tried"], HALF, rows["seed"])
        for who in ("network", "kernel")
    }


@register("few-examples-kernel")
def features() -> str:
    """Networks need fewer labels than their code's own regression, and hardly fewer than copying."""
    found, rows = thresholds(), table(STUDY)
    ratio, copies = (
        saving(found["kernel"], found["network"]),
        copying_needs(network(LABELS[0], 0).canvas.size, HALF),
    )
    shares = [
        [str(n), *(write(spread(part[who], share=True), percent=True) for who in ("network", "kernel"))]
        for n, part in rows[rows["learned"]].groupby("labels")
    ]
    return state(
        f"Within a pixel a network draws half of the unseen labels right once it has seen {found['network'].value:.0f}. Copying the nearest "
        f"image needs {copies}, a regression on the very numbers in which the network is told a label {found['kernel'].value:.0f}.",
        ratio is not None and ratio[1] > 1 and found["network"].high < copies,
        f"Random bumps without stripes, 16 x 16, within 1 px, {rows['seed'].nunique()} seeds; kernel regression on the label code, "
        f"its width chosen by cross-validation. Network {found['network']}, kernel {found['kernel']}, ratio "
        + (f"{ratio[0]:.1f} ({ratio[1]:.1f} to {ratio[2]:.1f})" if ratio else "not measured")
        + f".\n\n{markdown_table(['labels seen', 'network', 'kernel on its code'], shares)}",
    )
