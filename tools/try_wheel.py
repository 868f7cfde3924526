"""Run every chapter, and every student notebook, as someone would who has only the wheel: `make test-all`.

The wheel is built, installed into a fresh environment outside the checkout, and each notebook is executed there with
the results that came inside the wheel. A cell that fails ends the run, except a student's open stub, which must fail
and say what is asked. Prints the seconds that each notebook took.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IN_NOTEBOOKS = ["ipykernel", "nbclient", "nbformat"]  # what runs a notebook, besides the package

# Executed by the fresh environment's Python: it must know nothing of the checkout.
RUNNER = """
import sys, time
from pathlib import Path
import bumpworld, nbformat
from nbclient import NotebookClient

assert Path(bumpworld.__file__).is_relative_to(sys.prefix), bumpworld.__file__
path = Path(sys.argv[1])
notebook = nbformat.read(path, 4)
started = time.time()
NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(path.parent)}}).execute()
stubs = [cell for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", [])]
for cell in stubs:
    names = [output.ename for output in cell.outputs if output.output_type == "error"]
    assert names == ["Unanswered"], f"an open exercise ended with {names}: {cell.source}"
text = "".join(str(cell.get("outputs")) for cell in notebook.cells)
assert "Not measured here" not in text, "a verdict found no results"
print(f"{path.parent.name}/{path.name}: {time.time() - started:.0f} s, {len(stubs)} open exercises", flush=True)
"""


def call(*command: str, cwd: Path) -> None:
    """Run a command that must succeed, without the checkout on its path."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "BUMPWORLD_RESULTS")}
    done = subprocess.run(command, cwd=cwd, env=environment, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} ... failed with status {done.returncode}")


def fresh_environment(folder: Path, constraints: Path) -> Path:
    """A virtual environment with the wheel of this checkout in it; returns its Python."""
    call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT), cwd=folder)
    (wheel,) = folder.glob("bumpworld-*.whl")
    call(sys.executable, "-m", "venv", str(folder / "venv"), cwd=folder)
    python = folder / "venv" / "bin" / "python"
    packages = [f"{wheel}[chapters]", *IN_NOTEBOOKS]
    call(str(python), "-m", "pip", "install", "-q", "-c", str(constraints), *packages, cwd=folder)
    return python


def main() -> int:
    """Build, install, run; the notebooks may be narrowed down by parts of their names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only notebooks whose path contains one of these")
    parser.add_argument("--constraints", type=Path, default=ROOT / "constraints.txt")
    options = parser.parse_args()
    student = ROOT / "_build" / "student" / "notebooks"
    if not list(student.glob("*.ipynb")):
        sys.exit(f"{student} is empty: run `make student` first")
    with tempfile.TemporaryDirectory() as name:
        folder, started = Path(name), time.time()
        python = fresh_environment(folder, options.constraints.resolve())
        print(f"wheel and environment: {time.time() - started:.0f} s", flush=True)
        for kind, source in (("chapters", ROOT / "notebooks"), ("student", student)):
            (folder / kind).mkdir()
            for path in sorted(source.glob("*.ipynb")):
                copy = folder / kind / path.name
                if options.names and not any(part in f"{kind}/{path.name}" for part in options.names):
                    continue
                copy.write_bytes(path.read_bytes())
                call(str(python), "-c", RUNNER, str(copy), cwd=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
