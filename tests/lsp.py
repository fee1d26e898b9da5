"""A very small client of a language server: what an editor asks about a file that is open in it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Any


class Editor:
    """One file, open in an editor that runs the language server `command` in `folder`."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.server = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.folder = folder
        self.asked = 0
        root = {"rootUri": folder.as_uri(), "workspaceFolders": [{"uri": folder.as_uri(), "name": "rules"}]}
        self.ask("initialize", {"processId": None, "capabilities": {}, **root})
        self.tell("initialized", {})

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self.server.kill()
        self.server.communicate()

    def open(self, name: str, text: str) -> None:
        """Open a new file with this text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self.uri = path.as_uri()
        document = {"uri": self.uri, "languageId": "toml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def offers(self, line: int) -> list[str]:
        """What can be completed at the beginning of a line, the first being 0.

        A server reads the file and the schema after it has answered that they are open, so it may be asked again.
        """
        for _ in range(100):
            found = self.ask("textDocument/completion", self._at(line))
            if items := found["items"] if isinstance(found, dict) else found:
                return [item["label"] for item in items]
            sleep(0.1)
        return []

    def says(self, line: int) -> str:
        """What is shown when the mouse rests on the beginning of a line."""
        found = self.ask("textDocument/hover", self._at(line))
        return json.dumps(found, ensure_ascii=False)

    def _at(self, line: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": 0}}

    def tell(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: object) -> Any:
        """The answer to a question; what the server asks itself is answered with nothing."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self.asked and "method" not in message:
                return message.get("result")
            if "id" in message and "method" in message:
                items = (message.get("params") or {}).get("items", [])
                self._send({"id": message["id"], "result": [{} for _ in items] or None})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.server.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.server.stdout is not None
        length = 0
        while (line := self.server.stdout.readline().strip()) or not length:
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
            elif not line and self.server.poll() is not None:
                raise EOFError("the language server has ended")
        found = json.loads(self.server.stdout.read(length))
        assert isinstance(found, dict)
        return found
