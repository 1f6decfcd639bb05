"""Servers that answer, servers that do not, and what they are told of us."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from loopback import Loopback, serve, tar, zipped

from guardrail.fetch.errors import FetchError
from guardrail.fetch.git import Git
from guardrail.fetch.http import Web
from guardrail.fetch.packages import Packages, below, source_of
from guardrail.fetch.registry import Registries
from guardrail.frontends.terraform.addresses import RemoteAddress, registry_address

FILES = {"main.tf": "a", "sub/main.tf": "b"}


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Loopback]:
    with serve(tmp_path) as loopback:
        yield loopback


def web(there: Loopback) -> Web:
    return Web(frozenset({there.host}), wait=5, seconds=5)


def packages(there: Loopback) -> Packages:
    return Packages(web(there), Git({}, frozenset({there.host})), there.host)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1/x", "--insecure-host 127.0.0.1:1 permits it"),
        ("file:///etc/passwd", "names no host"),
        ("ftp://h/x", "not https"),
        ("https:///x", "names no host"),
        ("https://h:port/x", "no address"),
        ("http://user@127.0.0.1:1/x", "plain http"),
    ],
)
def test_what_is_not_asked(url: str, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        Web().get(url, limit=10)


def test_a_redirect_is_looked_at_before_it_is_followed(there: Loopback) -> None:
    there.answers["/a"] = (302, {"Location": "/b"}, b"")
    there.answers["/b"] = (200, {}, b"here")
    there.answers["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    there.answers["/other"] = (302, {"Location": "http://127.0.0.1:9/x"}, b"")
    there.answers["/circle"] = (302, {"Location": "/circle"}, b"")
    there.answers["/nowhere"] = (302, {}, b"")
    assert web(there).get(f"http://{there.host}/a", limit=10).body == b"here"
    for path in ("/file", "/other", "/circle", "/nowhere"):
        with pytest.raises(FetchError):
            web(there).get(f"http://{there.host}{path}", limit=10)


def test_a_token_goes_to_its_host_and_no_further(there: Loopback, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with serve(tmp_path / "other") as other:
        there.answers["/a"] = (302, {"Location": f"http://{other.host}/b"}, b"")
        other.answers["/b"] = (200, {}, b"x")
        asking = Web(frozenset({there.host, other.host}), {there.host: "secret"}, wait=5, seconds=5)
        asking.get(f"http://{there.host}/a", limit=10, token=True)
        asking.get(f"http://{there.host}/a", limit=10)
        assert there.asked == [("/a", "Bearer secret"), ("/a", None)]
        assert {token for _, token in other.asked} == {None}
    assert "secret" not in repr(asking)


def test_limits(there: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    there.answers["/large"] = (200, {}, b"x" * 100)
    with pytest.raises(FetchError, match="more than 99 bytes"):
        web(there).get(f"http://{there.host}/large", limit=99)
    monkeypatch.setattr("guardrail.fetch.http.time.monotonic", iter([0.0, 1e9]).__next__)
    with pytest.raises(FetchError, match="takes too long"):
        web(there).get(f"http://{there.host}/large", limit=100)


@pytest.mark.parametrize(
    ("start", "more"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX: ", b"a", id="a header"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="greetings"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a", id="the size of a chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", b"a", id="a body"),
    ],
)
def test_a_server_that_never_ends_is_left(start: bytes, more: bytes) -> None:
    over = threading.Event()

    def trickle(listening: socket.socket) -> None:
        asked, _ = listening.accept()
        with asked, suppress(OSError):
            asked.sendall(start)
            while not over.wait(0.05):
                asked.sendall(more)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        server = threading.Thread(target=trickle, args=(listening,), daemon=True)
        server.start()
        try:
            with pytest.raises(FetchError, match="takes too long"):
                Web(frozenset({host}), wait=30, seconds=0.4).get(f"http://{host}/x", limit=1000)
        finally:
            over.set()
            server.join()


def test_a_status_is_told_without_what_the_server_says(there: Loopback) -> None:
    there.answers["/x?token=abc"] = (401, {}, b"your secret is 42")
    with pytest.raises(FetchError) as raised:
        web(there).get(f"http://{there.host}/x?token=abc", limit=10)
    assert str(raised.value) == f"http://{there.host}/x answers with status 401"
    assert "TF_TOKEN_" in raised.value.hint


def registries(there: Loopback) -> Registries:
    return Registries(web(there), there.host)


ADDRESS = registry_address("o/n/aws")
assert ADDRESS is not None


def test_the_newest_version_that_a_call_allows(there: Loopback) -> None:
    for version in ("1.0.0", "1.9.0", "1.10.0", "2.0.0-rc1", "2.0.0"):
        there.publish("o/n/aws", version, "./m.zip")
    asked = registries(there)
    assert ADDRESS is not None
    assert asked.choose(ADDRESS, "~> 1.0") == "1.10.0"
    assert asked.choose(ADDRESS, None) == "2.0.0"
    assert asked.choose(ADDRESS, "~> 1.0", ["1.9.0", "9.0.0"]) == "1.9.0"
    assert [path for path, _ in there.asked].count("/v1/modules/o/n/aws/versions") == 1
    with pytest.raises(FetchError, match=r'no version that "> 3" allows: there is 2.0.0, 2.0.0-rc1, 1.10.0'):
        asked.choose(ADDRESS, "> 3")
    with pytest.raises(FetchError, match="no constraint"):
        asked.choose(ADDRESS, "newest")


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        pytest.param({}, "status 404", id="no discovery"),
        pytest.param({"/.well-known/terraform.json": b"<html>"}, "no JSON", id="discovery that is no JSON"),
        pytest.param({"/.well-known/terraform.json": b"[]"}, "no registry of modules", id="no object"),
        pytest.param({"/.well-known/terraform.json": b"{}"}, "no registry of modules", id="no modules"),
        pytest.param({"/.well-known/terraform.json": b'{"modules.v1": "file:///m/"}'}, "names no host", id="elsewhere"),
        pytest.param(
            {"/.well-known/terraform.json": b'{"modules.v1": "/m"}', "/m/o/n/aws/versions": b'{"modules": [1]}'},
            "does not list",
            id="versions of another shape",
        ),
        pytest.param(
            {"/.well-known/terraform.json": b'{"modules.v1": "/m"}', "/m/o/n/aws/versions": b"[" * 100_000},
            "does not answer with JSON",
            id="versions that never end",
        ),
    ],
)
def test_registries_that_are_none(there: Loopback, answers: dict[str, bytes], why: str) -> None:
    there.answers.update({path: (200, {}, body) for path, body in answers.items()})
    assert ADDRESS is not None
    with pytest.raises(FetchError, match=why):
        registries(there).choose(ADDRESS, None)


@pytest.mark.parametrize(
    ("to", "found"),
    [
        pytest.param("../../../../../../files/m.zip", {"main.tf", "sub/main.tf"}, id="from the answer on"),
        pytest.param("/files/m.zip//sub", {"main.tf"}, id="a folder of it"),
        pytest.param("http://{host}/files/m.tgz//*?archive=tar.gz", {"main.tf", "sub/main.tf"}, id="the only folder"),
        pytest.param("http://{host}/leads", {"main.tf", "sub/main.tf"}, id="an address that leads on"),
        pytest.param("http://{host}/page", {"main.tf", "sub/main.tf"}, id="a page that leads on"),
    ],
)
def test_where_a_registry_says_that_a_module_is(there: Loopback, to: str, found: set[str]) -> None:
    there.publish("o/n/aws", "1.0.0", to)
    there.answers["/files/m.zip"] = (200, {}, zipped(FILES))
    there.answers["/files/m.tgz"] = (200, {}, tar(FILES, "o-n-123/"))
    there.answers["/leads?terraform-get=1"] = (204, {"X-Terraform-Get": "/files/m.zip"}, b"")
    page = b'<html><meta name="terraform-get" content="/files/m.zip"></html>'
    there.answers["/page?terraform-get=1"] = (200, {}, page)
    assert ADDRESS is not None
    assert packages(there).of_registry(ADDRESS, "1.0.0").files.keys() == found


def test_a_registry_may_answer_with_a_location(there: Loopback) -> None:
    there.publish("o/n/aws", "1.0.0", "")
    path = "/v1/modules/o/n/aws/1.0.0/download"
    there.answers[path] = (200, {}, b'{"location": "/files/m.zip"}')
    there.answers["/files/m.zip"] = (200, {}, zipped(FILES))
    assert ADDRESS is not None
    assert packages(there).of_registry(ADDRESS, "1.0.0").files["main.tf"] == b"a"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("s3::https://s3.amazonaws.com/b/m.zip", "not fetched by s3"),
        ("hg::https://h/r", "not fetched by hg"),
        ("file:///etc", "not fetched by|names no host"),
        ("git::file:///etc", "git may use https and ssh"),
        ("git::ext::sh -c touch% x", "no source of a module"),
        ("git::ext://sh", "git may use https and ssh"),
        ("git::https://-oProxyCommand=x/r", "this is no host"),
        ("git::ssh://-oProxyCommand=x/r", "this is no host"),
        ("git::git://h/r", "--insecure-host h permits it"),
        ("git::https://h/r?ref=--upload-pack=x", "no name of a commit"),
        ("git::https://h/r?sshkey=abc", "a key in a source"),
        ("git::https://h/r?foo=abc", "foo means nothing"),
        ("git::https://u:p@h/r", "a password stands in the source"),
        ("name", "no source of a module"),
    ],
)
def test_sources_that_are_refused(there: Loopback, source: str, why: str) -> None:
    with pytest.raises(FetchError, match=why) as raised:
        _got(there, source)
    assert "abc" not in str(raised.value)
    assert "u:p" not in str(raised.value)
    assert there.asked == []


def _got(there: Loopback, source: str) -> None:
    address = source_of(source)
    assert isinstance(address, RemoteAddress)
    packages(there).remote(address)


def test_a_checksum_that_the_source_states(there: Loopback) -> None:
    there.answers["/m.zip"] = (200, {}, zipped({"a": "x"}))
    good = source_of(f"http://{there.host}/m.zip")
    assert isinstance(good, RemoteAddress)
    packages(there).remote(good)
    for checksum in ("sha256:" + "0" * 64, "0" * 32, "file:sums", "sha256:zz"):
        bad = source_of(f"http://{there.host}/m.zip?checksum={checksum}")
        assert isinstance(bad, RemoteAddress)
        with pytest.raises(FetchError, match=r"checksum|its source says"):
            packages(there).remote(bad)


def test_a_circle_of_addresses_ends(there: Loopback) -> None:
    there.answers["/a?terraform-get=1"] = (204, {"X-Terraform-Get": "/a"}, b"")
    address = source_of(f"http://{there.host}/a")
    assert isinstance(address, RemoteAddress)
    with pytest.raises(FetchError, match="more than 4 other addresses"):
        packages(there).remote(address)


@pytest.mark.parametrize("folder", ["../x", "a/../..", "nowhere", "*/*/*"])
def test_folders_that_are_not_in_a_package(folder: str) -> None:
    with pytest.raises(FetchError):
        below({"a/b": b"", "c/d": b""}, folder, "it")


def test_a_folder_that_may_be_several() -> None:
    with pytest.raises(FetchError, match="may be several"):
        below({"a/b": b"", "c/d": b""}, "*", "it")


class TestGit:
    def test_a_tag_a_branch_a_commit_and_none(self, there: Loopback) -> None:
        first = there.repository("r", {"main.tf": "one"}, "v1")
        there.repository("r", {"main.tf": "two", ".gitattributes": "* export-ignore\n*.tf ident eol=crlf\n"})
        git = Git({"PATH": "/usr/bin:/bin"}, frozenset({there.host}))
        url = f"http://{there.host}/git/r"
        for ref, text in (("v1", b"one"), ("main", b"two"), (None, b"two"), (first, b"one"), (first[:12], b"one")):
            files, commit = git.fetch(url, ref)
            assert files["main.tf"] == text, ref
            assert (commit == first) == (text == b"one")

    def test_what_is_not_there(self, there: Loopback) -> None:
        there.repository("r", {"main.tf": "one"})
        git = Git({"PATH": "/usr/bin:/bin"}, frozenset({there.host}))
        for name, ref in (("r", "v9"), ("nowhere", None), ("r", "0" * 40)):
            with pytest.raises(FetchError, match=r"git (fetch|rev-parse) failed"):
                git.fetch(f"http://{there.host}/git/{name}", ref)

    def test_a_server_that_never_answers_is_left(self, there: Loopback) -> None:
        there.repository("r", {"main.tf": "one"})
        git = Git({"PATH": "/usr/bin:/bin"}, frozenset({there.host}), seconds=-1)
        with pytest.raises(FetchError, match="takes too long"):
            git.fetch(f"http://{there.host}/git/r", None)

    def test_a_repository_that_is_larger_than_it_looks(self, there: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        there.repository("r", {f"{index}.tf": "x" * 1024 * 1024 for index in range(100)})
        monkeypatch.setattr("guardrail.fetch.git.ON_DISK", 1024 * 1024)
        git = Git({"PATH": "/usr/bin:/bin"}, frozenset({there.host}))
        with pytest.raises(FetchError, match="git archive writes more than 1,048,576 bytes"):
            git.fetch(f"http://{there.host}/git/r", None)

    def test_without_git(self, there: Loopback, tmp_path: Path) -> None:
        with pytest.raises(FetchError, match="git is not installed"):
            Git({"PATH": f"{tmp_path}:."}, frozenset({there.host})).fetch(f"http://{there.host}/git/r", None)

    def test_a_repository_of_this_machine_is_not_read_by_a_detour(self, there: Loopback) -> None:
        there.repository("r", {"main.tf": "one"})
        there.answers["/moved/info/refs?service=git-upload-pack"] = (
            302,
            {"Location": f"file://{there.repositories}/r/info/refs"},
            b"",
        )
        git = Git({"PATH": "/usr/bin:/bin"}, frozenset({there.host}))
        with pytest.raises(FetchError, match="git fetch failed"):
            git.fetch(f"http://{there.host}/moved", None)
