"""The folder of modules on disk: written whole, or not at all; the same bytes for the same modules."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from guardrail.errors import SourceError
from guardrail.fetch.collect import Collection, Fetched
from guardrail.fetch.names import names_of
from guardrail.frontends.terraform.fetched import INDEX
from guardrail.frontends.terraform.lock import Locked

IGNORE: Final = "# Written by `guardrail modules fetch`: the lock is what belongs into a commit.\n*\n"


def index_text(modules: Iterable[Fetched], names: Mapping[Locked, str]) -> bytes:
    """Return `modules.json`."""
    rows = {
        (one.key, one.source, one.locked.version): f"{names[one.locked]}/{one.folder}".rstrip("/") for one in modules
    }
    listed = [
        {"Key": key, "Source": source, **({"Version": version} if version else {}), "Dir": directory}
        for (key, source, version), directory in sorted(rows.items())
    ]
    return (json.dumps({"Modules": listed}, indent=2) + "\n").encode()


def store(found: Collection, folder: Path) -> None:
    """
    Put the modules where `folder` is, in place of what was fetched before.

    A folder that is there and was not written by this command is left as it is, with an error.
    """
    if folder.is_symlink() or (folder.exists() and not _is_ours(folder)):
        raise SourceError(
            f"{folder} is there already, and no folder of modules",
            code="not-a-directory",
            hint="name another folder with --modules, or remove it",
        )
    names = names_of(found.packages)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".modules-", dir=folder.parent))
        try:
            (made / ".gitignore").write_text(IGNORE, encoding="utf-8")
            for locked, package in sorted(found.packages.items(), key=lambda one: one[0]):
                for path, data in sorted(package.files.items()):
                    _write(made / names[locked] / path, data)
            _write(made / INDEX, index_text(found.modules, names))
            made.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            made.rename(folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}", code="unreadable") from error


def _is_ours(folder: Path) -> bool:
    """Whether a folder is empty, or was written by this command."""
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    try:
        return (folder / INDEX).is_file() and (folder / ".gitignore").read_text(encoding="utf-8") == IGNORE
    except (OSError, ValueError):
        return False


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
        file.write(data)
