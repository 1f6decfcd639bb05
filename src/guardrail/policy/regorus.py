"""Rego by regorus, in a child process (`child`) that answers requests (`worker`)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Optional, Union

from guardrail.model.place import Place
from guardrail.policy.child import Child, Refused, Stopped
from guardrail.policy.engine import Checked, Failed, Limits, Module, Outcome, Undefined, Value

LIMITS: Final = Limits()
_TAB: Final = 4

_WHERE: Final = re.compile(r"\s*--> (?P<file>.*?):(?P<line>\d+):(?P<column>\d+)")
_OURS: Final = re.compile(r"^extension '.*?' raises Python error: \w+: ")
"""How the engine introduces what a built-in of ours says."""
_WHAT: Final = re.compile(r"^error: (?P<message>.*)$", re.MULTILINE)


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
        self._child = Child()

    def __enter__(self) -> Regorus:  # noqa: PYI034 - typing.Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """Return `regorus <version>`, without the version where no child lives to tell it."""
        try:
            told = _outcome(self._child.ask("version", b"", self.limits.rule))
        except (Refused, Stopped):
            self._renew()
            return "regorus"
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
        return dict(self.answers(modules, ((document, query) for query in queries)))

    def answers(self, modules: Sequence[Module], asked: Iterable[tuple[bytes, str]]) -> Iterator[tuple[str, Outcome]]:
        """
        Yield each query with its answer, as `evaluate` does; the document is sent where it is another object.

        The child is one query ahead: it works on that while the caller looks at an answer or makes the next document.
        """
        asking = _Asking(self, modules)
        behind = False
        for document, query in asked:
            done = asking.end() if behind else None
            asking.begin(document, query)
            behind = True
            if done:
                yield done
        if behind:
            yield asking.end()

    def post(self, modules: Sequence[Module], document: Optional[bytes], query: str) -> None:
        """Ask about a document, None if the child has it already; for `collect` to answer. Raises `Stopped`."""
        if document is not None:
            if self._told != tuple(modules):
                self._add(modules)
            self._child.settle()
            self._child.post("input", document)
        self._child.post("query", query.encode())

    def collect(self, *, with_document: bool) -> bytes:
        """Return what was posted for. Raises `Refused` or `Stopped`."""
        if with_document:
            try:
                self._child.answer()
            except Refused:
                self._child.settle()  # the query was not about this document
                raise
        return self._child.answer()

    def failed(self, why: Union[Refused, Stopped], modules: Sequence[Module]) -> Failed:
        """Return what is told of a query without an answer; a child that ended is replaced."""
        if isinstance(why, Refused):
            return failure(str(why), self._texts(modules))
        self._renew()
        return Failed(f"cannot be evaluated: {why}")

    def clock(self, seconds: float) -> AbstractContextManager[None]:
        """Kill the child if what is inside takes longer."""
        return self._child.clock(seconds)

    def close(self) -> None:
        """End the child."""
        self._child.kill()

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
        self._child = Child()
        self._told = ()
        if self._library is not None:
            self._child.post("library", _payload(self._library))


class _Asking:
    """One query in flight at a time, and what is left of the time that all may take."""

    def __init__(self, engine: Regorus, modules: Sequence[Module]) -> None:
        self._engine = engine
        self._modules = modules
        self._left = engine.limits.run
        self._shown: Optional[bytes] = None
        self._query = ""
        self._is_new = False
        self._failed: Optional[Failed] = None

    def begin(self, document: bytes, query: str) -> None:
        """Ask, without waiting for the answer."""
        self._query, self._failed = query, None
        self._is_new = document is not self._shown
        if self._left <= 0:
            self._failed = Failed(f"not evaluated: the others took all of {self._engine.limits.run:g} s")
            return
        with self._guarded(self._left):
            self._engine.post(self._modules, document if self._is_new else None, query)
            self._shown = document

    def end(self) -> tuple[str, Outcome]:
        """Return the query and its answer."""
        outcome: Outcome = Undefined()
        if self._failed is None:
            with self._guarded(min(self._left, self._engine.limits.rule)):
                outcome = _outcome(self._engine.collect(with_document=self._is_new))
        return self._query, self._failed or outcome

    @contextmanager
    def _guarded(self, seconds: float) -> Iterator[None]:
        """Wait no longer than that, and note what fails."""
        began = time.monotonic()
        try:
            with self._engine.clock(seconds):
                yield
        except (Refused, Stopped) as why:
            self._failed = self._engine.failed(why, self._modules)
            if isinstance(why, Stopped) or self._is_new:
                self._shown = None
        self._left -= time.monotonic() - began


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
