"""Files of results: written whole or not at all, with a checksum of their content and where they were made."""

import gzip
import hashlib
import json
import os
import platform
import re
import subprocess
import tempfile
import time
import tomllib
import zlib
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import numpy
import torch

PACKAGE = Path(__file__).resolve().parent
# what gzip raises for files that are cut off or something else
NO_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)
# a folder, a pipe or a broken link is there too: it is reported and never written over
is_there = os.path.lexists


class ResultError(RuntimeError):
    """A result file is missing, damaged or foreign; the message names the file and what to do."""


def write_record(path: Path, record: dict) -> None:
    """Save ``record`` as JSON with a checksum of its content, compressed where ``path`` ends in .gz."""
    signed = {**record, "sha256": _checksum(record)}
    data = json.dumps(signed, separators=(",", ":")).encode()
    # without the time, so that one record is always the same file
    write_atomic(path, gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def read_checked(path: Path, what: str, check: Callable[[dict], object] = lambda record: None) -> dict:
    """A record that `write_record` wrote; ``what`` names in messages the thing to run again.

    ``check(record)`` may raise ValueError, LookupError, AttributeError or TypeError for a record of another kind. Raises
    ResultError, naming the file and the mend, when it is missing, damaged, no plain file or something else.
    """
    mend = f"move it away and run its {what} again"
    data = read_bytes(path, what)
    try:
        record = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
        intact = record.pop("sha256") == _checksum(record)
        check(record)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, *NO_GZIP) as error:
        why = f"it lacks {error}" if isinstance(error, LookupError) else error
        raise ResultError(f"{path} is damaged or no record ({why}); {mend}") from None
    if not intact:
        raise ResultError(f"{path} was changed since it was written (its checksum differs); {mend}")
    return record


def read_bytes(path: Path, what: str) -> bytes:
    """What is in the file ``path``, or a ResultError that says how to mend it."""
    mend = f"move it away and run its {what} again"
    if not is_there(path):
        raise ResultError(f"{path} is not there; run its {what} first")
    # a pipe would be waited for
    if not path.is_file():
        raise ResultError(f"{path} is no file that can be read; {mend}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ResultError(f"{path} cannot be read ({error}); allow it, or {mend}") from None


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` to a temporary file beside ``path``, then rename it: readers see all of it or nothing."""
    with _beside(path) as name:
        Path(name).write_bytes(data)
        os.chmod(name, 0o644)
        os.replace(name, path)


def check_writable(path: Path) -> None:
    """Raise ResultError where `write_atomic` could not write ``path``: before the work, not after it."""
    if is_there(path) and not path.is_file():
        raise ResultError(f"{path} is no file; move it away")
    with _beside(path):
        pass


@contextmanager
def _beside(path: Path):
    """The name of a temporary file in the folder of ``path``, which is made; gone at the end if it is still there."""
    name = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        os.close(handle)
        yield name
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def not_written(path: Path | str, error: Exception) -> ResultError:
    """What to say where ``path`` could not be written."""
    return ResultError(f"{path} could not be written ({error}); free some space or choose another folder")


def provenance(device: str = "cpu") -> dict:
    """Where and with what a result was made. It raises nothing: what cannot be known is None."""
    from . import __version__

    return {
        "bumpworld": __version__,
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "hardware": _hardware(device),
        "device": device,
        "threads": torch.get_num_threads(),
        "commit": _commit(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


@cache
def checkout() -> Path | None:
    """The root of the checkout that this package runs from; None for an installed package. Read once: every store asks."""
    root = PACKAGE.parents[1]
    with suppress(OSError, ValueError, LookupError, TypeError):
        name = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
        return root if (name, PACKAGE.parent.name) == (PACKAGE.name, "src") else None


@cache
def _hardware(device: str) -> str | None:
    """The name of a graphics card or of this machine's processor."""
    # drivers and systems fail in ways of their own, and a training must not be lost to any of them
    with suppress(Exception):
        if device.startswith("cuda"):
            return torch.cuda.get_device_name(device)
        told = Path("/proc/cpuinfo")
        named = re.search(r"^model name\s*:(.*)", told.read_text() if told.exists() else "", re.MULTILINE)
        name = named[1].strip() if named else platform.processor() or platform.machine()
        return f"{name}, {os.cpu_count()} cores"


@cache
def _commit() -> str | None:
    """The commit of the checkout that this package runs from; None outside one, and where git does not say."""
    root = checkout()
    # a repository that begins further up is another project's, in which we merely lie
    if root is None or not (root / ".git").exists():
        return None
    # a hook's GIT_DIR would answer for another repository
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    options = {"capture_output": True, "check": True, "timeout": 10, "env": environment}
    with suppress(OSError, subprocess.SubprocessError):
        found = subprocess.run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"], **options)
        return found.stdout.decode().strip()


def _checksum(record: dict) -> str:
    return sha256(json.dumps(record, sort_keys=True).encode())


def sha256(data: bytes) -> str:
    """Hexadecimal digest of ``data``."""
    return hashlib.sha256(data).hexdigest()
