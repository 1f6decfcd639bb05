"""
Functions of files and paths.

Files are those of the tree that is checked, whatever the machine has; paths are relative to the directory of the root
module. What lies outside of the tree, or is not part of it, is unknown: the one who applies may have it.
"""

from __future__ import annotations

import posixpath
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Final, Union

from guardrail.errors import SourceError
from guardrail.frontends.terraform.convert import set_of
from guardrail.frontends.terraform.functions import globs, hashing, patterns
from guardrail.frontends.terraform.functions.signature import Context, Function, sized
from guardrail.frontends.terraform.functions.template import templatefile, templatestring
from guardrail.frontends.terraform.types import ANY, BOOL, STRING, SetType
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value, refused
from guardrail.model.pattern import pattern
from guardrail.model.value import Reason

SIZE: Final = 1024 * 1024
"""The largest file whose content becomes a value, in bytes."""

_ABSENT: Final = ("missing", "not-a-file", "not-a-directory")

_OF_TERRAFORM: Final = pattern(r"\.terraform(?:/.*)?|\.terraform\.lock\.hcl|\.?terraform\.tfstate(?:\..*)?", re.DOTALL)
"""What Terraform writes into the directory of a root: what a commit does not hold is there when it plans."""

_PROVIDER: Final = ".terraform/providers/registry.terraform.io/hashicorp/aws/6.0.0/linux_amd64/"
_EXAMPLES: Final = (
    ".terraform.lock.hcl", ".terraform.tfstate.lock.info", "terraform.tfstate", "terraform.tfstate.backup",
    ".terraform/environment", ".terraform/terraform.tfstate", ".terraform/modules/modules.json",
    f"{_PROVIDER}LICENSE.txt", f"{_PROVIDER}terraform-provider-aws_v6.0.0_x5",
)  # fmt: skip
"""Such files, for patterns to match."""


def located(context: Context, path: str) -> Union[str, Unknown]:
    """Return the path within the tree; unknown where it leads out of it."""
    joined = posixpath.normpath(posixpath.join("/" if path.startswith("~") else context.root, path))
    if joined.startswith(("/", "../")) or joined == "..":
        return refused(f"{path} is outside of the repository", STRING)
    return "" if joined == "." else joined


def read(context: Context, path: str) -> Union[bytes, Unknown]:
    """Return the content of a file. One that is missing is an error, one that is left out of the tree unknown."""
    where = located(context, path)
    if isinstance(where, Unknown):
        return where
    try:
        return context.tree.read(where, limit=SIZE).data
    except SourceError as error:
        reason = _left_out(context, where)
        if reason:
            return refused(f"{path} is not in the tree that is checked: {reason}", STRING)
        if error.code in _ABSENT:
            raise EvaluationError(f"there is no file {path}") from error
        return refused(error.message, STRING)


def _left_out(context: Context, path: str) -> str:
    """Return why a path, or a folder that it is in, is not part of the tree; empty if it is just not there."""
    if _OF_TERRAFORM.fullmatch(posixpath.relpath(f"/{path}", f"/{context.root}")):
        return "Terraform writes it"
    left_out = context.tree.left_out()
    if path in left_out:
        return left_out[path]
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if f"{folder}/" in left_out:
            return left_out[f"{folder}/"]
    return ""


def text(context: Context, path: str) -> Value:
    """Return the content of a file as text."""
    data = read(context, path)
    if isinstance(data, Unknown):
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path} is no UTF-8 text; use filebase64()") from error


def _of_content(function: Callable[[bytes], str]) -> Function:
    def run(context: Context, path: str) -> Value:
        data = read(context, path)
        return data if isinstance(data, Unknown) else function(data)

    return Function(run, (STRING,), STRING, reads=True)


def _digest(algorithm: str) -> Function:
    return _of_content(lambda data: hashing.hexadecimal(algorithm, data))


def _base64_digest(algorithm: str) -> Function:
    return _of_content(lambda data: hashing.base64(algorithm, data))


def _fileexists(context: Context, path: str) -> Value:
    where = located(context, path)
    if isinstance(where, Unknown):
        return refused(where.note, BOOL)
    try:
        context.tree.read(where)
    except SourceError as error:
        reason = _left_out(context, where)
        if reason:
            return refused(f"{path} is not in the tree that is checked: {reason}", BOOL)
        if error.code == "missing":
            return False
        if error.code == "not-a-file":
            raise EvaluationError(f"{path} is a directory") from error
        if error.code in ("too-large", "lfs-pointer"):
            return True
        return refused(error.message, BOOL)
    return True


def _fileset(context: Context, directory: str, pattern: str) -> Value:
    """Return the paths of the matching files below a directory, relative to it."""
    where = located(context, directory)
    if isinstance(where, Unknown):
        return refused(where.note, SetType(STRING))
    if ".." in pattern.split("/"):
        return refused(f"the pattern {pattern} leads out of its folder with .., which is not followed", SetType(STRING))
    expression = patterns.compiled(globs.translated(pattern))
    reason = _left_out(context, posixpath.join(where, pattern)) or _left_out(context, f"{where}/")
    written = (posixpath.relpath(f"/{context.root}/{one}", f"/{where}") for one in _EXAMPLES)
    if not reason and any(expression.fullmatch(path) for path in written if not path.startswith("../")):
        reason = "Terraform writes some of it"
    if reason:
        return refused(f"{pattern} in {directory} is not all in the tree that is checked: {reason}", SetType(STRING))
    try:
        prefix = context.tree.resolve(where) if where else ""
    except SourceError as error:
        if error.code in _ABSENT:
            return set_of(())
        return refused(error.message, SetType(STRING))
    prefix = f"{prefix}/" if prefix else ""
    entries = context.tree.entries()
    context.meter.charge(len(entries) << 1)  # a match takes as long as two steps
    found: list[Value] = []
    for path, entry in entries.items():
        if path.startswith(prefix) and entry.kind != "submodule" and expression.fullmatch(path[len(prefix) :]):
            sized(len(found) + 1)
            found.append(path[len(prefix) :])
    return set_of(found)


def _abspath(path: str) -> Value:
    return Unknown(Reason.REFUSED, note=f"abspath({path}) depends on the machine", type=STRING, not_null=True)


def _pathexpand(path: str) -> Value:
    if not path.startswith("~"):
        return path
    return Unknown(Reason.REFUSED, note=f"pathexpand({path}) depends on the machine", type=STRING, not_null=True)


def _basename(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or ("/" if path else ".")


def _dirname(path: str) -> str:
    folder = posixpath.normpath(path.rpartition("/")[0] or ("/" if path.startswith("/") else "."))
    return "/" if folder == "//" else folder


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abspath": Function(_abspath, (STRING,), STRING),
    "basename": Function(_basename, (STRING,), STRING),
    "dirname": Function(_dirname, (STRING,), STRING),
    "file": Function(text, (STRING,), STRING, reads=True),
    "filebase64": _of_content(lambda data: b64encode(data).decode()),
    "filebase64sha256": _base64_digest("sha256"),
    "filebase64sha512": _base64_digest("sha512"),
    "fileexists": Function(_fileexists, (STRING,), BOOL, reads=True),
    "filemd5": _digest("md5"),
    "fileset": Function(_fileset, (STRING, STRING), SetType(STRING), reads=True),
    "filesha1": _digest("sha1"),
    "filesha256": _digest("sha256"),
    "filesha512": _digest("sha512"),
    "pathexpand": Function(_pathexpand, (STRING,), STRING),
    "templatefile": Function(
        lambda context, path, variables: templatefile(context, path, lambda: text(context, path), variables),
        (STRING, ANY),
        partial=True,
        reads=True,
    ),
    "templatestring": Function(templatestring, (STRING, ANY), STRING, partial=True, reads=True),
}
