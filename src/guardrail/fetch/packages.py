"""From a source to the files of its package: through a registry, git, or an archive over https."""

from __future__ import annotations

import hashlib
import re
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from typing import Final, Optional, Union
from urllib.parse import parse_qsl

from guardrail.fetch.archive import BYTES, Files, unpack
from guardrail.fetch.errors import FetchError, told
from guardrail.fetch.git import Git
from guardrail.fetch.http import Answer, Web, absolute
from guardrail.fetch.registry import Registries
from guardrail.frontends.terraform.addresses import (
    REGISTRY,
    RegistryAddress,
    RemoteAddress,
    address_of,
    remote_address,
    shown_address,
)
from guardrail.model.dataclass import dataclass

HOPS: Final = 4
"""How often an address may lead to another one."""

_ARCHIVES: Final = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar")
_ALGORITHMS: Final = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_NO_GETTERS: Final = {
    "s3": "download it yourself, and map the source to a folder: `modules` in guardrail.yaml",
    "gcs": "download it yourself, and map the source to a folder: `modules` in guardrail.yaml",
    "hg": "Mercurial is not spoken; map the source to a folder: `modules` in guardrail.yaml",
    "oci": "download it yourself, and map the source to a folder: `modules` in guardrail.yaml",
    "file": "only what is on another machine is fetched; a path in the repository begins with ./ or ../",
}


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package, and the commit that they are from ("" if they are not from git)."""

    files: Files
    commit: str = ""


class Packages:
    """Fetches packages."""

    def __init__(self, web: Web, git: Git, usual: str = REGISTRY) -> None:
        self.registries = Registries(web, usual)
        self._web = web
        self._git = git

    def of_registry(self, address: RegistryAddress, version: str) -> Package:
        """Return a version of a module in a registry."""
        said = self.registries.download(address, version)
        return self._further(said, f"the registry says that {address.package} is at", hops=0)

    def _further(self, said: str, what: str, hops: int) -> Package:
        """Return what is at an address that somebody else says; `what` is how messages call it."""
        to = remote_address(said)
        if to is None:
            raise FetchError(f"{what} {told(said)}, which is no address")
        package = self.remote(to, hops=hops)
        return Package(below(package.files, to.folder, shown_address(said)), package.commit)

    def remote(self, address: RemoteAddress, commit: str = "", hops: int = 0) -> Package:
        """Return what is at an address; of git the commit that a lock names, if it names one."""
        shown = shown_address(address.package)
        if address.getter == "git":
            query = dict(parse_qsl(address.query, keep_blank_values=True))
            if "sshkey" in query:
                raise FetchError(f"{shown}: a key in a source is not used", hint="have an ssh agent hold the key")
            unknown = sorted(query.keys() - {"ref", "depth"})
            if unknown:
                raise FetchError(f"{shown}: {told(unknown[0])} means nothing for a repository")
            files, at = self._git.fetch(address.url, commit or query.get("ref"))
            return Package(files, at)
        if address.getter not in ("http", "https"):
            hint = _NO_GETTERS.get(address.getter, "map the source to a folder: `modules` in guardrail.yaml")
            raise FetchError(f"{shown}: modules are not fetched by {address.getter}", hint=hint)
        return self._by_http(address, hops)

    def _by_http(self, address: RemoteAddress, hops: int) -> Package:
        if hops > HOPS:
            raise FetchError(f"{shown_address(address.url)} leads to more than {HOPS} other addresses")
        options = dict(parse_qsl(address.query, keep_blank_values=True))
        archive = options.pop("archive", None)
        checksum = options.pop("checksum", None)
        kept = "&".join(
            part for part in address.query.split("&") if part and part.partition("=")[0] not in ("archive", "checksum")
        )
        is_archive = archive not in (None, "false") or address.url.lower().endswith(_ARCHIVES)
        if not is_archive:
            kept = f"{kept}&terraform-get=1" if kept else "terraform-get=1"
        url = f"{address.url}?{kept}" if kept else address.url
        answer = self._web.get(url, limit=BYTES)
        if is_archive:
            _verify(answer.body, checksum, shown_address(address.url))
            return Package(unpack(answer.body, shown_address(address.url)))
        return self._elsewhere(address, answer, hops)

    def _elsewhere(self, address: RemoteAddress, answer: Answer, hops: int) -> Package:
        """Return what an address that is no archive leads to."""
        said = answer.headers.get("X-Terraform-Get") or _named_in(answer.body)
        if not said:
            hint = "the address of an archive ends in .zip or .tar.gz, or says ?archive=zip"
            raise FetchError(f"{shown_address(address.url)} is no archive, and names none", hint=hint)
        return self._further(absolute(said, answer), f"{shown_address(address.url)} leads to", hops + 1)


def below(files: Files, folder: str, what: str) -> Files:
    """Return the files below a folder; `*` in it stands for the one name that there is."""
    if not folder:
        return files
    wanted = folder.strip("/").split("/")
    if any(part in ("", ".", "..") for part in wanted):
        raise FetchError(f"{what}: the folder {told(folder)} leads out of the package")
    found: Optional[tuple[str, ...]] = None
    inside: dict[str, bytes] = {}
    for path, data in sorted(files.items()):
        parts = path.split("/")
        if len(parts) > len(wanted) and all(map(fnmatchcase, parts, wanted)):
            above = tuple(parts[: len(wanted)])
            if found not in (None, above):
                raise FetchError(f"{what}: {told(folder)} may be several folders")
            found = above
            inside["/".join(parts[len(wanted) :])] = data
    if found is None:
        raise FetchError(f"{what} has no folder {told(folder)}")
    return inside


def source_of(source: str) -> Union[RegistryAddress, RemoteAddress]:
    """Return what a source that is no path means. Raises a `FetchError` for one that means nothing."""
    address = address_of(source)
    if address is None:
        raise FetchError(f"{told(source)} is no source of a module", hint="a path begins with ./ or ../")
    if isinstance(address, RemoteAddress) and _PASSWORD.search(address.url):
        raise FetchError(f"{told(source)}: a password stands in the source", hint="have git ask a credential helper")
    return address


_PASSWORD: Final = re.compile(r"//[^/@]*:[^/@]*@")


def _verify(data: bytes, checksum: Optional[str], what: str) -> None:
    """Hold an archive against the checksum that its source states."""
    if not checksum:
        return
    named, colon, digest = checksum.rpartition(":")
    algorithm = (
        named.lower() if colon else next((name for name, size in _ALGORITHMS.items() if size == len(digest)), "")
    )
    if algorithm not in _ALGORITHMS or not re.fullmatch(r"[0-9a-fA-F]+", digest):
        raise FetchError(f"{what}: this is no checksum: {told(checksum)}")
    made = hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
    if made != digest.lower():
        raise FetchError(f"{what} has the {algorithm} {made}, and its source says {digest.lower()}")


class _Meta(HTMLParser):
    """Looks for `<meta name="terraform-get" content="…">`."""

    def __init__(self) -> None:
        super().__init__()
        self.found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        stated = dict(attrs)
        if tag == "meta" and stated.get("name") == "terraform-get" and not self.found:
            self.found = stated.get("content") or ""


_PAGE: Final = 256 * 1024


def _named_in(body: bytes) -> str:
    """Return the address that a page of HTML names for Terraform."""
    reader = _Meta()
    reader.feed(body[:_PAGE].decode("utf-8", "replace"))
    return reader.found
