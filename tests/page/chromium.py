"""Headless Chromium over its debugging pipe, no further packages: open a page, evaluate, choose files."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)


class Chromium:
    """A browser of its own profile, closed at the end of `with`."""

    def __enter__(self) -> Chromium:
        assert PROGRAM is not None
        self._profile = tempfile.mkdtemp()
        down_read, down_write = os.pipe()
        up_read, up_write = os.pipe()

        def wire() -> None:
            read, write = os.dup(down_read), os.dup(up_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self._process = subprocess.Popen(
            [
                PROGRAM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--remote-debugging-pipe",
                f"--user-data-dir={self._profile}",
                "--hide-scrollbars",
                "--accept-lang=zh-CN",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=wire,
            close_fds=False,
        )
        os.close(down_read)
        os.close(up_write)
        self._out = os.fdopen(down_write, "wb", 0)
        self._in = os.fdopen(up_read, "rb", 0)
        self._buffer = b""
        self._last = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._out.close()
        self._in.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One command of the protocol and its answer; events between are dropped."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            more = self._in.read(1 << 16)
            assert more, "the browser is gone"
            self._buffer += more
        one, self._buffer = self._buffer.split(b"\0", 1)
        return dict(json.loads(one))

    def open(self, url: str, width: int = 1000, height: int = 900) -> Page:
        """A new tab at this address, loaded."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.size(width, height)
        page.send("Page.enable")
        page.send("Page.navigate", url=url)
        page.until("document.readyState === 'complete' && location.href !== 'about:blank'")
        return page


class Page:
    """One tab."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser, self._session = browser, session

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.send(method, self._session, **params)

    def size(self, width: int, height: int) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )

    def value(self, expression: str) -> Any:
        """What an expression gives, awaited, as JSON."""
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str, seconds: float = 60) -> Any:
        """Waits for an expression to become true; its value. A page that goes to another one meanwhile is
        asked again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = self.value(expression)
            except AssertionError as error:
                if "navigated" not in str(error):
                    raise
                found = None
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"never: {expression}")

    def choose(self, selector: str, *paths: Path) -> None:
        """Puts files, or one folder, into a file input."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(p) for p in paths])

    def key(self, key: str, code: int) -> None:
        """One key, pressed and let go."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text
            )

    def picture(self, target: Path) -> None:
        """The whole page as PNG."""
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        target.write_bytes(base64.b64decode(shot["data"]))
