"""Records of chapter 3's studies as a test wants them, in a store of its own."""

from bumpbook.manifolds.astray_study import STUDY as ASTRAY
from bumpbook.manifolds.cause_study import STUDY as CAUSE
from bumpbook.manifolds.codes_study import BUMP, SOS
from bumpbook.manifolds.corners_study import STUDY as CORNERS
from bumpworld.files import write_record
from bumpworld.store import Store

STANDING = ("code", "blank middle", "random middle", "seen middle", "fresh middle")
# additive shares at four angles
# told a name for each pair, bumps leave a little of x and y
HINT = [0.64, 0.59, 0.51, 0.52]
ALONG, ACROSS, NONE, SHEET = [0.98, 0.8, 0.5, 0.55], [0.3, 0.4, 0.7, 0.99], [0.4] * 4, [0.99] * 4


def keep(study, setting, seed, measured, learned=True):
    """Write one record of a study into the store that the environment names."""
    record = {**study._identity(setting, seed), "measured": {"learned": learned} | measured}
    write_record(study.path(setting, seed, Store()), record | {"provenance": {"seconds": 1.0}})


def network(world, told_by, seed, learned=True, sheet=None, **shares):
    """A record of whose axes a network has; spaces in a cloud's name are underscores here."""
    clouds = dict.fromkeys(STANDING, NONE) | {
        name.replace("_", " "): values for name, values in shares.items()
    }
    sheets = (
        dict.fromkeys(("code", "seen down1", "fresh down1", "blank down1"), [30.0, 0.1])
        | {"seen down1": [2.5, 0.9], "blank down1": [2.5, 0.9]}
        | (sheet or {})
    )
    study = {"sos": SOS, "bump": BUMP}[world]
    keep(study, {"world": world, "code": told_by}, seed, {"shares": clouds, "sheet": sheets}, learned)


def all_networks(**turned):
    """Ten networks that draw stripes and five that draw bumps under each code, as the book found them."""
    told = {"axes": ALONG, "turned-45": ACROSS, "one-hot": ALONG, "pair": NONE}
    for code, own in told.items():
        for seed in range(10):
            clouds = {
                "code": own,
                "random_middle": own,
                "blank_middle": ALONG,
                "seen_middle": ALONG,
                "fresh_middle": ALONG,
            }
            network("sos", code, seed, **clouds | (turned if code == "turned-45" else {}))
        blank = HINT if code == "pair" else SHEET
        for seed in range(5):
            network("bump", code, seed, code=own, random_middle=own, blank_middle=blank, seen_middle=SHEET)


def cause(seed, code="axes", **changes):
    """A record of the study "cause" as the book found it."""
    good, none = [1.0, 0.6], [0.0, 0.0]
    layers = ("condition", "down1", "middle", "up0")
    measured = {
        "square": {"told": [1.0, 1.0], "sum": good, "shuffled": none},
        "steered": dict.fromkeys(layers, none) | {"condition": good},
        "stayed": none,
        "control": none,
        "components": {"1": [0.7, 0.4], "2": good, "3": good, "4": good, "8": good},
        "distance": {"2-4": good, "5-8": good, "9-15": good},
        "pasted": {
            layer: {"told": none, "pasted": good if layer in ("condition", "up0") else none}
            for layer in layers
        },
    }
    keep(CAUSE, {"code": code}, seed, measured | changes)


def corners(seed, **changes):
    """Records of the study "corners" as the book found it, of all kinds of network; ``changes`` are of stripes told turned axes."""
    good, none = [1.0, 0.6], [0.0, 0.0]
    # networks whose condition five seeds do not settle
    fair = [0.8 if seed % 2 else 0.2, 0.1]
    own, other, no_axes = (
        dict(zip(("image", "diagonal"), v, strict=True))
        for v in ((good, none), (fair, [0.6, 0.3]), (good, good))
    )
    found = {
        "contrast": 0.3,
        "told": good,
        "astray": good,
        "elsewhere": [0.12, 0.02],
        "follows": {"told": none, "neighbour": good},
        "square": {"sum": good, "shuffled": none},
        "steered": good,
        "control": none,
    }
    for world, middle in (("sos", own), ("bump", no_axes)):
        for code, condition in (("axes", own), ("turned-45", other)):
            sums = {
                "condition": {"near": no_axes, "far": condition},
                "middle": {"near": middle, "far": middle},
            }
            doctored = changes if (world, code) == ("sos", "turned-45") else {}
            keep(CORNERS, {"world": world, "code": code}, seed, found | {"sums": sums} | doctored)


def astray(seed, **changes):
    """A record of the study "astray" as the book found it."""
    shares = {"diagonal": 0.0, "random": 0.9, "span": 0.7, "spread": 0.05}
    measured = {name: [share, share] for name, share in shares.items()}
    measured["sizes"] = {"image": 0.6, "diagonal": 1.8}
    keep(ASTRAY, {"world": "sos", "code": "turned-45"}, seed, measured | changes)
