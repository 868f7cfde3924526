"""A finding of chapter 3 on networks that are trained for the noise, as a DDPM usually is: whose axes do they hold?"""

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import load
from bumpbook.frame.sweeps import sweep
from bumpworld.instruments.spread import spread, write
from bumpworld.store import ResultError

from .axes_findings import AXES, NULL, outcome
from .codes_study import NOISE, experiment


@register("manifolds-axes-noise")
def whose() -> str:
    """Told turned axes, trained for the noise and shown no image, does the middle layer have the image's axes?"""
    learned = [r["measured"]["shares"] for r in load(NOISE) if r["measured"]["learned"]]
    if len(learned) < NOISE.seeds:
        raise ResultError(
            f"{len(learned)} of {NOISE.seeds} networks are measured; run `{NOISE.command}` first"
        )
    along, across = (spread([by["blank middle"][at] for by in learned], share=True) for at in (0, -1))
    clouds = {
        "trained for the noise": "blank middle",
        "untrained, random blocks": "random middle",
        "the label's code alone": "code",
    }
    found = {name: spread([by[cloud][0] - by[cloud][-1] for by in learned]) for name, cloud in clouds.items()}
    trained, *nulls = found.values()
    steps = experiment(NOISE.settings[0], 0).steps
    fewer = max(e.steps for e in sweep("targets").experiments)
    return state(
        "**It is so for the usual target of a DDPM, the noise.** Trained for it, told x + y and x − y and shown no image, networks that draw stripes "
        f"hold a part for x and a part for y as well: the best f(x) + g(y) explains {percent(along.mean)} of their middle layer, the best "
        f"f(x + y) + g(x − y) {percent(across.mean)}. They did learn their labels: they had {steps} steps, those of chapter 2 {fewer}.",
        trained.low > 0 and steps > fewer and max(null.high for null in nulls) < NULL,
        f"The contrast of the finding above, foretold before these networks were trained (`results/predictions/told-targets.json`): from {AXES:g}, "
        f"with an interval above 0. That **{outcome(trained, AXES)}**.\n\n"
        + markdown_table(
            ["stripes told x + y and x − y", "contrast"],
            [[name, write(value)] for name, value in found.items()],
        ),
    )
