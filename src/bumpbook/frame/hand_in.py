"""Run one student's notebook in a kernel of its own: the process that `grading` starts for each hand-in.

Called as ``python -m bumpbook.frame.hand_in NOTEBOOK SECONDS LOG FOLDER ...``. The last line that it prints is a JSON
object: ``ended``, how the run ended in words; ``failed``, the cells that ended with an error, ``[number, error]``.
"""

import json
import sys
import time
from pathlib import Path

from . import fence

MOST_OUTPUTS = 500  # of a cell: one that prints for ever must not fill the memory


def run(path: Path, seconds: float, log: Path, own: list[Path]) -> dict:
    """Execute every cell, also after an error, until ``seconds`` are over."""
    import nbformat
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, 4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(fence.cell(own, log)))
    deadline = time.monotonic() + seconds
    begun = []
    client = _client(notebook, path.parent, deadline, begun)
    ended = "ran"
    try:
        client.execute()
    except (CellTimeoutError, TimeoutError):
        ended = f"stopped in cell {_reached(notebook, begun)} when its time was over"
    except DeadKernelError:
        ended = f"its kernel ended in cell {_reached(notebook, begun)} (out of memory, or told to exit)"
    return {"ended": ended, "failed": _failed(notebook)}


def _client(notebook, folder: Path, deadline: float, begun: list[int]):
    from nbclient import NotebookClient

    class Client(NotebookClient):
        def output(self, outs, msg, display_id, cell_index):
            if len(outs) < MOST_OUTPUTS:
                return super().output(outs, msg, display_id, cell_index)
            return None

    return Client(
        notebook,
        kernel_name="python3",
        allow_errors=True,
        timeout_func=lambda cell: max(1, round(deadline - time.monotonic())),
        startup_timeout=max(60, round(deadline - time.monotonic())),  # a busy machine takes its time
        on_cell_start=lambda cell, cell_index: begun.append(cell_index),
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
    )


def _reached(notebook, begun: list[int]) -> int:
    """The number of the last cell that was begun, as a reader counts: code cells, from 1."""
    last = begun[-1] if begun else 1
    return max(1, sum(cell.cell_type == "code" for cell in notebook.cells[1 : last + 1]))


def _failed(notebook) -> list[tuple[int, str]]:
    """Cells that ended with an error other than an open stub's: their numbers, and the errors in a line each."""
    found = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"][1:]
    for number, cell in enumerate(code, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename != "Unanswered":
                said = " ".join(output.evalue.split())
                found.append((number, f"{output.ename}: {said[:120]}"))
    return found


if __name__ == "__main__":
    where, limit, log_file, *folders = sys.argv[1:]
    print(json.dumps(run(Path(where), float(limit), Path(log_file), [Path(folder) for folder in folders])))
