"""What the study of corners measured, as shares of drawings and tables of them: findings and figures of chapter 3 rest on it."""

from bumpbook.frame.pages import markdown_table
from bumpbook.frame.studies import load
from bumpworld.instruments.spread import Spread, spread, write
from bumpworld.store import ResultError

from .cause_figures import of
from .codes_study import MIDDLE
from .corners import PAIRS
from .corners_study import STUDY

TURNED, PLAIN, STRIPES, BUMPS = "turned-45", "axes", "sos", "bump"
CODES = {TURNED: "x + y and x − y", PLAIN: "x and y"}
WORLDS = {STRIPES: "stripes", BUMPS: "bumps"}
NAMES = {"condition": "the condition", MIDDLE: "the middle layer"}


def records(world: str, code: str) -> list[dict]:
    """What the study measured on networks of one kind that learned their labels. Raises ResultError for none."""
    wanted = {"world": world, "code": code}
    found = [r["measured"] for r in load(STUDY) if r["setting"] == wanted and r["measured"]["learned"]]
    if not found:
        raise ResultError(f"no network of {wanted} is measured; run `{STUDY.command}` first")
    return found


def shares(world: str, code: str, *path: str, fine: bool = False) -> list[float]:
    """Of each network the share within 1 px, or within 0.45 px, that its record keeps under ``path``."""
    return [of(r, path)[int(fine)] for r in records(world, code)]


def share(world: str, code: str, *path: str, fine: bool = False) -> Spread:
    """Spread of `shares` over networks."""
    return spread(shares(world, code, *path, fine=fine), share=True)


def axes(world: str, code: str, layer: str = MIDDLE, side: str = "far") -> Spread:
    """Share from the sum along x and y minus share from that along the diagonals, within 1 px."""
    return spread(leads(world, code, layer, side))


def leads(world: str, code: str, layer: str = MIDDLE, side: str = "far") -> list[float]:
    """What `axes` is the spread of, a number a network."""
    pair = zip(*(shares(world, code, "sums", layer, side, p) for p in PAIRS), strict=True)
    return [along - across for along, across in pair]


def worse(*path: str, fine: bool = False) -> Spread:
    """Of stripes under two codes, the spread with the lower mean."""
    return min((share(STRIPES, code, *path, fine=fine) for code in CODES), key=lambda found: found.mean)


def rows() -> dict[str, tuple[str, list[dict]]]:
    """name -> (layer, records) of every kind of network, as the figure shows them."""
    return {
        f"{WORLDS[world]} told {CODES[code]}: {NAMES[layer].removeprefix('the ')}": (
            layer,
            records(world, code),
        )
        for world in WORLDS
        for code in CODES
        for layer in NAMES
    }


def both(world: str, code: str, *path: str) -> list[str]:
    """A share within 1 px and within 0.45 px, in words."""
    return [write(share(world, code, *path, fine=fine), percent=True) for fine in (False, True)]


def table() -> str:
    """A Markdown table of shares drawn right from sums along two pairs of axes, by network, layer and side of the square."""
    lines = []
    for world in WORLDS:
        for code in CODES:
            kind = f"{WORLDS[world]} told {CODES[code]}"
            lines.append([f"{kind}: as always", *both(world, code, "told"), "–", "–"])
            for layer, name in NAMES.items():
                for side, px in (("near", 3), ("far", 6)):
                    cells = (both(world, code, "sums", layer, side, pair) for pair in PAIRS)
                    lines.append([f"{name}, {px} px", *(cell for pair in cells for cell in pair)])
    head = ["", "x and y, 1 px", "x and y, 0.45 px", "diagonals, 1 px", "diagonals, 0.45 px"]
    return markdown_table(head, lines)


def random_table() -> str:
    """A Markdown table of shares drawn right when the middle layer is off in a random direction, by network."""
    lines = [
        [f"{WORLDS[world]} told {CODES[code]}", *both(world, code, "astray")]
        for world in WORLDS
        for code in CODES
    ]
    return markdown_table(["off in a random direction", "within 1 px", "within 0.45 px"], lines)
