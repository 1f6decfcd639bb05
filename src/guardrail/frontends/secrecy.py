"""
Which keys hold secrets, and what in a text is one: all that is known of it, in one place.

A key is told by its last words (`hf_token`, `MasterUserPassword`, `spark.ssl.keyPassword`), whatever case it is in.
That is about what is shown: too much hidden costs an explanation, too little a password in a log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final

from guardrail.catalog.spelling import snake
from guardrail.model.pattern import pattern

MASK: Final = "(not shown)"

_WORDS: Final = (
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "api_?key", "private_?key", "secret_?key",
    "access_?key", "account_?key", "storage_?key", "shared_?key", "signing_?key", "encryption_?key", "ssh_?key",
    "host_?key", "primary_?key", "secondary_?key", "service_?account_?key", "license_?key", "client_?secret",
    "connection_?string", "conn_?str", "credentials?",
)  # fmt: skip
"""How keys of secrets end, in snake case."""

_ALSO: Final = (
    "pass", "pat", "sas", "sas_ur[il]", "dsn", "jwt", "bearer", "authorization", "auth", "secret_string",
    "secret_value", "secret_access_key", "kubeconfig", "kube_config", "ssh_keys", "docker_?config_?json", "json_key",
    "user_?data", "user_data_base64", "custom_?data", "zip_file", "inline_code", "function_code", "command_to_execute",
    "runtime_env_?yaml", "post_startup_script", r"(?:windows_)?(?:startup|shutdown|sysprep|boot|init)_script(?:_\w+)?",
)  # fmt: skip
"""The same, and what holds code or a document of its own, in which there may be any."""

_KEY: Final = pattern(rf"(?:\A|_)(?:{'|'.join((*_WORDS, *_ALSO))})\Z|(?:password|passwd|apikey)\Z")
_SEVERAL: Final = pattern(rf"(?:\A|_)(?:{'|'.join(_WORDS)})s\Z")
_EXACTLY: Final = frozenset({"Content", "kubectl.kubernetes.io/last-applied-configuration"})
"""Scripts of life cycles; what an object was, with all that was in it."""

_ENV: Final = pattern(
    r"\A(?:environment|[a-z_]*(?<!runtime)_?envs?)\Z|(?:\A|_)(?:env_?vars?|(?:env|environment)_?variables?|app_?settings"
    r"|option_?settings|connection_?strings)\Z"
)
"""How keys end whose values are environment variables, or settings of an application."""

NAMES: Final = ("name", "Name", "key", "Key", "ParameterKey", "OptionName", "parameterName")
VALUES: Final = frozenset({"value", "Value", "default", "defaultValue", "ParameterValue"})
"""What pairs of a name and a value are written with."""

_FOLLOWING: Final = "|".join(_WORDS).replace("_?", "[_-]?").replace("credentials?", "credential")
_BARE: Final = r"""[^\s"'\\{}\[\],;&()]"""
"""A character of a secret that stands without quotes: none by which the text around it, which may be JSON, breaks."""

_IN_TEXT: Final = pattern(
    rf"""(?ix)
      (?P<before> ://[^\s/@:"'\\]{{0,256}}: )  [^\s/@"'\\]{{1,1024}}  (?=@)
    | (?P<said> (?:{_FOLLOWING}) ["']? [ \t]{{0,4}} [:=] [ \t]{{0,4}} ["'] )  (?:[^"'\\]|\\.){{1,4096}}
    | (?P<bare> (?:{_FOLLOWING}) (?: =["']? | :[ \t]{{1,4}}["']? ) )  (?![|>*!%@`\#]) {_BARE}{{1,4096}}
    | (?P<flag> (?<![^\s"'])--? [a-z0-9_.-]{{0,40}}? (?:{_FOLLOWING}) [ \t]{{1,4}} )  (?!-) {_BARE}{{1,4096}}
    | (?P<signed> [?&](?:sig|code|x-amz-signature|x-amz-security-token|x-goog-signature)= )  {_BARE}{{1,4096}}
    | (?P<shown> \b(?:bearer|basic)[ ] )  [a-z0-9._~+/=-]{{16,4096}}
    | \b(?: gh[pousr]_[a-z0-9]{{20,255}} | github_pat_[a-z0-9_]{{20,255}} | glpat-[a-z0-9_-]{{16,255}}
      | hf_[a-z0-9]{{20,255}} | sk-[a-z0-9_-]{{20,255}} | xox[abeprs]-[a-z0-9-]{{10,255}} | aiza[a-z0-9_-]{{30,255}}
      | dapi[0-9a-f]{{32}} | nvapi-[a-z0-9_-]{{20,255}}
      | eyj[a-z0-9_-]{{10,4096}}\.[a-z0-9_-]{{10,4096}}\.[a-z0-9_-]{{1,4096}} )
    """
)
"""
What of a text is a secret, behind what says so: the password of an address, what follows a name, a signature, a key.

A text may be a document that is read after that, so what is left of JSON is JSON, and quotes stay where they are.
"""

_PRIVATE: Final = pattern(r"""-----BEGIN[A-Z ]{0,30}PRIVATE KEY(?:[^"'\\]|\\.){0,8192}""", re.DOTALL)

_SIGNS: Final = (
    "://", "passw", "passp", "passc", "pwd", "secret", "token", "key=", "key:", 'key"', "key'", "key ", "string",
    "conn", "credential",
    "sig=", "code=", "signature=", "bearer", "basic", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_",
    "glpat", "hf_", "sk-", "xox", "aiza", "dapi", "nvapi", "eyj", "private key",
)  # fmt: skip
"""One of these is in whatever line has a secret in it, in small letters."""

_SEARCHED: Final = 16 * 1024
"""Characters of a text that are searched. What is longer than this is a document."""

_REPEATED: Final = 64
"""Characters of a text that is long, and seldom there twice."""

_SHORTEST: Final = 8
"""Characters of a text with a secret and what says that it is one."""


_APART: Final = pattern(r"[^a-z0-9]+")


class Key(Enum):
    """What a key says of what is under it: that is plain, a secret, several of them, or variables."""

    PLAIN = "plain"
    SECRET = "secret"  # noqa: S105 - a word
    SECRETS = "secrets"
    VARIABLES = "variables"


@lru_cache(maxsize=16_384)
def about(key: str) -> Key:
    """Return what a key says of what is under it."""
    words = _APART.sub("_", snake(key))
    if _ENV.search(words):
        return Key.VARIABLES
    if key in _EXACTLY or _KEY.search(words):
        return Key.SECRET
    return Key.SECRETS if _SEVERAL.search(words) else Key.PLAIN


def is_secret(key: str) -> bool:
    """Whether the text under a key is a secret, by what the key is called."""
    return about(key) is Key.SECRET


def is_secret_pair(members: Mapping[str, object]) -> bool:
    """Whether a mapping is a name and a value, by whose name the value is a secret."""
    names = (members.get(name) for name in NAMES if name in members)
    return any(isinstance(name, str) and is_secret(name) for name in names)


def redacted(text: str) -> str:
    """Return a text without the secrets in it: itself, where there are none."""
    if len(text) < _SHORTEST:
        return text
    shown = _redacted_again(text) if len(text) < _REPEATED else _redacted(text)
    return text if shown == text else shown


def _redacted(text: str) -> str:
    begin = text[:_SEARCHED]
    small = begin.lower()
    signs = [sign for sign in _SIGNS if sign in small]
    if not signs:
        return text
    shown = _PRIVATE.sub(MASK, begin) if "key" in small else begin
    lines = shown.splitlines(keepends=True)  # most of a script or a configuration has none of them
    shown = "".join(_of_line(line, signs) for line in lines)
    return text if shown == begin else shown + text[_SEARCHED:]


def _of_line(line: str, signs: Sequence[str]) -> str:
    small = line.lower()
    return _IN_TEXT.sub(_kept, line) if any(sign in small for sign in signs) else line


_redacted_again = lru_cache(maxsize=16_384)(_redacted)


def _kept(found: re.Match[str]) -> str:
    return (found[found.lastgroup] if found.lastgroup else "") + MASK
