"""Verdicts of chapter 2: what noise takes away, what the targets cost, the first held-out square."""

from bumpbook.frame.exact import position_error, x0_weight
from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table, reading_time
from bumpbook.frame.status import saved_benchmark
from bumpbook.frame.studies import load
from bumpbook.frame.sweeps import sweep
from bumpbook.frame.tables import FINE
from bumpbook.widgets.lab_presets import NETWORK, NETWORKS
from bumpworld.diffusion import TARGETS, NoiseSchedule
from bumpworld.instruments.spread import spread, write
from bumpworld.selection import everything
from bumpworld.store import Result, ResultError, Store
from bumpworld.unet import ConditionalUNet, UNetConfig

from .decoder_study import STUDY as DECODER

COMPOSED = 0.5  # more than half of what was never shown
ENOUGH = 0.9  # share of labels right at which a region counts as drawn


@register("ddpm-time")
def time() -> str:
    return reading_time(2)


@register("ddpm-weights")
def weights() -> str:
    """Share of each target's weight that lies where only the label tells the position."""
    schedule = NoiseSchedule.linear()
    start, alpha_bar = lost(schedule), schedule.alpha_bar.double()
    shares = {}
    for target in TARGETS:
        weight = x0_weight(target, alpha_bar)
        shares[target] = float(weight[start:].sum() / weight.sum())
    listed = ", ".join(f"{100 * shares[target]:.1f} % for `{target}`" for target in TARGETS)
    return f"Of the weight that each target hands out, this much lies at t ≥ {start}: {listed}."


@register("ddpm-unet")
def unet() -> str:
    """Numbers of parameters of the two presets."""
    sizes = [
        sum(p.numel() for p in ConditionalUNet(config).parameters())
        for config in (UNetConfig.quick(), UNetConfig.paper())
    ]
    return f"The quick network has {sizes[0] / 1e6:.2f} million parameters, the paper preset {sizes[1] / 1e6:.1f} million."


@register("ddpm-larger-network")
def larger() -> str:
    """What networks as the paper draws them make of the pairs that they never saw."""
    store, declared = Store(), sweep("first", "paper-network")
    runs = [store.load(e) for e in declared.experiments if store.has(e)]
    known = [run for run in runs if run.learned]
    if not known:
        raise ResultError(f"no such network is there that learned; run `{declared.command}` first")
    drawn = spread([run.accuracy(FINE)["square"][2] for run in known], share=True)
    rows = [
        [
            str(run.experiment.seed),
            *(percent(run.accuracy(FINE)[region][2]) for region in ("train", "square")),
        ]
        for run in runs
    ]
    return state(
        f"**It composes, too.** Of {len(runs)} networks as the paper draws them, {len(known)} knew their labels after {runs[0].experiment.steps} steps. They draw "
        f"{percent(drawn.mean)} of the square within {FINE:g} px.",
        len(known) > 1 and drawn.low > COMPOSED,
        f"{write(drawn, percent=True)}. The first is the one above:\n\n{markdown_table(['seed', 'own labels', 'the square 13..18'], rows)}",
    )


@register("ddpm-control")
def control() -> str:
    """Does it take longer to learn when the square is held out?"""
    runs = results("first")
    whole = [r.record["training"]["learned_at"] for r in runs if r.experiment.train_on == everything()]
    holed = [r.record["training"]["learned_at"] for r in runs if r.experiment.train_on != everything()]
    if None in whole + holed:
        return (
            "Not every seed learned its training labels before its cap, so the two worlds are not compared."
        )
    seen, new = spread(whole), spread(holed)
    return state(
        f"It costs no time, as far as these runs tell: a model that sees every label has learned its labels after {write(seen, form='.0f')} steps, "
        f"one with the square held out after {write(new, form='.0f')}.",
        new.low <= seen.high and seen.low <= new.high,
    )


@register("ddpm-browser")
def browser() -> str:
    """What it costs a browser to learn the quick world, and whether the held-out drawings came out right."""
    saved = saved_benchmark("browser_training")
    rows = {row["what"]: row for row in saved["rows"]}
    whole, runs = rows["the whole run"], len(saved["last looks"])
    steps = NETWORKS[NETWORK].steps
    if saved.get("network") != NETWORK:
        raise ResultError("browser_training.json is of another network; run `make bench` again")
    text = f"Measured in a headless Chromium: {steps} steps take {whole['processor seconds']:.0f} s of one core's time"
    if "until all drawings of held-out labels are right" in rows:
        reached = rows["until all drawings of held-out labels are right"]
        text += (
            f"; in {saved['composed']} of {runs} runs the drawings of all held-out labels came out right, for the "
            f"first time after {reached['processor seconds']:.0f} s"
        )
    if whole["seconds"] > 1.2 * whole["processor seconds"]:
        text += f". (On the clock the run took {whole['seconds']:.0f} s, as the machine did other work too.)"
    else:
        text += "."
    step = rows["a step, PyTorch on one thread"]["processor seconds"]
    return text + (
        f" PyTorch needs {steps * step:.0f} s for the same steps on one thread, without the looks. Before the first "
        f"step the page fetches {saved['megabytes']:.1f} MB."
    )


def results(name: str) -> list[Result]:
    store = Store()
    return [store.load(experiment) for experiment in sweep(name).experiments]


def lost(schedule: NoiseSchedule) -> int:
    """First time at which no unbiased reading finds a coordinate within a pixel."""
    return int((position_error(schedule) > 1).nonzero()[0])


def first_step(result: Result, region: str) -> int | None:
    """First looked-at step at which a region is drawn right, None when there is none."""
    for number, checkpoint in enumerate(result.record["checkpoints"]):
        if result.accuracy(checkpoint=number)[region][2] >= ENOUGH:
            return checkpoint["step"]
    return None


def _steps(values: list[float]) -> str:
    return write(spread(values), form=".0f")


@register("ddpm-decoder")
def decoder() -> str:
    """Every shipped model is, mostly, a decoder of its label."""
    found = [m for m in (record["measured"] for record in load(DECODER)) if m["learned"]]
    at_once = spread([m["one_pass"]["train"] for m in found], share=True)
    told, shown = (spread([m[who] for m in found if who in m], share=True) for who in ("told", "shown"))
    later = spread([m["sampled"]["train"] for m in found], share=True)
    return state(
        f"**Our models draw from the label and hardly look at the picture.** In a single pass from pure noise they place "
        f"{percent(at_once.mean)} of their trained labels right. Told one label and shown the nearly clean image of another, they "
        f"draw what they were told in {percent(told.mean)} of cases and what they were shown in {percent(shown.mean)}.",
        at_once.mean >= 0.95 and told.low > 0.5 > shown.high and shown.mean < 0.05,
        f"All {len(found)} shipped models that learned their labels. One pass at t = 999: {write(at_once, percent=True)}; 20 steps of "
        f"sampling: {write(later, percent=True)}. Two labels that disagree by 3 px or more, t = 5: as told {write(told, percent=True)}, "
        f"as shown {write(shown, percent=True)}. One image a label makes the ideal answer a constant; the paper's data has the same "
        "property.",
    )
