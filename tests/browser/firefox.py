"""A Firefox without a screen, driven over WebDriver BiDi: JSON messages on a web socket, which Firefox itself serves."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import websocket

NAMES = ["firefox-esr", "firefox"]
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# Quiet: a browser's own calls home would be mistaken for a page's requests.
SETTINGS = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "ui.prefersReducedMotion": 1,
}
PATIENCE = 240  # seconds


class Firefox:
    """One tab. Whatever goes wrong on its pages is in ``errors``, and what they ask of other hosts in ``outside``."""

    def __init__(self, address: str):
        # Firefox answers nobody who says that he comes from a page
        self.socket = websocket.create_connection(
            f"{address}/session", timeout=PATIENCE, suppress_origin=True
        )
        self.numbers, self.errors, self.outside, self.lost = count(1), [], [], {}
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.tab = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **params) -> dict:
        """Send a command and return its result; what is reported meanwhile is written down."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                assert message["type"] == "success", f"{method}: {message['error']}: {message['message']}"
                return message["result"]
            self._hear(message.get("method"), message.get("params", {}))

    def _hear(self, event: str | None, what: dict) -> None:
        if event == "log.entryAdded" and what["level"] == "error":
            self.errors.append(what["text"])
        if event != "network.beforeRequestSent":
            return
        url = what["request"]["url"]
        if not re.match(r"http://127\.0\.0\.1|blob:|data:|about:", url):
            self.outside.append(url)
        if what["isBlocked"]:
            self._send_on(url, what["request"]["request"])

    def _send_on(self, url: str, request: str) -> None:
        """Let a request fail when it is the first that was to be lost, else let it go. Its answer is not waited for."""
        first = [pattern for pattern, seen in self.lost.items() if re.search(pattern, url) and not seen]
        for pattern in self.lost:
            self.lost[pattern] += bool(re.search(pattern, url))
        method = "network.failRequest" if first else "network.continueRequest"
        self.socket.send(
            json.dumps({"id": next(self.numbers), "method": method, "params": {"request": request}})
        )

    def lose_once(self, pattern: str) -> None:
        """The first request whose address fits ``pattern`` will fail; ``lost[pattern]`` counts all of them."""
        if not self.lost:
            self.call("network.addIntercept", phases=["beforeRequestSent"])
        self.lost[pattern] = 0

    def open(self, url: str) -> None:
        self.call("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def ask(self, expression: str):
        """What a JavaScript expression is on the page, as JSON has it."""
        done = self.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression}) ?? null))()",
            target={"context": self.tab},
            awaitPromise=True,
        )
        assert done["type"] == "success", f"{expression}: {done['exceptionDetails']['text']}"
        return json.loads(done["result"]["value"])

    def wait(self, expression: str) -> None:
        """Until the expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.ask(f"Boolean({expression})"):
            assert time.monotonic() < end, f"{expression} did not come true; {self.errors}"
            time.sleep(0.2)

    def press(self, selector: str, key: str) -> None:
        """Put the focus on an element and press a key."""
        self.ask(f"document.querySelector({json.dumps(selector)}).focus()")
        keys = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._act({"type": "key", "id": "keys", "actions": keys})

    def drag(self, selector: str, *places: tuple[float, float]) -> None:
        """Drag with the mouse over places that are fractions of the element's box."""
        found = json.dumps(selector)
        box = self.ask(
            f"(document.querySelector({found}).scrollIntoView({{block: 'center'}}), document.querySelector({found}).getBoundingClientRect())"
        )
        spots = [(round(box["x"] + x * box["width"]), round(box["y"] + y * box["height"])) for x, y in places]
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 50} for x, y in spots]
        press, release = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        self._act({"type": "pointer", "id": "mouse", "actions": [moves[0], press, *moves[1:], release]})

    def click(self, selector: str) -> None:
        """Press the mouse's button in the middle of an element."""
        self.drag(selector, (0.5, 0.5))

    def _act(self, source: dict) -> None:
        self.call("input.performActions", context=self.tab, actions=[source])


def find_firefox() -> str | None:
    """The path of a Firefox, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def firefox(path: str, profile: Path) -> Iterator[Firefox]:
    """A headless Firefox with a fresh profile in ``profile``."""
    settings = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in SETTINGS.items()]
    (profile / "user.js").write_text("\n".join(settings))
    log = profile / "log.txt"
    command = [path, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(profile)]
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + PATIENCE
        while not (found := LISTENS.search(log.read_text())):
            assert process.poll() is None and time.monotonic() < end, (
                f"Firefox did not start:\n{log.read_text()}"
            )
            time.sleep(0.2)
        driver = Firefox(found[1])
        yield driver
        driver.socket.close()
    finally:
        process.terminate()
        process.wait(timeout=60)
