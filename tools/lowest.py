"""Write the lowest versions that pyproject.toml allows, as constraints for pip: name==bound for every direct dependency.

    python tools/lowest.py > lowest.txt && pip install -c lowest.txt -e ".[book,test,scale]"

Packages that only others ask for stay free, so that pip finds the ones that go with these. A bound that does not
work is a false promise: raise it.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# a name, extras, a lower bound, perhaps an upper one: "dask[distributed]>=2024.8", "jupyter-book>=1.0.4,<2"
BOUNDED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?>=([\w.]+)(?:,<[\w.]+)?")


def lowest(project: dict) -> dict[str, str]:
    """The lower bound of each direct dependency in the "project" table of a pyproject.toml, by name.

    Raises ValueError for a dependency without a lower bound, and for two bounds of one package.
    """
    found: dict[str, str] = {}
    extras = project["optional-dependencies"].values()
    for needed in [*project["dependencies"], *(text for specs in extras for text in specs)]:
        # an extra may begin with another one of the project's own
        if needed.startswith(f"{project['name']}["):
            continue
        match = BOUNDED.fullmatch(needed)
        if not match:
            raise ValueError(f"{needed!r} has no lower bound; allowed is one, as in name>=1.0")
        name, bound = match.groups()
        if found.setdefault(name, bound) != bound:
            raise ValueError(f"{name} has the bounds {found[name]} and {bound}; allowed is one")
    return found


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    sys.stdout.writelines(f"{name}=={bound}\n" for name, bound in sorted(lowest(project).items()))
