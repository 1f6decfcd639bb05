"""Archives that are what they seem, and archives that are made to do harm."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import tar, zipped

from guardrail.fetch import archive
from guardrail.fetch.archive import unpack
from guardrail.fetch.errors import FetchError

FILES = {"main.tf": "a", "modules/x/main.tf": "b"}
CONTENT = {path: text.encode() for path, text in FILES.items()}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(zipped(FILES), id="zip"),
        pytest.param(tar(FILES), id="tar.gz"),
        pytest.param(gzip.decompress(tar(FILES)), id="tar"),
        pytest.param(bz2.compress(gzip.decompress(tar(FILES))), id="tar.bz2"),
        pytest.param(lzma.compress(gzip.decompress(tar(FILES))), id="tar.xz"),
        pytest.param(tar(FILES, "./"), id="from a dot on"),
        pytest.param(tar({**FILES, ".git/config": "x"}), id="without what belongs to git"),
    ],
)
def test_files_of_an_archive(data: bytes) -> None:
    assert unpack(data, "it") == CONTENT


def _entries(*entries: tuple[str, bytes, str]) -> bytes:
    """Return a tar of (name, type, link)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as into:
        for name, kind, link in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, link
            entry.size = 1 if kind == tarfile.REGTYPE else 0
            into.addfile(entry, io.BytesIO(b"x"))
    return made.getvalue()


def _linked_zip(target: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        into.writestr(entry, target)
    return made.getvalue()


def _twice() -> bytes:
    return _entries(("a", tarfile.REGTYPE, ""), ("a", tarfile.REGTYPE, ""))


REFUSED = {
    "a path upwards in a tar": tar({"../x.tf": "a"}),
    "a path upwards in a zip": zipped({"a/../../x.tf": "a"}),
    "an absolute path": tar({"/etc/x": "a"}),
    "a path of another system": tar({"a\\..\\x": "a"}),
    "a drive": tar({"C:x": "a"}),
    "a name that nobody can read": tar({"a\x1b[2Jx": "a"}),
    "a link upwards": _entries(("a", tarfile.SYMTYPE, "../../x")),
    "a link to the root": _entries(("a", tarfile.SYMTYPE, "/etc/passwd")),
    "a hard link upwards": _entries(("a", tarfile.LNKTYPE, "../x")),
    "a link upwards in a zip": _linked_zip("../x"),
    "a file below a link": _entries(
        ("a", tarfile.SYMTYPE, "b"), ("b", tarfile.REGTYPE, ""), ("a/c", tarfile.REGTYPE, "")
    ),
    "a file below a file": _entries(("a", tarfile.REGTYPE, ""), ("a/c", tarfile.REGTYPE, "")),
    "a device": _entries(("a", tarfile.CHRTYPE, "")),
    "a pipe": _entries(("a", tarfile.FIFOTYPE, "")),
    "a name twice": _twice(),
    "no archive": b"<html>",
    "nothing": b"",
    "half a tar": gzip.decompress(tar({"a": "x" * 9000}))[:4000],
    "half of what is packed": tar({"a": "x" * 9000})[:60],
    "half a zip": zipped(FILES)[:40],
}


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in REFUSED.items()])
def test_what_is_refused(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FetchError, match=r"^it "):
        unpack(data, "it")
    assert list(tmp_path.iterdir()) == []


def test_a_link_inside_becomes_what_it_leads_to() -> None:
    data = _entries(
        ("m/a", tarfile.REGTYPE, ""), ("m/b", tarfile.SYMTYPE, "a"), ("c", tarfile.SYMTYPE, "m/b"),
        ("h", tarfile.LNKTYPE, "m/a"), ("folder", tarfile.SYMTYPE, "m"), ("gone", tarfile.SYMTYPE, "nowhere"),
        ("one", tarfile.SYMTYPE, "two"), ("two", tarfile.SYMTYPE, "one"),
    )  # fmt: skip
    assert unpack(data, "it") == dict.fromkeys(("m/a", "m/b", "c", "h"), b"x")


def _sparse(entry: tarfile.TarInfo) -> None:
    entry.type = tarfile.GNUTYPE_SPARSE


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: tar({"a": "0" * 5000}), id="a file that is packed well"),
        pytest.param(lambda: zipped({"a": "0" * 5000}), id="one in a zip"),
        pytest.param(lambda: zipped({str(index): "0" * 900 for index in range(3)}), id="many that are"),
        pytest.param(lambda: gzip.compress(b"\0" * 100_000), id="nothing but packing"),
        pytest.param(lambda: tar({"a": "0" * 10}, change=_sparse), id="a file with holes"),
    ],
)
def test_bombs(made: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "BYTES", 2000)
    with pytest.raises(FetchError):
        unpack(made(), "it")


def test_too_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FILES", 3)
    with pytest.raises(FetchError, match="more than 3 files"):
        unpack(tar({str(index): "" for index in range(4)}), "it")


def test_a_list_of_too_many_files_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python makes an object of 500 bytes of each 46 bytes, before anybody sees the first one."""
    monkeypatch.setattr(archive, "FILES", 3)
    data = zipped({str(index): "" for index in range(7)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(FetchError, match="more than 3 files"):
        unpack(data, "it")


@given(
    st.binary(max_size=200),
    st.sampled_from([tar(FILES), zipped(FILES), gzip.decompress(tar(FILES))]),
    st.integers(0, 1500),
)
def test_no_bytes_do_harm(noise: bytes, good: bytes, at: int) -> None:
    try:
        files = unpack(good[:at] + noise + good[at + len(noise) :], "it")
    except FetchError:
        return
    assert all(not path.startswith("/") and ".." not in path.split("/") for path in files)
