"""Functions that turn values into text and back."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from guardrail.frontends.terraform.functions import to_json
from guardrail.frontends.terraform.functions.gaps import decoded, encoded
from guardrail.frontends.terraform.functions.signature import Function, Nullable, TooLargeError, sized
from guardrail.frontends.terraform.syntax.spelling import normal
from guardrail.frontends.terraform.types import STRING
from guardrail.frontends.terraform.values import (
    TEXT,
    EvaluationError,
    ListValue,
    ObjectValue,
    TupleValue,
    Value,
    number,
    refused,
)
from guardrail.model.pattern import pattern

_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_SURROGATE: Final = pattern("[\ud800-\udfff]")
_DIGITS: Final = 200
_CODECS: Final[Mapping[str, str]] = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "us-ascii": "ascii",
}
"""IANA names, in lower case, and what Python calls these encodings."""


_UTF16_MARK: Final = b"\xfe\xff"


def _bytes_of(text: str) -> bytes:
    plain = text.replace("\n", "").replace("\r", "")
    if not _BASE64.match(plain):
        raise EvaluationError("this is no Base64")
    return b64decode(plain)


def _text_of(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{what} is no UTF-8 text") from error


def _base64gunzip(text: str) -> str:
    """Return what was compressed, as far as it is not larger than any string may be."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        data = inflater.decompress(_bytes_of(text), TEXT + 1)
    except zlib.error as error:
        raise EvaluationError("this is not compressed by gzip") from error
    if len(data) > TEXT:
        raise TooLargeError(f"a string of more than {TEXT:,} bytes")
    if not inflater.eof:
        raise EvaluationError("the compressed data ends too early")
    return _text_of(data, "the content")


def _codec(name: str) -> str:
    codec = _CODECS.get(name.lower())
    if codec is None:
        import codecs

        try:
            codecs.lookup(name)
        except LookupError as error:
            raise EvaluationError(f'there is no encoding "{name}"') from error
        raise _UnknownEncodingError(name)
    return codec


class _UnknownEncodingError(Exception):
    """An encoding that exists perhaps, but not here."""


def _textencodebase64(text: str, encoding: str) -> Value:
    try:
        data = _UTF16_MARK + text.encode("utf-16-be") if _codec(encoding) == "utf-16" else text.encode(_codec(encoding))
        return b64encode(data).decode()
    except _UnknownEncodingError:
        return refused(f'the encoding "{encoding}" is not supported', STRING)
    except UnicodeEncodeError as error:
        raise EvaluationError(f"the text has characters that {encoding} has not") from error


def _textdecodebase64(text: str, encoding: str) -> Value:
    try:
        data, codec = _bytes_of(text), _codec(encoding)
        if codec == "utf-16" and not data.startswith((_UTF16_MARK, b"\xff\xfe")):
            codec = "utf-16-be"
        return data.decode(codec)
    except _UnknownEncodingError:
        return refused(f'the encoding "{encoding}" is not supported', STRING)
    except UnicodeDecodeError as error:
        raise EvaluationError(f"this is no text in {encoding}") from error


def _urlencode(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text)


def _urldecode(text: str) -> str:
    from urllib.parse import unquote_to_bytes

    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        raise EvaluationError("a percent sign is not followed by two hexadecimal digits")
    return _text_of(unquote_to_bytes(text.replace("+", " ")), "the decoded text")


def _jsondecode(text: str) -> Value:
    import json

    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_constant
    )
    try:
        return _frozen(decoder.decode(text))
    except json.JSONDecodeError as error:
        raise EvaluationError(f"this is no JSON on line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise TooLargeError("a value nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> Value:
    return ObjectValue({_clean(key): _frozen(member) for key, member in pairs})


def _frozen(value: Any) -> Value:
    if isinstance(value, list):
        return TupleValue(_frozen(element) for element in value)
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    """Return a string without halves of surrogate pairs, which no text may hold."""
    return normal(_SURROGATE.sub("\ufffd", text))


def _integer(text: str) -> Value:
    if len(text) > 2 * _DIGITS:
        raise TooLargeError(f"a number of more than {_DIGITS} digits")
    return number(int(text))


def _float(text: str) -> Value:
    if len(text) > 2 * _DIGITS:
        raise TooLargeError(f"a number of more than {_DIGITS} digits")
    return number(Decimal(text))


def _constant(name: str) -> NoReturn:
    raise EvaluationError(f"{name} is no JSON")


def _csvdecode(text: str) -> Value:
    """Return a list of objects; the first row has the names of the columns."""
    sized(text.count("\n"))
    rows = _rows(text)
    if not rows:
        raise EvaluationError("there is no row with the names of the columns")
    names = rows[0]
    if len(set(names)) < len(names):
        raise EvaluationError("two columns have the same name")
    for index, row in enumerate(rows):
        if len(row) != len(names):
            raise EvaluationError(f"row {index + 1} has {len(row)} fields instead of {len(names)}")
    return ListValue(ObjectValue(zip(names, row, strict=True)) for row in rows[1:])


_FIELD: Final = pattern(r'"((?:[^"]|""){0,100000})"(?=,|\r?\n|\Z)|([^",\n]*)(?=,|\n|\Z)')


def _rows(text: str) -> list[list[str]]:
    """Return the fields of each line that is not empty. A quote may stand around a whole field only."""
    rows: list[list[str]] = []
    row: list[str] = []
    position = 0
    while position < len(text):
        if not row and (empty := re.compile(r"\r?\n").match(text, position)):
            position = empty.end()
            continue
        match = _FIELD.match(text, position)
        if match is None:
            raise EvaluationError(f"a quote is out of place in row {len(rows) + 1}")
        quoted, plain = match.groups()
        row.append(plain.removesuffix("\r") if quoted is None else quoted.replace('""', '"').replace("\r\n", "\n"))
        position = match.end()
        if text.startswith(",", position):
            position += 1
            if position < len(text):
                continue
            row.append("")
        rows.append(row)
        row = []
        position = text.find("\n", position) + 1 or len(text)
    return rows


def _yamldecode(text: Value) -> Value:
    from guardrail.frontends.terraform.functions import yaml

    return decoded(text, yaml.decoded)


def _yamlencode(value: Value) -> Value:
    from guardrail.frontends.terraform.functions import yaml

    return encoded(value, yaml.encoded)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "base64decode": Function(lambda text: _text_of(_bytes_of(text), "the decoded data"), (STRING,), STRING),
    "base64encode": Function(lambda text: b64encode(text.encode()).decode(), (STRING,), STRING),
    "base64gunzip": Function(_base64gunzip, (STRING,), STRING),
    "csvdecode": Function(_csvdecode, (STRING,)),
    "jsondecode": Function(lambda text: decoded(text, _jsondecode, quoted=True), (STRING,), partial=True),
    "jsonencode": Function(lambda value: encoded(value, to_json.encoded), (Nullable(),), STRING, partial=True),
    "textdecodebase64": Function(_textdecodebase64, (STRING, STRING), STRING),
    "textencodebase64": Function(_textencodebase64, (STRING, STRING), STRING),
    "urldecode": Function(_urldecode, (STRING,), STRING),
    "urlencode": Function(_urlencode, (STRING,), STRING),
    "yamldecode": Function(_yamldecode, (STRING,), partial=True),
    "yamlencode": Function(_yamlencode, (Nullable(),), STRING, partial=True),
}
