"""What a chapter says of one of the paper's claims: the verdict by rule, what a null gets, what we found behind it.

`finding("claim-composes")` says all three; rule, numbers and history are one fold away.
"""

import html
from functools import partial

import pandas as pd

from bumpworld.instruments.spread import write
from bumpworld.store import Store

from .claims import COARSE, Claim, Score, nothing_measured
from .findings import listed, minus, register
from .found import sentence as found_sentence
from .nulls import SAID
from .standing import CLAIMS, SETTLED, Standing, known, standing

DOES = {"agrees": "**agree**", "partly": "agree **in part**", "disagrees": "**disagree**"}
WORDS = {verdict: f"By our rule networks {does}." for verdict, does in DOES.items()}
WORDS["cannot be said"] = "By our rule **nothing can be said** yet."
# how a sentence begins on what was trained elsewhere than in the small world
ELSEWHERE = {"paper-world": "In the paper's world they", "paper-network": "With the paper's network they"}
AS_NULL = "as a null does"
FOLD = "Rule, numbers and intervals"


def measured(result: Score) -> list[str]:
    """Name and number of everything that a verdict rests on."""
    return [f"{name}: {number(value)}" for name, value in result.measured.items()]


def numbers(result: Score) -> str:
    """All of `measured` on one line."""
    return "; ".join(measured(result)) or "too little"


def number(value) -> str:
    """A spread, a count or a number, as pages write it."""
    if isinstance(value, tuple):
        return write(value)
    if pd.isna(value):
        return "not measured"
    return f"{value}" if isinstance(value, int) else f"{value:.2f}"


def chief(claim: Claim, result: Score) -> str:
    """The mean of what the claim is mostly about, short; empty where it was not measured."""
    value = result.measured.get(claim.shown or claim.limits[0].what)
    value = value[0] if isinstance(value, tuple) else value
    return "" if value is None or pd.isna(value) else minus(value)


def models_behind(claim: Claim, result: Score) -> int:
    """How many models what the claim is mostly about rests on, the fewest of its measurements where that is no mean."""
    value = result.measured.get(claim.shown or claim.limits[0].what)
    means = [value] if isinstance(value, tuple) else result.measured.values()
    return min((v[3] for v in means if isinstance(v, tuple)), default=0)


def null_words(claim: Claim, found: Standing) -> list[str]:
    """For each null: who it is, its verdict and its chief number."""
    lines = []
    for name, result in found.nulls.items():
        value = chief(claim, result)
        lines.append(f"{SAID[name]}: {result.verdict}{f' ({value})' if value else ''}")
    return lines


def details(claim: Claim, preset: str = "quick", store: Store | None = None) -> list[str]:
    """Rule, numbers and history of a claim, a line each, as plain text."""
    now = known(claim, preset, store)
    within = "" if claim.source else f" for drawings within {claim.tolerance:g} of the spacing"
    lines = [f"Rule{within}: {claim.rule}."]
    if now is None:
        lines.append(f"Not measured yet: the table {claim.table}-{preset} is not there.")
    else:
        lines.append(f"Networks: {numbers(now.networks)}.")
        lines += [f"{SAID[n][:1].upper()}{SAID[n][1:]}: {numbers(r)}." for n, r in now.nulls.items()]
    return lines + earlier(claim, preset, store)


def earlier(claim: Claim, preset: str = "quick", store: Store | None = None) -> list[str]:
    """What the rule that this one replaced gave and gives, and why it was replaced; no line where none was."""
    old = claim.history
    past = old and known(old, preset, store)
    if not past:
        return []
    same = "the same rule within 1 px" if old.tolerance == COARSE and not old.source else old.rule
    nulls = "; ".join(null_words(old, past))
    gave = f"{past.networks.verdict} ({numbers(past.networks)})"
    return [f"History: {same} gave {gave}. It was replaced because {claim.why}.", f"By that rule, {nulls}."]


def folded(summary: str, lines: list[str]) -> str:
    """Lines behind a summary that opens on a click, as HTML on one line."""
    inside = "".join(f"<p>{as_html(line)}</p>" for line in lines)
    return f"<details><summary>{as_html(summary)}</summary>{inside}</details>"


def as_html(text: str) -> str:
    """Text as HTML, with no line break before a percent sign."""
    return html.escape(text).replace(" %", "&nbsp;%")


def verdict(now: Standing | None) -> str:
    """The verdict on networks in words, and what it is worth where a null does as well; None was never measured."""
    if now is None:
        return "By our rule nothing is measured yet."
    if not now.passed_by:
        return WORDS[now.networks.verdict]
    does = listed(SAID[name] for name in now.passed_by)
    agree = WORDS[now.networks.verdict].rstrip(".")
    return f"{agree}, but **this shows nothing about learning**: what learned nothing does as well by it ({does})."


def elsewhere(claim: Claim) -> str:
    """The verdict where the rule was tried at the paper's own size, a sentence each; empty where it was not, or says nothing."""
    said = []
    for preset, begins in ELSEWHERE.items():
        now = told(claim, preset)
        own = own_labels(now) if now else ""
        if own or (now and now.networks.verdict in DOES):
            does = "cannot be judged yet" if own else DOES[now.networks.verdict]
            said.append(f"{begins} {does} ({'; '.join(filter(None, (chief(claim, now.networks), own)))}).")
    return " ".join(said)


def told(claim: Claim, preset: str) -> Standing | None:
    """`known`, or None as well where a table holds nothing that the rule asks for."""
    now = known(claim, preset)
    return None if now and nothing_measured(now.networks) else now


def own_labels(now: Standing) -> str:
    """What networks draw of their own trained labels, where that is below `SETTLED`; else empty."""
    return f"trained labels {now.trained:.2f}" if now.trained < SETTLED else ""


def word(claim: Claim) -> str:
    """The verdict in a word or two, for lists. Raises FileNotFoundError where nothing about the claim is measured."""
    now = known(claim)
    if now is None:
        standing(claim.history or claim)
        return "not measured yet"
    return f"{now.networks.verdict}, {AS_NULL}" if now.passed_by else now.networks.verdict


def sentence(claim: Claim) -> str:
    """Claim, verdict by rule, what a null gets and what we found, as Markdown; rule and numbers are folded.

    Raises FileNotFoundError where the claim's table is not there, and `findings.Unsupported` as `found.sentence`.
    """
    parts = (
        f"**The paper: {claim.claim}**",
        verdict(known(claim)),
        elsewhere(claim),
        f"What we found: {found_sentence(claim)}",
    )
    return f"{' '.join(part for part in parts if part)}\n\n{folded(FOLD, details(claim))}"


for _claim in CLAIMS:
    register(f"claim-{_claim.name}")(partial(sentence, _claim))
