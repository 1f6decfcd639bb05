"""
Guardrail as a process of its own, without the time that Python needs to load it.

A process in which everything is loaded forks for each command: its arguments, folder, environment, output, exit code
and memory are its own, as in a process that a user starts. What is about the start itself is to be started for real:
what is loaded, variables that Python or the system's libraries read, closed streams.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

LATE = 120
"""Seconds after which a command has failed."""

BESIDE = ("rich.console", "rich.table", "rich.text", "yaml")
"""What guardrail imports where it needs it."""


class Forks:
    """The process that forks, and the line to it. Its environment is that of the commands, but for what they add."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair()
        self._line.settimeout(LATE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """Run guardrail in a folder, and return its exit code and what it printed."""
        asked = json.dumps({"arguments": arguments, "folder": str(folder), "environment": dict(environment)})
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            socket.send_fds(self._line, [b"\n"], [out.fileno(), err.fileno()])
            self._line.sendall(asked.encode() + b"\n")
            try:
                code = int(self._line.recv(16))
            except TimeoutError:
                self._process.kill()  # what it answers later would be taken for the answer to the next command
                raise
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(arguments, code, out.read(), err.read())

    def close(self) -> None:
        """End the process: it ends when there is nobody to ask for more."""
        self._line.close()
        self._process.wait()


def _load() -> None:
    """Import all of guardrail, and what it imports later. What cannot be imported fails where it is needed."""
    package = importlib.import_module("guardrail")
    ours = [module.name for module in pkgutil.walk_packages(package.__path__, "guardrail.", onerror=lambda _: None)]
    for name in {*ours, *BESIDE} - {"guardrail.policy.worker"}:  # that runs in a process that is started for real
        with suppress(Exception):
            importlib.import_module(name)


def _forked(line: socket.socket) -> bool:
    """Fork for each command. Return in each child whether there is something to run, and in the parent at the end."""
    with line, line.makefile("rb") as lines:
        while True:
            _, streams, *_ = socket.recv_fds(line, 1, 2)
            if not streams:
                return False
            asked = json.loads(lines.readline())
            child = os.fork()
            if not child:
                break
            for stream in streams:
                os.close(stream)
            _, status = os.waitpid(child, 0)
            line.sendall(b"%d" % os.waitstatus_to_exitcode(status))
    for ours, stream in enumerate(streams, 1):
        os.dup2(stream, ours)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.update(asked["environment"])
    sys.argv[1:] = asked["arguments"]
    return True


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file, which no user has
    _load()
    if _forked(socket.socket(fileno=int(sys.argv[1]))):
        importlib.import_module("guardrail.__main__").entry()
