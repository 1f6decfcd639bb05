"""GET over https, within limits of time and size. Plain http only to hosts that were named for it."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import field
from email.message import Message
from functools import partial
from http.client import HTTPException, HTTPResponse
from typing import Final, Optional
from urllib.parse import urljoin, urlsplit

from guardrail import __version__
from guardrail.fetch.errors import FetchError, told
from guardrail.frontends.terraform.addresses import shown_address
from guardrail.model.dataclass import dataclass

WAIT: Final = 30
"""How many seconds a server may say nothing."""

SECONDS: Final = 300
"""How many seconds one answer may take in all."""

REDIRECTS: Final = 5

_CHUNK: Final = 64 * 1024
_MOVED: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: from which address in the end, the status, the headers and the body."""

    url: str
    status: int
    headers: Message
    body: bytes


def absolute(source: str, answer: Answer) -> str:
    """Return the source of a module that an answer names: a path in it goes on from where the answer is from."""
    return urljoin(answer.url, source) if source.startswith(("/", "./", "../")) else source


@dataclass(frozen=True, slots=True)
class Web:
    """
    Asks servers.

    `insecure` are hosts (with port, where it is not the usual one) that may be asked without encryption. `tokens` are
    sent to the host that they are for, and to no other.
    """

    insecure: frozenset[str] = frozenset()
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    wait: float = WAIT
    seconds: float = SECONDS

    def allowed(self, url: str) -> str:
        """Return why an address must not be asked, empty if it may be."""
        try:
            parts = urlsplit(url)
            host = parts.netloc.rpartition("@")[2].lower()
            _ = parts.port
        except ValueError:
            return "it is no address"
        if not host:
            return "it names no host"
        if parts.scheme == "https" or (parts.scheme == "http" and host in self.insecure):
            return ""
        if parts.scheme == "http":
            return f"plain http can be changed on its way; --insecure-host {host} permits it"
        return f"{parts.scheme or 'it'} is not https"

    def get(self, url: str, *, limit: int, token: bool = False) -> Answer:
        """Return the answer to a GET, redirects followed. `token`: what is known for the host is sent along."""
        end = time.monotonic() + self.seconds
        asked = url
        for _ in range(REDIRECTS + 1):
            refusal = self.allowed(asked)
            if refusal:
                raise FetchError(f"{shown_address(asked)} is not asked: {refusal}")
            answer = _within(end, asked, partial(self._once, asked, limit, end, token=token))
            if answer.status not in _MOVED:
                return answer
            to = answer.headers.get("Location")
            if not to:
                raise FetchError(f"{shown_address(asked)} leads nowhere: a redirect without an address")
            asked = urljoin(asked, to)
        raise FetchError(f"{shown_address(url)} leads through more than {REDIRECTS} redirects")

    def _once(self, url: str, limit: int, end: float, *, token: bool) -> Answer:
        secret = self.tokens.get(urlsplit(url).netloc.lower()) if token else None
        request = urllib.request.Request(url, headers={"User-Agent": f"guardrail/{__version__}"})  # noqa: S310 - see `allowed`
        if secret:
            request.add_unredirected_header("Authorization", f"Bearer {secret}")
        opener = urllib.request.build_opener(_NoRedirects)
        try:
            with opener.open(request, timeout=self.wait) as response:
                return Answer(url, response.status, response.headers, _body(response, url, limit, end))
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _MOVED:
                    return Answer(url, error.code, error.headers, b"")
            raise FetchError(_refused(url, error.code), hint=_ADVICE.get(error.code, "")) from None
        except (OSError, ValueError) as error:  # also what http.client raises for answers that are none
            reason = getattr(error, "reason", None) or error
            raise FetchError(f"{shown_address(url)} cannot be asked: {told(str(reason))}") from None
        except HTTPException as error:
            raise FetchError(
                f"{shown_address(url)} does not answer as a web server does ({type(error).__name__})"
            ) from None


_ADVICE: Final[Mapping[int, str]] = {
    401: "the variable TF_TOKEN_<host>, as Terraform has it, holds what the registry asks for",
    403: "the variable TF_TOKEN_<host>, as Terraform has it, holds what the registry asks for",
    404: "check the spelling of the source",
}


def _refused(url: str, status: int) -> str:
    return f"{shown_address(url)} answers with status {status}"


def _within(end: float, url: str, ask: Callable[[], Answer]) -> Answer:
    """
    Return the answer, if it is there in time.

    Each wait for a byte is bounded, but not how many there are before the body: a header, a greeting, the size of a
    chunk may come letter by letter, for ever. So somebody else waits, and ends with the program.
    """
    found: Future[Answer] = Future()

    def work() -> None:
        try:
            found.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
            found.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        return found.result(max(end - time.monotonic(), 0))
    except FutureTimeout:
        raise FetchError(f"{shown_address(url)} takes too long") from None


def _body(response: HTTPResponse, url: str, limit: int, end: float) -> bytes:
    """Return what a server sends, if it is done in time and not too long."""
    parts: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise FetchError(f"{shown_address(url)} sends more than {limit:,} bytes")
        if time.monotonic() > end:
            raise FetchError(f"{shown_address(url)} takes too long")
        parts.append(chunk)
    return b"".join(parts)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to us: each address is looked at before it is asked."""

    def redirect_request(self, *_: object) -> Optional[urllib.request.Request]:
        return None
