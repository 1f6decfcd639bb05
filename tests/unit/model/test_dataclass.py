from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from pathlib import Path
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

import guardrail
from guardrail.model import dataclass as dataclass_module
from guardrail.model.dataclass import dataclass

Make = Callable[..., Callable[[type], Any]]


def _pair(**asked: bool) -> list[Any]:
    """The same class made by ours and by the standard library."""
    makers: list[Make] = [dataclass, dataclasses.dataclass]
    made = []
    for make in makers:

        class Thing:
            """A thing."""

            name: str
            size: int = 3
            parts: list[int] = field(default_factory=list)
            note: Optional[str] = field(default=None, compare=False, repr=False)

        made.append(make(slots=True, **asked)(Thing))
    return made


FLAGS = [
    pytest.param({}, id="one that can change"),
    pytest.param({"frozen": True}, id="a frozen one"),
    pytest.param({"frozen": True, "kw_only": True}, id="one that is made by keywords"),
    pytest.param({"frozen": True, "eq": False}, id="one that is compared by identity"),
    pytest.param({"frozen": True, "order": True}, id="one that has an order"),
]
names = st.sampled_from(["a", "b", "it's {here}"])
arguments = st.fixed_dictionaries(
    {"name": names}, optional={"size": st.integers(0, 3), "parts": st.lists(st.integers(0, 2)), "note": names}
)


@pytest.mark.parametrize("asked", FLAGS)
@given(one=arguments, other=arguments)
def test_objects_are_as_those_of_the_standard_library(
    asked: dict[str, bool], one: dict[str, Any], other: dict[str, Any]
) -> None:
    ours, standard = _pair(**asked)
    assert repr(ours(**one)) == repr(standard(**one))
    assert dataclasses.asdict(ours(**one)) == dataclasses.asdict(standard(**one))
    assert (ours(**one) == ours(**other)) is (standard(**one) == standard(**other))
    if "order" in asked:
        assert (ours(**one) < ours(**other)) is (standard(**one) < standard(**other))
        assert (ours(**one) >= ours(**other)) is (standard(**one) >= standard(**other))
    changed = dataclasses.replace(ours(**one), size=9)
    assert dataclasses.asdict(changed) == {**dataclasses.asdict(ours(**one)), "size": 9}


@pytest.mark.parametrize("asked", FLAGS)
def test_classes_are_as_those_of_the_standard_library(asked: dict[str, bool]) -> None:
    ours, standard = _pair(**asked)
    assert [one.name for one in dataclasses.fields(ours)] == [one.name for one in dataclasses.fields(standard)]
    assert ours.__match_args__ == standard.__match_args__
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(standard).parameters)
    assert ours("a") != standard("a") if "kw_only" not in asked else ours(name="a") != standard(name="a")
    assert not hasattr(ours(name="a"), "__dict__")


@pytest.mark.parametrize(
    ("asked", "hashable"),
    [
        pytest.param({}, False, id="what can change has no hash"),
        pytest.param({"frozen": True}, True, id="what is frozen has the hash of its fields"),
        pytest.param({"eq": False}, True, id="what is compared by identity has a hash of its own"),
    ],
)
def test_hash(asked: dict[str, bool], hashable: bool) -> None:
    ours, _ = _pair(**asked)
    if not hashable:
        with pytest.raises(TypeError, match="unhashable"):
            hash(ours("a"))
        return
    one = ours("a", parts=())
    assert (hash(one) == hash(dataclasses.replace(one))) is ("frozen" in asked)


def test_an_interrupt_while_a_method_is_written_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, _ = _pair()
    one, other = ours("a"), ours("a")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(dataclass_module, "_written", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _ = one == other
    assert one == other


def test_each_object_gets_a_default_of_its_own() -> None:
    ours, _ = _pair()
    assert ours("a").parts is not ours("b").parts


def test_a_frozen_one_refuses_what_would_change_it() -> None:
    ours, _ = _pair(frozen=True)
    thing = ours("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
        thing.name = "b"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
        del thing.name
    assert thing.name == "a"


def test_arguments_that_do_not_fit_are_refused_by_name() -> None:
    ours, _ = _pair(frozen=True)
    with pytest.raises(TypeError, match=r"Thing\.__init__\(\) missing 1 required positional argument: 'name'"):
        ours()
    with pytest.raises(TypeError, match="unexpected keyword argument 'nmae'"):
        ours(nmae="a")


def test_methods_that_a_class_writes_itself_are_kept() -> None:
    @dataclass(frozen=True, slots=True)
    class Own:
        value: int
        twice: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "twice", 2 * self.value)

        def __repr__(self) -> str:
            return "mine"

        def __hash__(self) -> int:
            return 7

    own = Own(2)
    assert (repr(own), hash(own), own.twice) == ("mine", 7, 4)


def test_a_subclass_adds_its_fields_to_those_of_its_base() -> None:
    @dataclass(frozen=True, slots=True)
    class Base:
        one: int = 1

    @dataclass(frozen=True, slots=True)
    class Derived(Base):
        two: int = 2

    assert repr(Derived(3)).endswith("Derived(one=3, two=2)")
    assert Derived() == Derived(1, 2)
    assert Derived() != Base()
    assert repr(Base()).endswith("Base(one=1)")


def test_a_thing_inside_itself_can_be_printed() -> None:
    ours, _ = _pair()
    thing = ours("a")
    thing.parts.append(thing)
    assert "parts=[...]" in repr(thing)


def test_slots_are_not_optional() -> None:
    with pytest.raises(TypeError, match="slots=True"):
        dataclass(slots=False)


def test_all_classes_of_the_project_are_made_so() -> None:
    standard = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    files = list(Path(guardrail.__file__).parent.rglob("*.py"))
    assert files
    assert not [file for file in files if standard.search(file.read_text(encoding="utf-8"))]
