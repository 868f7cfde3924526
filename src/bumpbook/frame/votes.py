"""The votes of the session: what is asked, and what may be answered. Slides, handout and plan print them from here."""

from dataclasses import dataclass

import torch
from torch import Tensor

from bumpworld import checks
from bumpworld.selection import Selection, held_out_square, lesion, stripes_only

from .findings import register

# What can come for a label, in words that no answer gives away; the letters are those of the ballot.
OPTIONS = ("one bump, in its place", "one bump, elsewhere", "two bumps", "a smear, or nothing")
WITH_STRIPES = (*OPTIONS, "a cross", "one stripe, either way")


@dataclass(frozen=True)
class Vote:
    """One vote: the ``title`` of its slide, what is ``asked`` (a row of the handout), the ``lines`` of the slide, the
    training set ``train_on`` in a world with this ``margin``, and the ``label`` that is asked for, in pixels of the frame.
    Its networks are those of the ``sweep`` whose labels are ``told`` in this code."""

    name: str
    title: str
    asked: str
    lines: tuple[str, ...]
    train_on: Selection
    label: tuple[int, int]
    sweep: str
    told: str = "axes"
    margin: int = 0
    options: tuple[str, ...] = OPTIONS

    @property
    def place(self) -> tuple[int, int]:
        """The ``label`` in label space, which begins a margin before the frame."""
        x, y = self.label
        return x + self.margin, y + self.margin

    def row(self, labels: Tensor) -> int:
        """At which row of ``labels`` (n, 2) that one stands. Raises ValueError where it does not."""
        found = (labels == torch.tensor(self.place)).all(1).nonzero()
        checks.need(len(found) == 1, "labels", labels, f"hold {self.place} once")
        return int(found[0])

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Letter and words of every option."""
        return list(zip("ABCDEF", self.options, strict=False))


VOTES = (
    Vote(
        "hole",
        "Vote: a hole in the middle",
        "a **pair** never seen; its column and its row were",
        ("Each column and each row of the hole is seen, with other partners.", "Ask for (8, 7). What comes?"),
        held_out_square(6, 10),
        (8, 7),
        "first",
    ),
    Vote(
        "band",
        "Vote: a band of columns",
        "a **column** never seen, in a band of four",
        ("No image of training shows a bump in the band.", "Ask for (8, 7). What comes?"),
        lesion(6, 10),
        (8, 7),
        "lesion",
    ),
    Vote(
        "turned",
        "Vote again: I change one number",
        "the same band; the lecturer changes **one number**",
        ("Same images, same network: it is told $x + y$ and $x - y$, not $x$ and $y$.", "Ask for (8, 7) again."),
        lesion(6, 10),
        (8, 7),
        "codes",
        "turned-45",
    ),
    Vote(
        "wide",
        "And a band of eight?",
        "the same, in a band of **eight**",
        ("The label's axes stay turned. The band is twice as wide.", "Ask for (8, 7). What comes?"),
        lesion(4, 12),
        (8, 7),
        "codes",
        "turned-45",
    ),
    Vote(
        "stripes",
        "Vote: nothing but stripes",
        "a pair, after nothing but **stripes**",
        ("Stripes show each value of one factor, and no pair.", "Ask for (8, 7), in the frame. What comes?"),
        stripes_only(),
        (8, 7),
        "regions",  # its networks of stripes alone: the same labels, and more seeds than the sweep "rim"
        margin=3,
        options=WITH_STRIPES,
    ),
)  # fmt: skip


def vote(name: str) -> Vote:
    """The vote called ``name``. Raises ValueError for another name."""
    found = {one.name: one for one in VOTES}
    return found[checks.choice("vote", name, tuple(found))]


@register("votes-options")
def options() -> str:
    """The options of the ballots, in a sentence."""
    letters = dict(zip("ABCDEF", WITH_STRIPES, strict=True))
    common = ", ".join(f"**{letter}** {words}" for letter, words in list(letters.items())[: len(OPTIONS)])
    more = " and ".join(f"**{letter}** {words}" for letter, words in list(letters.items())[len(OPTIONS) :])
    return (
        f"The options are the same on slides and handout: {common}. The vote on stripes has {more} besides."
    )


@register("votes-ballot")
def ballot() -> str:
    """The ballot of the handout: a row for each vote, with boxes to tick."""
    rows = ["| asked for | my guess | why? | what came |", "|---|---|---|---|"]
    for one in VOTES:
        boxes = " ".join(f"☐\N{NO-BREAK SPACE}{letter}" for letter, _ in one.choices)
        rows.append(f"| {one.asked} | {boxes} | | |")
    letters = " · ".join(f"**{letter}** {words}" for letter, words in vote("stripes").choices)
    return f"{letters}\n\n" + "\n".join(rows)
