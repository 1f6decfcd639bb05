r"""
The child process in which Rego runs. Nothing else of guardrail is imported into it.

It has no environment, no network to call (what could reach it raises), a cap on memory and no core dumps; its parent
holds the clock and kills it. Requests come on standard input as `<operation> <length>\n` and as many bytes, answers
go to standard output as `<ok|error> <length>\n` and as many bytes:

library   file, newline, source   add a module that all others may use
check     file, newline, source   does it compile, beside the library alone? the answer is the syntax trees as JSON
reset                             forget all modules but the library
add       file, newline, source   add a module to those that are evaluated
input     JSON                    the document that queries are about; the cap on memory grows with it
query     Rego                    what the engine says of it, as JSON
version                           the engine's own
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as in `typing`, which takes as long to import as all the rest that happens here
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

MEMORY = 2 << 30
CPU_SECONDS = 120  # a parent that dies leaves no child that counts for ever
COLUMNS, FILE_BYTES, LINES = 8192, 1 << 20, 20_000


def main() -> None:
    """Answer requests until standard input ends."""
    confine(MEMORY)
    import regorus

    session = Session(regorus.Engine())
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while header := source.readline():
        operation, length = header.split()
        payload = source.read(int(length))
        try:
            answer(sink, b"ok", getattr(session, operation.decode())(payload))
        except BaseException as error:  # noqa: BLE001 - a panic of the engine is no Exception; the parent is told all
            answer(sink, b"error", str(error).partition("Stack backtrace")[0][:2000].encode("utf-8", "replace"))


def answer(sink: BinaryIO, status: bytes, body: bytes) -> None:
    """Write one answer."""
    sink.write(b"%s %d\n" % (status, len(body)))
    sink.write(body)
    sink.flush()


def confine(memory: int) -> None:
    """Cap memory and processor time where the system can; elsewhere the parent's clock is all there is."""
    try:
        import resource
    except ImportError:
        return
    limits = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, memory))
    for kind, value in limits:
        _, hard = resource.getrlimit(kind)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (ceiling, hard))
        except (ValueError, OSError):  # macOS knows RLIMIT_AS but refuses it
            continue


class Session:
    """One engine for the library, and a copy of it for each purpose; every operation is a method."""

    def __init__(self, engine: Any) -> None:
        engine.set_policy_length_config(max_col=COLUMNS, max_file_bytes=FILE_BYTES, max_lines=LINES)
        overlay(engine)
        self.base = engine
        self.engine = engine.clone()

    def version(self, _: bytes) -> bytes:
        """Return the engine's version, which only an engine without our overlay tells."""
        result: str = type(self.base)().eval_query_as_json('opa.runtime()["regorus-version"]')
        return result.encode()

    def library(self, payload: bytes) -> bytes:
        """Add a module to the library; what was added before is forgotten."""
        self.base.add_policy(*_module(payload))
        return self.reset(b"")

    def reset(self, _: bytes) -> bytes:
        """Forget all modules but the library, and the input."""
        self.engine = self.base.clone()
        return b""

    def check(self, payload: bytes) -> bytes:
        """Return the syntax trees of the library and this module. One unsafe variable fails every query, even this."""
        engine = self.base.clone()
        engine.add_policy(*_module(payload))
        engine.eval_query_as_json("true")
        tree: str = engine.get_ast_as_json()
        return tree.encode()

    def add(self, payload: bytes) -> bytes:
        """Add a module to those that are evaluated."""
        self.engine.add_policy(*_module(payload))
        return b""

    def input(self, payload: bytes) -> bytes:
        """Set the document."""
        confine(max(MEMORY, 6 * len(payload)))
        self.engine.set_input_json(payload.decode())
        return b""

    def query(self, payload: bytes) -> bytes:
        """Return what the engine says; a result without `result` is undefined."""
        result: str = self.engine.eval_query_as_json(payload.decode())
        return result.encode("utf-8", "surrogatepass")


def _module(payload: bytes) -> tuple[str, str]:
    file, _, source = payload.decode().partition("\n")
    return file, source


def overlay(engine: Any) -> None:
    """Replace the built-ins that are impure, or that answer otherwise than in OPA."""
    for name, arity in (
        ("http.send", 1),
        ("opa.runtime", 0),
        ("rand.intn", 2),
        ("time.now_ns", 0),
        ("uuid.rfc4122", 1),
        ("net.lookup_ip_addr", 1),
        ("trace", 1),
    ):
        engine.add_extension(name, arity, _refusal(name))
    for name, function in PATTERNS.items():
        engine.add_extension(name, function.__code__.co_argcount, function)
    engine.add_extension("sprintf", 2, formatted)


def _refusal(name: str) -> Callable[..., Any]:
    def refuse(*_: Any) -> Any:
        message = f"{name} is not available to policies: their answer depends on the input alone"
        raise ValueError(message)

    return refuse


def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        message = f"not an RE2 pattern: {pattern!r}: {error}"
        raise ValueError(message) from None


def _is_pattern(pattern: str) -> bool:
    try:
        _compiled(pattern)
    except ValueError:
        return False
    return True


def _match(pattern: str, value: str) -> bool:
    return _compiled(pattern).search(value) is not None


def _find_n(pattern: str, value: str, limit: int) -> list[str]:
    found = [match.group() for match in _compiled(pattern).finditer(value)]
    return found if limit < 0 else found[:limit]


def _split(pattern: str, value: str) -> list[str]:
    return list(_compiled(pattern).split(value))


PATTERNS: dict[str, Any] = {
    "regex.match": _match,
    "regex.is_valid": _is_pattern,
    "regex.find_n": _find_n,
    "regex.split": _split,
}


def formatted(template: str, values: list[Any]) -> str:
    """`sprintf` as Go does it, for the verbs that all engines agree on; the others raise."""
    pieces = TEMPLATES.get(template)
    if pieces is None:
        pieces = TEMPLATES[template] = _pieces(template)
    wanted = sum(1 for verb, _ in pieces if verb)
    if wanted != len(values):
        message = f"sprintf: {template!r} wants {wanted} values, and {len(values)} are given"
        raise ValueError(message)
    rest = iter(values)
    return "".join([literal + _told(verb, next(rest)) if verb else literal for verb, literal in pieces])


TEMPLATES: dict[str, list[tuple[str, str]]] = {}
"""Templates that were taken apart: a verb (none at the end) and the text before it."""


def _pieces(template: str) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    literal = ""
    position = 0
    while (start := template.find("%", position)) >= 0:
        literal += template[position:start]
        verb = next((one for one in ("%", "s", "d", "v", "02d") if template.startswith(one, start + 1)), None)
        if verb is None:
            told = template[start : start + 4]
            message = f"sprintf: only %s, %d, %02d and %v are told alike by all engines, not {told!r}"
            raise ValueError(message)
        position = start + 1 + len(verb)
        if verb == "%":
            literal += "%"
            continue
        pieces.append((verb, literal))
        literal = ""
    return [*pieces, ("", literal + template[position:])]


def _told(verb: str, value: Any) -> str:
    if type(value) is str and verb in ("s", "v"):
        return value
    if verb in ("d", "02d"):
        if type(value) is not int:
            message = f"sprintf: %{verb} wants an integer, not {value!r}"
            raise ValueError(message)
        return f"{value:02d}" if verb == "02d" else str(value)
    if type(value) is float:
        message = f"sprintf: engines write fractions differently ({value!r}); use lib.money, or integers"
        raise ValueError(message)
    if verb == "s":
        message = f"sprintf: %s wants a string, not {value!r}; use %v"
        raise ValueError(message)
    return rego(value)


def rego(value: Any) -> str:
    """Return a value in Rego's notation, sets in the order of their notation."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    import json

    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(rego, value))) + "}" if value else "set()"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{rego(key)}: {rego(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(rego, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
