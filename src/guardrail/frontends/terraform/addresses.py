"""
What the source of a module call says: a path, an address in a registry, or where to download from.

Sources have many spellings; `canonical` is the one by which two of them are the same, and which Terraform records.
"""

from __future__ import annotations

import re
from typing import Final, Optional, Union

from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern

REGISTRY: Final = "registry.terraform.io"
"""The registry of an address that names none."""

_PUBLIC: Final = (REGISTRY, "registry.opentofu.org")
"""The registries that an address may mean without a name: which of the two is asked, the program decides."""

_NAME: Final = r"[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?"
_REGISTRY: Final = re.compile(
    rf"(?:(?P<host>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+(?::\d{{1,5}})?|localhost(?::\d{{1,5}})?)/)?"
    rf"(?P<namespace>{_NAME})/(?P<name>{_NAME})/(?P<provider>[0-9a-z]{{1,64}})"
)
_SSH: Final = pattern(r"(?P<user>[\w.-]+)@(?P<host>[\w.-]+):(?P<path>[^?]+)(?P<query>\?.*)?")
_FORCED: Final = pattern(r"([A-Za-z0-9]+)::(.*)", re.DOTALL)
_NO_REGISTRIES: Final = frozenset({"github.com", "bitbucket.org", "gitlab.com"})
"""Hosts of repositories: an address that begins with one of them is none in a registry."""

_OWNED: Final = 3
"""Parts of `github.com/owner/repository`."""


@dataclass(frozen=True, slots=True)
class RegistryAddress:
    """A module of a registry: of the usual one without a host. `folder` leads further into it."""

    host: str
    namespace: str
    name: str
    provider: str
    folder: str = ""

    def spelt(self, folder: str = "") -> str:
        """Return the address as Terraform records it; the public registry is not named."""
        host = "" if self.host in ("", *_PUBLIC) else f"{self.host}/"
        return f"{host}{self.namespace}/{self.name}/{self.provider}" + (f"//{folder}" if folder else "")

    @property
    def package(self) -> str:
        """The address without the folder."""
        return self.spelt()


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """Something to download. `getter` is git, http or another that is named; `url` has neither folder nor query."""

    getter: str
    url: str
    folder: str = ""
    query: str = ""

    def spelt(self, folder: str = "") -> str:
        """Return the address as Terraform records it."""
        return (
            ("" if self.getter == "http" else f"{self.getter}::")
            + self.url
            + (f"//{folder}" if folder else "")
            + (f"?{self.query}" if self.query else "")
        )

    @property
    def package(self) -> str:
        """The address without the folder."""
        return self.spelt()


def is_local(source: str) -> bool:
    """Whether a source is a path from the directory of the call."""
    return source.startswith(("./", "../")) or source in (".", "..")


def registry_address(source: str) -> Optional[RegistryAddress]:
    """Return the address in a registry that a source is, None if it is none."""
    package, folder, query = split(source)
    found = _REGISTRY.fullmatch(package)
    if found is None or query:
        return None
    host = (found["host"] or "").lower()
    if host in _NO_REGISTRIES:
        return None
    return RegistryAddress(host, found["namespace"], found["name"], found["provider"], folder)


def remote_address(source: str) -> Optional[RemoteAddress]:
    """Return what is to be downloaded for a source that is no path and in no registry, None for no address at all."""
    forced, rest = "", source
    prefix = _FORCED.fullmatch(source)
    if prefix is not None:
        forced, rest = prefix[1].lower(), prefix[2]
    ssh = _SSH.fullmatch(rest)
    if ssh is not None and "://" not in rest:
        rest = f"ssh://{ssh['user']}@{ssh['host']}/{ssh['path'].lstrip('/')}{ssh['query'] or ''}"
        forced = forced or "git"
    package, folder, query = split(rest)
    host, _, path = package.partition("/")
    if "://" not in package:
        if host.lower() not in ("github.com", "bitbucket.org") or package.count("/") < _OWNED - 1:
            return None
        owner, repository, *further = path.split("/")
        folder = "/".join([*further, *([folder] if folder else [])])
        package = f"https://{host}/{owner}/{repository.removesuffix('.git')}.git"
        forced = forced or "git"
    scheme = package.partition("://")[0].lower()
    getter = forced or ("git" if scheme in ("ssh", "git") or package.endswith(".git") else "http")
    return RemoteAddress(getter, package, folder, query)


def split(source: str) -> tuple[str, str, str]:
    """Return the package, the folder inside it, and the query. The `//` of `https://` separates nothing."""
    address, _, query = source.partition("?")
    scheme = address.find("://")
    at = address.find("//", scheme + 3 if scheme >= 0 else 0)
    return (address, "", query) if at < 0 else (address[:at], address[at + 2 :].strip("/"), query)


def address_of(source: str) -> Union[RegistryAddress, RemoteAddress, None]:
    """Return what a source means, None for a path and for what means nothing."""
    return None if is_local(source) else registry_address(source) or remote_address(source)


def canonical(source: str) -> str:
    """Return the one spelling of a source."""
    address = address_of(source)
    return source if address is None else address.spelt(address.folder)


def package_of(source: str) -> str:
    """Return the one spelling of a source without the folder in it."""
    address = address_of(source)
    return source if address is None else address.package


_SECRET: Final = re.compile(r"//[^/@\s]*@")
_QUERY: Final = re.compile(r"\?[^\s\"']*")
_PLAIN: Final = frozenset({"ref", "depth", "archive", "checksum"})


def shown_address(text: str) -> str:
    """Return an address, or a text with addresses in it, without what may be a secret: user names and queries."""
    return _QUERY.sub(_told, _SECRET.sub("//", text))


def _told(found: re.Match[str]) -> str:
    parts = [part for part in found[0][1:].split("&") if part.partition("=")[0] in _PLAIN]
    return f"?{'&'.join(parts)}" if parts else ""
