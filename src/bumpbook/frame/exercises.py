"""Checks of the exercises: `bumpbook.check("interpolation-two", answer)` says whether an answer is right, or hints.

A check is a function in the file of its chapter, registered under the label of its exercise. It works out the truth
when it is asked, by a formula or with this package, and holds no results. Where the text of the exercise is: in the
chapter, and nowhere else.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import rooms
from .answers import WrongKind

__all__ = ["Exercise", "Outcome", "Unanswered", "check", "exercise", "exercises"]

OPEN = (
    "This exercise is open: the check sees that the answer is of the right kind and plausible, and no more."
)


class Unanswered(Exception):
    """The answer is still the dots of the stub; the message says what is asked and what kind of answer is wanted."""

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines in place of a traceback: nothing has gone wrong inside
        return [f"Unanswered: {self}"]


@dataclass(frozen=True)
class Exercise:
    """One exercise with its check.

    ``name`` is its label in the chapter, such as "interpolation-two", ``asks`` the question in a sentence, ``wants`` the
    kind of answer, such as "a dict from width to share", and ``minutes`` how long it may take. ``judge`` gives
    None for a right answer and a hint for another one, and raises `answers.WrongKind` for what is no answer.
    ``says`` is a sentence that follows "Right.", or nothing.
    """

    name: str
    asks: str
    wants: str
    minutes: int
    judge: Callable[[Any], str | None]
    says: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a check found: ``right`` or not, and then a ``hint``. A notebook shows it as a line of text."""

    right: bool
    hint: str = ""
    says: str = ""

    def __repr__(self) -> str:
        return f"Right. {self.says}".rstrip() if self.right else f"Not yet: {self.hint}"

    def _repr_markdown_(self) -> str:
        return f"**Right.** {self.says}".rstrip() if self.right else f"**Not yet:** {self.hint}"


_REGISTRY: dict[str, Exercise] = {}


def exercise(name: str, *, minutes: int, wants: str, says: str = "", is_open: bool = False) -> Callable:
    """Decorator: make a function from an answer to None or a hint the check of the exercise ``name``.

    The first paragraph of its docstring is the question. ``says`` follows the word "Right."; an exercise that
    ``is_open``, one with many right answers, gets a sentence that says so. Raises ValueError for a name that another
    function has, and for a function without a question.
    """

    def keep(judge: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
        asks = " ".join((judge.__doc__ or "").split("\n\n")[0].split())
        if not asks:
            raise ValueError(f"exercise {name!r} asks nothing; its docstring must begin with the question")
        if name in _REGISTRY and _REGISTRY[name].judge.__qualname__ != judge.__qualname__:
            raise ValueError(f"exercise {name!r} already has a check, {_REGISTRY[name].judge.__qualname__}")
        words = f"{says} {OPEN}".strip() if is_open else says
        _REGISTRY[name] = Exercise(name, asks, wants, minutes, judge, words)
        return judge

    return keep


def exercises() -> dict[str, Exercise]:
    """All exercises by name, sorted."""
    rooms.modules("checks")
    return dict(sorted(_REGISTRY.items()))


def check(name: str, answer: Any) -> Outcome:
    """Say whether ``answer`` is right for the exercise ``name``, with a hint when it is not.

    Raises ValueError for an unknown name, and `Unanswered` for the dots of the stub. Whatever else the answer is, the
    outcome says what is wanted.
    """
    from bumpworld.store import ResultError

    asked = _find(name)
    if answer is Ellipsis:
        raise Unanswered(_request(asked))
    try:
        hint = asked.judge(answer)
    except WrongKind as kind:
        return Outcome(False, f"wanted is {asked.wants}, and {kind}.")
    except (ResultError, FileNotFoundError) as error:
        return Outcome(False, f"this cannot be checked here, because a stored result cannot be read: {error}")
    except Exception as error:
        # an answer may be anything at all, and what it breaks inside a check would say nothing to its author
        kind = type(error).__name__
        return Outcome(False, f"wanted is {asked.wants}; this answer cannot be read ({kind}).")
    return Outcome(True, says=asked.says) if hint is None else Outcome(False, hint)


def _request(asked: Exercise) -> str:
    chapter = rooms.of(asked.name)
    return (
        f"{asked.asks} Wanted in place of the dots: {asked.wants}. Then run this cell again. The text of the exercise "
        f"({asked.name}) stands in the chapter on {chapter.replace('_', ' ')} under 'Exercises'; it takes up to {asked.minutes} minutes."
    )


def _find(name: Any) -> Exercise:
    """The exercise ``name``, or ValueError with names like it."""
    rooms.modules("checks")
    if not isinstance(name, str) or name not in _REGISTRY:
        known = list(exercises())
        near = difflib.get_close_matches(str(name), known, n=4, cutoff=0.7)
        raise ValueError(f"exercise is {name!r}; names are {', '.join(near or known)}")
    return _REGISTRY[name]
