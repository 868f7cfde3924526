"""Run one student's notebook in a kernel of its own: the process that `grading` starts for each hand-in.

Run as a file, ``hand_in.py NOTEBOOK SECONDS FENCE``, so that it loads nothing of the book itself: ``FENCE`` is code that
its kernel runs first. The last line that it prints is a JSON object: ``ended``, how the run ended in words; ``seconds``,
how long the notebook's own cells took; ``failed``, the cells that ended with an error, ``[number, error]``.
"""

import json
import sys
import time
from pathlib import Path

MOST_OUTPUTS = 500  # of a cell: one that prints for ever must not fill the memory
STARTING = 300  # seconds that a kernel has to start and to raise the fence, on a busy machine, too


class Unfenced(Exception):
    """The code that raises the fence failed, and nothing of the notebook may run."""


class Clock:
    """How long a notebook's own cells have run, of the ``seconds`` that they have; the first of them starts it."""

    def __init__(self, seconds: float):
        self.seconds, self.started, self.reached = seconds, None, 0

    def begin(self, cell, cell_index: int) -> None:
        """Note which cell begins; index 0 is the fence."""
        self.reached = cell_index
        if cell_index and self.started is None:
            self.started = time.monotonic()

    def used(self) -> float:
        """Seconds since the first own cell began, 0 before."""
        return 0.0 if self.started is None else time.monotonic() - self.started

    def left(self, cell) -> int:
        """Whole seconds that a cell may take, at least 1."""
        return STARTING if self.started is None else max(1, round(self.seconds - self.used()))


def run(path: Path, seconds: float, fence: str) -> dict:
    """Execute every cell, also after an error, until ``seconds`` are over."""
    import nbformat
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, 4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(fence))
    clock, ended = Clock(seconds), "ran"
    try:
        _client(notebook, path.parent, clock).execute()
    except (CellTimeoutError, TimeoutError):
        ended = f"stopped in cell {_number(notebook, clock)} when its time was over"
    except DeadKernelError:
        ended = f"its kernel ended in cell {_number(notebook, clock)} (out of memory, or told to exit)"
    except Unfenced as error:
        ended = f"was not run, as the fence could not be raised: {error}"
    return {"ended": ended, "seconds": clock.used(), "failed": _failed(notebook)}


def _client(notebook, folder: Path, clock: Clock):
    from nbclient import NotebookClient

    class Client(NotebookClient):
        def output(self, outs, msg, display_id, cell_index):
            if len(outs) < MOST_OUTPUTS:
                return super().output(outs, msg, display_id, cell_index)
            return None

    def begin(cell, cell_index):
        if cell_index == 1 and (errors := _errors(notebook.cells[0])):
            raise Unfenced(errors[0])
        clock.begin(cell, cell_index)

    return Client(
        notebook,
        kernel_name="python3",
        allow_errors=True,
        timeout_func=clock.left,
        startup_timeout=STARTING,
        on_cell_start=begin,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
    )


def _number(notebook, clock: Clock) -> int:
    """The number of the last cell that was begun, as a reader counts: code cells, from 1."""
    return max(1, sum(cell.cell_type == "code" for cell in notebook.cells[1 : clock.reached + 1]))


def _errors(cell) -> list[str]:
    """The errors in a cell's outputs other than an open stub's, a line each."""
    outputs = [o for o in cell.get("outputs", []) if o.output_type == "error" and o.ename != "Unanswered"]
    return [f"{o.ename}: {' '.join(o.evalue.split())[:120]}" for o in outputs]


def _failed(notebook) -> list[tuple[int, str]]:
    """Cells that ended with an error: their numbers, and the errors in a line each."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"][1:]
    return [(number, said) for number, cell in enumerate(code, start=1) for said in _errors(cell)]


if __name__ == "__main__":
    where, limit, code = sys.argv[1:]
    print(json.dumps(run(Path(where), float(limit), code)))
