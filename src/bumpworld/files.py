"""Files of results: written whole or not at all, with a checksum of their content and where they were made."""

import hashlib
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import torch
from safetensors import SafetensorError


class ResultError(RuntimeError):
    """A result file is missing, damaged or foreign; the message names the file and what to do."""


def write_record(path: Path, record: dict) -> None:
    """Save ``record`` as JSON with a checksum of its content."""
    text = json.dumps({**record, "sha256": _checksum(record)}, separators=(",", ":"))
    write_atomic(path, lambda name: Path(name).write_text(text))


def read_checked(path: Path, what: str, check: Callable[[dict], object] = lambda record: None) -> dict:
    """A record that `write_record` wrote; ``what`` names in messages the thing to run again.

    ``check(record)`` may raise ValueError, KeyError, AttributeError or TypeError for a record of another kind. Raises
    ResultError, naming the file and the mend, when it is missing, damaged or something else.
    """
    mend = f"move it away and run its {what} again"
    try:
        record = json.loads(path.read_text())
        checksum = record.pop("sha256")
        check(record)
    except FileNotFoundError:
        raise ResultError(f"{path} is not there; run its {what} first") from None
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ResultError(f"{path} is damaged or no record ({error}); {mend}") from None
    if checksum != _checksum(record):
        raise ResultError(f"{path} was changed since it was written (its checksum differs); {mend}")
    return record


def write_atomic(path: Path, write: Callable[[str], None]) -> None:
    """Let ``write(name)`` fill a temporary file beside ``path``, then rename it: readers see all of it or nothing."""
    name = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        os.close(handle)
        write(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except (OSError, SafetensorError) as error:  # the latter is how safetensors reports a full disk
        raise ResultError(
            f"{path} could not be written ({error}); free some space or choose another folder"
        ) from error
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def provenance(device: str = "cpu") -> dict:
    """Where and with what a result was made."""
    import numpy

    from . import __version__

    hardware = torch.cuda.get_device_name() if device.startswith("cuda") else _processor()
    return {
        "bumpworld": __version__,
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "hardware": hardware,
        "device": device,
        "threads": torch.get_num_threads(),
        "commit": _commit(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


@cache
def _commit() -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def _checksum(record: dict) -> str:
    return sha256(json.dumps(record, sort_keys=True).encode())


def sha256(data: bytes) -> str:
    """Hexadecimal digest of ``data``."""
    return hashlib.sha256(data).hexdigest()
