"""
The process that Rego runs in, and the pipes to it.

The engine has no clock of its own, holds Python's lock while it works, and dies of endless recursion; a child that
can be killed is the only confinement there is. What is asked of it is in `worker`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Optional

from guardrail.errors import GuardrailError

if TYPE_CHECKING:
    import subprocess

BOOT: Final = "import sys; sys.path[:0] = sys.argv[1:]; from guardrail.policy.worker import main; main()"
"""What the child runs. A module that is imported is compiled once, a script every time."""

AHEAD: Final = 16
"""Requests sent before their answers are read: so few that the answers fit into the pipe."""

ANSWER: Final = 64 << 20
"""Bytes of one answer that are taken."""


class Stopped(Exception):  # noqa: N818 - not an error of ours: the child ended, or was ended
    """There will be no answer from this child. The text says why."""


class Refused(Exception):  # noqa: N818 - the engine's answer, not an error of ours
    """The engine answered with an error; the text is its own."""


class Child:
    """One process and its pipes. Every wait is under a clock that kills it."""

    def __init__(self) -> None:
        import subprocess

        folders = dict.fromkeys(map(_folder, ("guardrail", "regorus", "re2")))
        command = [sys.executable, "-I", "-S", "-c", BOOT, *folders]
        self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own script
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=Path(__file__).root,
        )
        self._unread = 0
        self._late = False

    def ask(self, operation: str, payload: bytes, seconds: float) -> bytes:
        """Return the answer, or raise `Refused` or `Stopped`."""
        with self.clock(seconds):
            self.post(operation, payload)
            self.settle(1)
            return self.answer()

    def post(self, operation: str, payload: bytes) -> None:
        """Send a request; its answer is read later. A dead child shows when it is."""
        if self._unread >= AHEAD:
            self.settle()
        sink = _pipe(self._process.stdin)
        with suppress(OSError):
            sink.write(b"%s %d\n" % (operation.encode(), len(payload)))
            sink.write(payload)
            sink.flush()
        self._unread += 1

    def settle(self, rest: int = 0) -> None:
        """Read the answers that are due, but for the last ones. What was refused shows when it is asked about."""
        while self._unread > rest:
            with suppress(Refused):
                self.answer()

    def answer(self) -> bytes:
        """Read the oldest answer that is due."""
        source = _pipe(self._process.stdout)
        self._unread -= 1
        header = source.readline()
        status, _, length = header.partition(b" ")
        if length and int(length) > ANSWER:
            raise Stopped(f"it answers with more than {ANSWER >> 20} MiB")
        body = source.read(int(length)) if length else b""
        if not length or len(body) < int(length):
            raise Stopped("it took too long" if self._late else self._epitaph())
        if status == b"error":
            raise Refused(body.decode("utf-8", "replace"))
        return body

    def _epitaph(self) -> str:
        status = self._process.wait()
        why = "endless recursion, more memory than it may have, or somebody ended it; run it again to see"
        return f"the engine ended (status {status}): {why}"

    @contextmanager
    def clock(self, seconds: float) -> Iterator[None]:
        """Kill the child if what is inside takes longer."""
        import threading

        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _expire(self) -> None:
        self._late = True
        self._process.kill()

    def kill(self) -> None:
        """End the process and give back what it held."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not sent cannot be flushed any more
                _pipe(pipe).close()
        self._process.wait()


def _pipe(pipe: Optional[IO[bytes]]) -> IO[bytes]:
    if pipe is None:
        raise AssertionError("both pipes are asked for where the process is made")
    return pipe


def _folder(library: str) -> str:
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        raise GuardrailError(f"the library {library!r} is not installed", hint="Install guardrail again with pip.")
    path = Path(spec.origin)
    return str(path.parent.parent if spec.submodule_search_locations else path.parent)
