"""Findings of chapter 3 on cause: what the network draws when its condition is a sum, is steered, or is another label's."""

from bumpbook.frame.findings import percent, register, state
from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import load
from bumpworld.instruments.spread import Spread, spread, write
from bumpworld.store import ResultError

from .axes_table import shares
from .cause_figures import of
from .cause_study import COMPONENTS, STUDY
from .codes_study import MIDDLE

# limits that were written down before the runs: results/predictions/axes.json, cause and steer
ENOUGH, PARTLY, MOVED, ASTRAY = 0.8, 0.5, 0.9, 0.1
A_SUM = 0.97  # additive share from which on a code is called a sum


def records(code: str = "axes") -> list[dict]:
    """What the study measured on networks that learned their labels, one for each. Raises ResultError for none."""
    found = [r["measured"] for r in load(STUDY) if r["setting"]["code"] == code and r["measured"]["learned"]]
    if not found:
        raise ResultError(f"no network told {code!r} is measured; run `{STUDY.command}` first")
    return found


def share(*path: str, code: str = "axes") -> tuple[Spread, Spread]:
    """Spreads over networks of the shares within 1 px and within 0.45 px under a path of a record."""
    wide, narrow = zip(*(of(r, path) for r in records(code)), strict=True)
    return spread(wide, share=True), spread(narrow, share=True)


@register("manifolds-cause-sum")
def sums() -> str:
    """The best sum, fitted where it was trained, draws what was held out."""
    told, summed, shuffled = (share("square", how) for how in ("told", "sum", "shuffled"))
    verdict = "held" if summed[1].mean >= ENOUGH else "held in part" if summed[1].mean >= PARTLY else "failed"
    rows = [
        [name, write(both[0], percent=True), write(both[1], percent=True)]
        for name, both in (
            ("told as always", told),
            ("the best sum", summed),
            ("its parts shuffled", shuffled),
        )
    ]
    return state(
        f"Put the best f(x) + g(y), fitted on trained labels alone, in the place of the condition, and {percent(summed[1].mean)} of "
        f"the held-out square is still drawn within 0.45 px, {percent(summed[0].mean)} within a pixel. Shuffle f and g among the values, and "
        f"{percent(shuffled[0].mean)} is drawn within a pixel.",
        summed[0].mean >= MOVED and shuffled[0].mean <= ASTRAY,
        f"Within 0.45 px the sum does less well: what it leaves out of the condition is small, and it is used. Foretold was "
        f"{percent(ENOUGH)} within 0.45 px; that {verdict}.\n\n{markdown_table(['held-out square of 8', 'within 1 px', 'within 0.45 px'], rows)}",
    )


@register("manifolds-cause-steer")
def steering() -> str:
    """Adding f(x') - f(x) moves the bump, a random direction does not."""
    moved, stayed, control = share("steered", "condition"), share("stayed"), share("control")
    by = {k: share("components", str(k)) for k in COMPONENTS}
    enough = next((k for k in COMPONENTS if by[k][0].mean >= MOVED), None)
    away = [(name, share("distance", name)) for name in records()[0]["distance"]]
    deeper = [(layer, share("steered", layer)) for layer in records()[0]["steered"] if layer != "condition"]
    middle, code = share("steered", MIDDLE)[0], shares("bump", "axes", "code")[:, 0]
    rows = [
        [name, write(both[0], percent=True), write(both[1], percent=True)]
        for name, both in (
            ("the whole step", moved),
            *((f"its first {k} component{'s' if k > 1 else ''}", both) for k, both in by.items()),
            *((f"{name} px away", both) for name, both in away),
            ("stays where it was", stayed),
            ("as far, in a random direction", control),
            *((f"the same step of layer `{layer}`", both) for layer, both in deeper),
        )
    ]
    return state(
        "**The condition's sum is used.** Bumps, told x and y: add f(x′) − f(x) to the condition, and the bump goes to x′ within a pixel in "
        f"{percent(moved[0].mean)} of drawings, within 0.45 px in {percent(moved[1].mean)}; as long a step in a random direction moves it there in "
        f"{percent(control[0].mean)}, and the middle layer's own f(x′) − f(x), added there, in {percent(middle.mean)}. Of the step, {enough} components are enough, "
        "within a pixel. The code in which we tell the label is such a sum already.",
        moved[0].mean >= MOVED
        and control[0].mean <= ASTRAY
        and enough is not None
        and middle.high < PARTLY
        and code.min() > A_SUM,
        f"Moves of 2 to 15 px along x or along y. The code is additive to {percent(code.tolist())} before any training.\n\n"
        + markdown_table(["drawn at the new place", "within 1 px", "within 0.45 px"], rows),
    )


@register("manifolds-cause-languages")
def languages() -> str:
    """The condition holds a sum of x and y whatever language names them."""
    told = {"x and y": "axes", "x + y and x − y": "turned-45", "a name for each value": "one-hot"}
    summed, shuffled, moved, control = (
        {code: share(*path, code=code) for code in told.values()}
        for path in (("square", "sum"), ("square", "shuffled"), ("steered", "condition"), ("control",))
    )
    rows = [
        [
            f"{name}, {px} px",
            *(write(found[code][at], percent=True) for found in (summed, shuffled, moved, control)),
        ]
        for name, code in told.items()
        for at, px in enumerate(("1", ".45"))
    ]
    wide, narrow = ([found[at].mean for found in summed.values()] for at in (0, 1))
    return state(
        "**The condition can be replaced by a sum in any of three codes.** Told x and y, x + y and x − y, or a "
        f"name for each value, {percent(min(narrow))} to {percent(max(narrow))} of the square is drawn from the best f(x) + g(y) within 0.45 px, "
        f"{percent(min(wide))} or more within a pixel.",
        all(
            summed[code][0].mean >= MOVED
            and moved[code][0].mean >= PARTLY
            and shuffled[code][0].mean <= ASTRAY >= control[code][0].mean
            for code in told.values()
        ),
        markdown_table(
            ["told", "the best sum", "its parts shuffled", "steered", "in a random direction"], rows
        )
        + "\n\nThe sum is fitted on trained labels alone; a step is f(x′) − f(x) or g(y′) − g(y) of that sum.",
    )


@register("manifolds-cause-where")
def where() -> str:
    """In which layer the place of the bump is decided."""
    early, late = (share("pasted", layer, "pasted") for layer in ("middle", "up0"))
    rows = [
        [f"`{layer}`", *(write(share("pasted", layer, who)[0], percent=True) for who in ("told", "pasted"))]
        for layer in records()[0]["pasted"]
    ]
    return state(
        "Paste what a layer holds for a label B, 3 px or more away in x and in y, into a drawing of label A: from the middle, where "
        "we read the axes, the bump "
        f"appears at B, within a pixel, in {percent(early[0].mean)} of drawings, from the last layer in {percent(late[0].mean)}. Each later block is told "
        "the label anew, and the last ones decide.",
        early[0].high < 0.5 < late[0].low,
        markdown_table(["pasted into", "drawn at A, told", "drawn at B, pasted"], rows),
    )
