"""Functions of maps and objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Optional

from guardrail.frontends.terraform.candidates import one_of
from guardrail.frontends.terraform.convert import convert, kind_name, type_of
from guardrail.frontends.terraform.functions.signature import Function, Nullable, sized
from guardrail.frontends.terraform.kinds import declare
from guardrail.frontends.terraform.types import (
    ANY,
    STRING,
    AnyType,
    ListType,
    MapType,
    ObjectType,
    TupleType,
    Type,
)
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    ListValue,
    Mapped,
    MapValue,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    members,
    unknown,
    wholly_known,
)
from guardrail.model.value import CANDIDATES


def mapped(value: Value) -> Mapping[str, Value]:
    """Return a map or object; anything else is an error."""
    if not isinstance(value, Mapped):
        raise EvaluationError(f"a map or object is required, not {kind_name(value)}")
    return value


def _unmapped(value: Value) -> bool:
    """Whether a value is unknown; an error if it cannot be a map."""
    if isinstance(value, Unknown) and not isinstance(value.type, (AnyType, MapType, ObjectType)):
        raise EvaluationError(f"a map or object is required, not a {value.type}")
    return isinstance(value, Unknown)


def _keys(value: Value) -> Value:
    if _unmapped(value):
        if isinstance(value.type, ObjectType):
            return TupleValue(sorted(value.type.attributes))
        return unknown(value, type=ListType(STRING), not_null=True)
    given = mapped(value)
    if isinstance(given, OpenMap):
        return unknown(given.rest, type=ListType(STRING), not_null=True)
    return (ListValue if isinstance(given, MapValue) else TupleValue)(sorted(given))


def _values(value: Value) -> Value:
    if _unmapped(value):
        return unknown(value, not_null=True)
    given = mapped(value)
    if isinstance(given, OpenMap):
        return unknown(given, not_null=True)
    if isinstance(given, MapValue):
        return ListValue(member for _, member in members(given))
    kind = type_of(given)
    made = TupleValue(member for _, member in members(given))
    if None in made and isinstance(kind, ObjectType):
        declare(made, TupleType(tuple(kind.attributes[key] for key, _ in members(given))))
    return made


def _lookup(value: Value, key: Value, *default: Value) -> Value:
    if _unmapped(value):
        return unknown(value, key, *default)
    given = mapped(value)
    if isinstance(key, Unknown):
        return _any_member(given, key, default)
    if key in given:
        return given[key]
    if isinstance(given, OpenMap):
        return unknown(given.rest, *default)
    if not default:
        raise EvaluationError(f'there is no key "{key}", and no default')
    kind = type_of(given)
    return convert(default[0], kind.element) if isinstance(kind, MapType) else default[0]


def _any_member(given: Mapping[str, Value], key: Unknown, default: Sequence[Value]) -> Value:
    """Return one of the members, or the default."""
    if isinstance(given, OpenMap) or len(given) > CANDIDATES:
        return unknown(key, given, *default)
    kind = type_of(given)
    others = [convert(each, kind.element) if isinstance(kind, MapType) else each for each in default]
    arms = [*given.values(), *others]
    return one_of(unknown(key), arms) if arms else unknown(key)


def _merge(*given: Value) -> Value:
    """
    Return all members, of equal keys the last one.

    After an unknown argument what was set before exists for certain, but may have been overwritten; what is set
    later is definite.
    """
    result: dict[str, Value] = {}
    rest: Value = None
    begins: Optional[tuple[str, ...]] = ()
    present = [each for each in given if each is not None]
    for each in present:
        if _unmapped(each):
            cause: Value = each
        else:
            cause = each.rest if isinstance(mapped(each), OpenMap) else None
        if cause is not None:
            other = each if isinstance(each, OpenMap) else None
            result = {key: unknown(cause) if other is None or other.may_hold(key) else result[key] for key in result}
            begins = None if begins is None or other is None or other.begins is None else (*begins, *other.begins)
            rest = unknown(*(reason for reason in (rest, cause) if reason is not None))
        if not isinstance(each, Unknown):
            result.update(each)
            sized(len(result))
    if rest is not None:
        return OpenMap(result, rest, begins)
    if not present:
        return ObjectValue()
    if _alike(present):
        return MapValue(result)
    made = ObjectValue(result)
    return declare(made, ObjectType(_member_types(present))) if None in made.values() else made


def _member_types(given: list[Value]) -> dict[str, Type]:
    """Return of what type each member is, null ones too: of equal keys that of the last one."""
    kinds: dict[str, Type] = {}
    for each in given:
        kind = type_of(each)
        if isinstance(kind, ObjectType):
            kinds.update(kind.attributes)
        elif isinstance(kind, MapType):
            kinds.update(dict.fromkeys(each, kind.element))
    return kinds


def _alike(given: list[Value]) -> bool:
    """Whether all are maps of one type."""
    if not all(isinstance(each, MapValue) for each in given):
        return False
    kinds = [kind for each in given if (kind := type_of(each)) != MapType(ANY)]
    return all(kind == kinds[0] for kind in kinds)


def _zipmap(keys: Value, values: Value) -> Value:
    if isinstance(keys, Unknown) or isinstance(values, Unknown) or not wholly_known(keys):
        return unknown(keys, values, not_null=True)
    if not isinstance(values, Listed) or isinstance(values, SetValue):
        raise EvaluationError(f"a list of values is required, not {kind_name(values)}")
    if None in keys:
        raise EvaluationError("a key is null")
    if len(keys) != len(values):
        raise EvaluationError(f"{len(keys)} keys for {len(values)} values")
    return (ObjectValue if isinstance(values, TupleValue) else MapValue)(zip(keys, values, strict=True))


def _transpose(given: Mapping[str, Value]) -> Value:
    """Return for each value the sorted keys under whose lists it stands."""
    found: dict[str, list[str]] = {}
    for key, values in members(given):
        if values is None:
            raise EvaluationError(f'the list of "{key}" is null')
        for value in values:
            if value is None:
                raise EvaluationError("an element is null")
            found.setdefault(value, []).append(key)
    return MapValue({value: ListValue(sorted(keys)) for value, keys in sorted(found.items())})


FUNCTIONS: Final[Mapping[str, Function]] = {
    "keys": Function(_keys, (ANY,), partial=True),
    "lookup": Function(_lookup, (ANY, STRING), rest=Nullable(), most=3, partial=True),
    "merge": Function(_merge, rest=Nullable(), partial=True),
    "transpose": Function(_transpose, (MapType(ListType(STRING)),), MapType(ListType(STRING))),
    "values": Function(_values, (ANY,), partial=True),
    "zipmap": Function(_zipmap, (ListType(STRING), ANY), partial=True),
}
