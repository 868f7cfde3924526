"""A fence around the kernel that runs a hand-in, and a log of what its checks said.

The fence is an audit hook, which Python code cannot take down again. It refuses to change files outside the kernel's
own folders, to start other programs and to ask other machines for anything. It keeps in what goes wrong by mistake; it is no wall against malice (a
C library called through ctypes would pass it).
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# events of the audit hook: which of their arguments are paths that change, and which is the folder they count from
_CHANGING = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "shutil.rmtree": ((0, 1),),
}
_STARTING = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.forkpty",
    "pty.spawn",
}
_ASKING = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}  # which argument is the address
_HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "")


def up(own: list[str], log: str) -> None:
    """Raise the fence around the folders ``own``, and write what happens to the file ``log``, a JSON object a line.

    ``{"check": name, "outcome": "right" | "not yet" | "open", "hint": ...}`` for every answer that is checked, and
    ``{"refused": what}`` for every change outside that the fence refuses.
    """
    stream = open(log, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 (it stays open as long as the kernel)
    note = lambda **entry: stream.write(json.dumps(entry) + "\n")
    _record_checks(note)
    roots = [os.path.realpath(folder) for folder in own]
    sys.addaudithook(lambda event, arguments: _judge(event, arguments, roots, note))


def _judge(event: str, arguments: tuple, roots: list[str], note: Callable) -> None:
    if (
        event in _STARTING
    ):  # not noted: libraries ask for a program's help and do without; a cell that needs one fails
        raise PermissionError("a notebook that is graded may start no other program")
    if event in _ASKING and (host := _host(arguments[_ASKING[event]])) not in _HERE:
        note(refused=f"to ask {host} for something")
        raise PermissionError(f"a notebook that is graded may ask no other machine for anything: {host}")
    for path, folder in _changed(event, arguments):
        place = _place(path, folder)
        if place and not any(place == root or place.startswith(root + os.sep) for root in roots):
            note(refused=f"to change {place}")
            raise PermissionError(
                f"a notebook that is graded may change nothing outside its own folder: {place}"
            )


def _host(address) -> str:
    """The machine in an address, empty for one that leads no further than this machine."""
    host = address[0] if isinstance(address, tuple) else address
    host = os.fsdecode(host) if isinstance(host, str | bytes) else ""
    return "" if host.startswith(("/", "\0")) else host


def _changed(event: str, arguments: tuple):
    """The paths that an event would change, each with the descriptor of the folder that it counts from, or None."""
    if event == "open":
        path, mode, flags = arguments
        writes = set(mode or "") & set("wax+") if mode else (flags or 0) & _WRITING
        return [(path, None)] if writes else []
    indices = _CHANGING.get(event, ())
    return [
        (arguments[i], arguments[k] if k is not None and k < len(arguments) else None) for i, k in indices
    ]


def _place(path, folder) -> str:
    """The real path, empty for what is no file: a descriptor, a device."""
    if isinstance(path, int) or path is None:
        return ""
    path = os.fsdecode(path)
    if isinstance(folder, int) and folder >= 0 and not os.path.isabs(path):
        try:
            path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
        except OSError:  # a system without /proc: the walk that leads here began with a path that was judged
            return ""
    # the last part is the link itself where a link is removed, so only the folder is followed
    path = os.path.join(os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.basename(path))
    return "" if path.startswith("/dev/") else path


def _record_checks(note: Callable) -> None:
    """Let every call of `check` leave a line in the log."""
    import bumpbook
    from bumpbook.frame import exercises

    judged = exercises.check

    def check(name, answer):
        try:
            outcome = judged(name, answer)
        except exercises.Unanswered:
            note(check=name, outcome="open")
            raise
        note(check=name, outcome="right" if outcome.right else "not yet", hint=outcome.hint)
        return outcome

    bumpbook.check = exercises.check = check


def cell(own: list[Path], log: Path) -> str:
    """The code of the cell that raises the fence in a kernel."""
    return f"from bumpbook.frame import fence as _fence; _fence.up({[str(path) for path in own]!r}, {str(log)!r})"
