"""A web server on a free port of this machine, for as long as a test needs it."""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line in the log for each."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web_server(folder: Path, handler: type = QuietHandler) -> Iterator[str]:
    """Serve ``folder``; yields the address, http://127.0.0.1:port."""
    handler = functools.partial(handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
