from __future__ import annotations

import copy
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import pytest

import guardrail
from guardrail.model.pattern import Later, pattern


def test_a_pattern_answers_as_a_compiled_one_does() -> None:
    later, compiled = pattern(r"(?P<word>[a-z]+)(?:-|\Z)"), re.compile(r"(?P<word>[a-z]+)(?:-|\Z)")
    assert later.sub("x", "ab-cd") == compiled.sub("x", "ab-cd") == "xx"
    assert [found["word"] for found in later.finditer("ab-cd")] == ["ab", "cd"]
    assert later.fullmatch("ab") is not None
    assert later.match("1") is None
    assert later.groupindex == compiled.groupindex
    assert later.pattern == compiled.pattern


def test_bytes_and_flags() -> None:
    assert pattern(rb"A\w", re.IGNORECASE).search(b"1ab") is not None


def test_it_is_compiled_when_it_first_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = re.compile

    def counted(text: str, flags: int) -> re.Pattern[str]:
        asked.append(text)
        return real(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    later = pattern("a+")
    copy.copy(later)
    assert not asked
    assert [bool(later.match("aa")), bool(later.match("b")), bool(later.search("ba"))] == [True, False, True]
    assert asked == ["a+"]


def test_what_patterns_have_not_is_not_there() -> None:
    with pytest.raises(AttributeError):
        pattern("a").mach("a")  # type: ignore[attr-defined]


def test_every_pattern_of_the_project_can_be_compiled() -> None:
    names = (found.name for found in pkgutil.walk_packages(guardrail.__path__, "guardrail."))
    modules = [import_module(name) for name in names if name != "guardrail.__main__"]
    found = [one for module in modules for value in vars(module).values() for one in _within(value)]
    assert len(found) > 50
    for one in found:
        one.compiled()


def _within(value: object) -> Iterator[Later]:
    if isinstance(value, Later):
        yield value
    elif isinstance(value, (tuple, dict)):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _within(member)
