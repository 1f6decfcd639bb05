"""A registry of modules, a web server and a git server on this machine, for tests of what is fetched."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Optional
from urllib.parse import urlsplit

from alone import git

Answer = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""


@dataclass
class Loopback:
    """
    What the server has: answers by path (with its query), and repositories below `repositories`.

    `asked` are the paths that were asked for, each with the token that came along.
    """

    repositories: Path
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Optional[str]]] = field(default_factory=list)
    host: str = ""

    def publish(self, name: str, version: str, to: str) -> None:
        """Have the registry say that a version of a module is somewhere. `{host}` in it is this server."""
        self.answers["/.well-known/terraform.json"] = (200, {}, b'{"modules.v1": "/v1/modules/"}')
        path = f"/v1/modules/{name}"
        known = self.answers.get(f"{path}/versions", (200, {}, b'{"modules": [{"versions": []}]}'))[2]
        row = b'{"version": "%s"}' % version.encode()
        listed = (
            known.replace(b"[]", b"[" + row + b"]") if b"[]" in known else known.replace(b"}]}]", b"}, " + row + b"]}]")
        )
        self.answers[f"{path}/versions"] = (200, {}, listed)
        self.answers[f"{path}/{version}/download"] = (204, {"X-Terraform-Get": to.format(host=self.host)}, b"")

    def repository(self, name: str, files: Mapping[str, str], tag: str = "") -> str:
        """Commit files to a repository of the server, and return the id of the commit."""
        work = self.repositories / f"{name}-work"
        bare = self.repositories / name
        if not work.exists():
            git(self.repositories, "init", "--quiet", "--initial-branch=main", work.name)
            git(self.repositories, "init", "--quiet", "--bare", "--initial-branch=main", name)
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text, encoding="utf-8")
        git(work, "add", "--all", "--force")
        git(work, "commit", "--quiet", "--allow-empty", "--message=x")
        if tag:
            git(work, "tag", "--force", tag)
        git(work, "push", "--quiet", "--force", "--all", str(bare))
        git(work, "push", "--quiet", "--force", "--tags", str(bare))
        return git(work, "rev-parse", "HEAD")


@contextmanager
def serve(repositories: Path) -> Iterator[Loopback]:
    """Serve on a free port of this machine."""
    there = Loopback(repositories)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(there))
    there.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(there: Loopback) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked.append((self.path, self.headers.get("Authorization")))
            if self.path.startswith("/git/"):
                self._repository(b"")
                return
            status, headers, body = there.answers.get(self.path, (404, {}, b"not here"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self._repository(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _repository(self, body: bytes) -> None:
            asked = urlsplit(self.path)
            environment = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(there.repositories),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "PATH_INFO": asked.path[len("/git") :],
                "QUERY_STRING": asked.query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            }
            run = subprocess.run(["git", "http-backend"], input=body, env=environment, check=True, capture_output=True)
            head, _, content = run.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    return Handler


def tar(
    files: Mapping[str, str], top: str = "", *, change: Optional[Callable[[tarfile.TarInfo], object]] = None
) -> bytes:
    """Return a tar.gz of files. `change` makes their entries what no tool writes."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{top}{path}")
            entry.size = len(text.encode())
            if change is not None:
                change(entry)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


def zipped(files: Mapping[str, str]) -> bytes:
    """Return a zip of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return made.getvalue()
