"""
Rego by regorus, in a child process.

The engine has no clock of its own, holds Python's lock while it works, and dies of endless recursion; a child that
can be killed is the only confinement there is. What is asked of it is in `worker`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Optional, Union

from guardrail.errors import GuardrailError
from guardrail.model.place import Place
from guardrail.policy.engine import Checked, Failed, Limits, Module, Outcome, Undefined, Value

if TYPE_CHECKING:
    import subprocess

BOOT: Final = "import sys; sys.path[:0] = sys.argv[1:]; from guardrail.policy.worker import main; main()"
"""What the child runs. A module that is imported is compiled once, a script every time."""

AHEAD: Final = 16
"""Requests sent before their answers are read: so few that the answers fit into the pipe."""

ANSWER: Final = 64 << 20
"""Bytes of one answer that are taken."""

LIMITS: Final = Limits()
_TAB: Final = 4

_WHERE: Final = re.compile(r"\s*--> (?P<file>.*?):(?P<line>\d+):(?P<column>\d+)")
_OURS: Final = re.compile(r"^extension '.*?' raises Python error: \w+: ")
"""How the engine introduces what a built-in of ours says."""
_WHAT: Final = re.compile(r"^error: (?P<message>.*)$", re.MULTILINE)


class Stopped(Exception):  # noqa: N818 - not an error of ours: the child ended, or was ended
    """There will be no answer from this child. The text says why."""


class Refused(Exception):  # noqa: N818 - the engine's answer, not an error of ours
    """The engine answered with an error; the text is its own."""


class Regorus:
    """
    A child process and what it was told, so that another can take its place.

    The child is started by the constructor and gets ready while the caller does other things; only the first
    question waits for it.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._library: Optional[Module] = None
        self._told: tuple[Module, ...] = ()
        self._child = _Child()

    def __enter__(self) -> Regorus:  # noqa: PYI034 - typing.Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """Return `regorus <version>`."""
        told = _outcome(self._child.ask("version", b"", self.limits.rule))
        return f"regorus {told.json}" if isinstance(told, Value) else "regorus"

    def library(self, module: Module) -> None:
        """Give the library, without waiting."""
        self._library = module
        self._told = ()
        self._child.post("library", _payload(module))

    def check(self, module: Module) -> Union[Checked, Failed]:
        """Ask for the syntax trees. A parser that does not end is ended."""
        try:
            return Checked(json.loads(self._child.ask("check", _payload(module), self.limits.rule)))
        except Refused as refusal:
            return failure(str(refusal), self._texts([module]))
        except Stopped as stop:
            self._renew()
            return Failed(f"cannot be compiled: {stop}", Place(module.file))

    def prepare(self, modules: Sequence[Module]) -> None:
        """Hand over the modules that will be asked about, without waiting: the child compiles them meanwhile."""
        try:
            with self._child.clock(self.limits.run):
                self._add(modules)
        except Stopped:
            self._renew()

    def evaluate(self, modules: Sequence[Module], document: bytes, queries: Sequence[str]) -> Mapping[str, Outcome]:
        """Ask one query after the other; a child that ended is replaced, and the query that ended it fails."""
        deadline = time.monotonic() + self.limits.run
        outcomes: dict[str, Outcome] = {}
        ready = False
        for query in queries:
            left = deadline - time.monotonic()
            if left <= 0:
                outcomes[query] = Failed(f"not evaluated: the others took all of {self.limits.run:g} s")
                continue
            try:
                if not ready:
                    self._tell(modules, document, left)
                    ready = True
                outcomes[query] = _outcome(self._child.ask("query", query.encode(), min(left, self.limits.rule)))
            except Refused as refusal:
                outcomes[query] = failure(str(refusal), self._texts(modules))
            except Stopped as stop:
                outcomes[query] = Failed(f"cannot be evaluated: {stop}")
                self._renew()
                ready = False
        return outcomes

    def close(self) -> None:
        """End the child."""
        self._child.kill()

    def _tell(self, modules: Sequence[Module], document: bytes, seconds: float) -> None:
        with self._child.clock(seconds):
            if self._told != tuple(modules):
                self._add(modules)
            self._child.ask("input", document, seconds)

    def _add(self, modules: Sequence[Module]) -> None:
        self._child.post("reset", b"")
        for module in modules:
            self._child.post("add", _payload(module))
        self._child.post("query", b"true")  # the first query is the one that compiles
        self._told = tuple(modules)

    def _texts(self, modules: Sequence[Module]) -> Mapping[str, str]:
        shared = [self._library] if self._library else []
        return {module.file: module.source for module in (*shared, *modules)}

    def _renew(self) -> None:
        self._child.kill()
        self._child = _Child()
        self._told = ()
        if self._library is not None:
            self._child.post("library", _payload(self._library))


class _Child:
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
            return self._answer()

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
                self._answer()

    def _answer(self) -> bytes:
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
        return f"the engine ended (status {status}): endless recursion, or more memory than it may have"

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


def _payload(module: Module) -> bytes:
    return f"{module.file}\n{module.source}".encode()


def _outcome(body: bytes) -> Outcome:
    results = json.loads(body).get("result")
    if not results:
        return Undefined()
    return Value(results[0]["expressions"][0]["value"])


def failure(text: str, texts: Mapping[str, str]) -> Failed:
    """Return what the engine said as message and place, without its stack. `texts` are the sources by file."""
    told = text.partition("Stack backtrace")[0].strip()
    what = _WHAT.search(told)
    where = _WHERE.match(told)
    message = _OURS.sub("", what["message"]) if what else told.splitlines()[-1] if told else "the engine gave no reason"
    if where is None:
        return Failed(message)
    line = int(where["line"])
    lines = texts.get(where["file"], "").split("\n")
    column = _column(lines[line - 1] if line <= len(lines) else "", int(where["column"]))
    return Failed(message, Place(where["file"], line, column, line, column + 1))


def _column(line: str, told: int) -> int:
    """Return the column in code points; the engine counts a tab as four."""
    at = 1
    for index, character in enumerate(line):
        if at >= told:
            return index + 1
        at += _TAB if character == "\t" else 1
    return len(line) + 1 if line else told


def start_worker(shared: Module, limits: Limits = LIMITS) -> Regorus:
    """Start the child and give it the library; it gets ready while the caller does other things."""
    engine = Regorus(limits)
    engine.library(shared)
    return engine
