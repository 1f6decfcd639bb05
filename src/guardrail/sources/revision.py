"""
What a name of a revision means, exactly.

git tries six places for a short name, so whoever may push a tag can shadow a branch. Here every ref that could be
meant is listed by its full name; more than one is an error that names them.
"""

from __future__ import annotations

import re
from typing import Final, Optional

from guardrail.errors import SourceError, did_you_mean
from guardrail.model.pattern import pattern
from guardrail.sources.command import Git
from guardrail.sources.objects import Objects
from guardrail.sources.tree import shown

_STATES: Final = ("FETCH_HEAD", "MERGE_HEAD", "ORIG_HEAD")
_NAME: Final = pattern(r"(?P<base>[^~^:\s\\*?\[\x00-\x1f\x7f]+?)(?P<steps>(?:[~^][0-9]{0,9}|\^\{(?:commit)?\})*)")
_FULL_ID: Final = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_SHORT_ID: Final = pattern(r"[0-9a-f]{4,63}", re.IGNORECASE)


def resolve(git: Git, objects: Objects, name: str) -> str:
    """Return the id of the commit that is meant: a full ref, a branch, a tag, an id, HEAD; with `~2`, `^1` after it."""
    parts = _NAME.fullmatch(name)
    if parts is None or name.startswith("-") or ".." in name or "@{" in name:
        raise SourceError(
            f"{shown(name)} is not the name of one revision",
            code="no-such-revision",
            hint="name a branch, a tag or a commit, for instance refs/remotes/origin/main, v1.2 or HEAD~1",
        )
    base = _base(git, objects, parts["base"])
    found = objects.resolve(f"{base}{parts['steps']}^{{commit}}") if base else None
    if found is None:
        raise _unresolved(git, parts["base"], name, base)
    return found[0]


def merge_base(git: Git, one: str, other: str) -> str:
    """Return the best common ancestor of two commits, or say which fetch brings it."""
    result = git.run("merge-base", "--all", "--end-of-options", one, other)
    if result.code == 0:
        return result.stdout.split()[0].decode("ascii")
    if result.code == 1 and is_shallow(git):
        raise SourceError(
            f"this clone is shallow and does not hold a common ancestor of {one[:12]} and {other[:12]}",
            code="no-merge-base",
            hint=f"run `git fetch --unshallow {_remotes(git)[0]}`",
        )
    raise SourceError(
        result.stderr or f"{one[:12]} and {other[:12]} have no common ancestor",
        code="no-merge-base",
        hint="name a base that the change was made from",
    )


def is_shallow(git: Git) -> bool:
    """Whether history was left out when the repository was cloned."""
    return git.run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def refetch_hint(git: Git) -> str:
    """Return what brings objects that a partial clone left out."""
    return f"run `git fetch --refetch --no-filter {_remotes(git)[0]}`"


def _base(git: Git, objects: Objects, base: str) -> Optional[str]:
    """Return the id that a name without steps stands for, None if there is nothing of that name."""
    if base in ("HEAD", "@"):
        return git.run("show-ref", "--verify", "--hash", "HEAD").stdout.decode("ascii").strip() or None
    if base in _STATES:
        # Without the file, git would take a tag of that name.
        return _parsed(git, base) if (git.git_dir / base).is_file() else None
    if _FULL_ID.fullmatch(base):
        return base.lower()
    found = _refs(git, base)
    if _SHORT_ID.fullmatch(base):  # a ref may have the name of somebody else's commit
        found |= {f"commit {identity}": identity for identity in _commits(git, objects, base)}
    if len(set(found.values())) > 1:
        raise SourceError(
            f"{shown(base)} is ambiguous: {', '.join(sorted(found))}",
            code="ambiguous-revision",
            hint="give the full name of the one that is meant",
        )
    return next(iter(found.values()), None)


def _commits(git: Git, objects: Objects, prefix: str) -> tuple[str, ...]:
    """Return the ids of the commits that begin so."""
    listed = git.run("rev-parse", f"--disambiguate={prefix.lower()}").stdout.decode("ascii").split()
    return tuple(identity for identity in listed if objects.resolve(f"{identity}^{{commit}}") == (identity, "commit"))


def _parsed(git: Git, expression: str) -> Optional[str]:
    parsed = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", expression)
    return parsed.stdout.decode("ascii").strip() if parsed.code == 0 else None


def _refs(git: Git, base: str) -> dict[str, str]:
    """Return the refs that a name can mean, by full name. A full name means only itself."""
    places = [base]
    if not base.startswith("refs/"):
        places = [f"refs/{folder}{base}" for folder in ("", "tags/", "heads/", "remotes/")]
        places.append(f"refs/remotes/{base}/HEAD")
    listed = git.output("for-each-ref", "--format=%(objectname) %(*objectname) %(refname)", "--", *places)
    found = {}
    for line in listed.decode("utf-8", "surrogateescape").split("\n"):
        identity, _, rest = line.partition(" ")
        tagged, _, full = rest.partition(" ")
        if full in places:  # a pattern also lists what lies below it
            found[full] = tagged or identity
    return found


def _unresolved(git: Git, base: str, name: str, identity: Optional[str]) -> SourceError:
    names = _names(git)
    if identity is None and (base in ("HEAD", "@") or not names):
        return SourceError(
            "the repository has no commit yet",
            code="no-commit",
            hint="commit first, or check the files without a revision",
        )
    if identity is not None and name != base and not is_shallow(git):
        return SourceError(f"{shown(base)} is there, but {shown(name)} is not", code="no-such-revision")
    if identity is not None and name != base:
        hint = f"run `git fetch --unshallow {_remotes(git)[0]}`"
    else:
        hint = _fetch_hint(git, base)
    if not _configured(git):
        hint = "name a branch, a tag or a commit of this repository, which has no remote to fetch from"
    meant = did_you_mean(base, names) if identity is None else ""
    message = f"there is no revision {shown(name)} in this clone{meant}"
    return SourceError(message, code="no-such-revision", hint=hint)


def _names(git: Git) -> tuple[str, ...]:
    """Return the short names of all refs."""
    listed = git.run("for-each-ref", "--format=%(refname:short)").stdout.decode("utf-8", "surrogateescape")
    return tuple(name for name in listed.split("\n") if name)


def _fetch_hint(git: Git, base: str) -> str:
    """Return the fetch that would make a name known."""
    remotes = _remotes(git)
    deepen = "--unshallow " if is_shallow(git) else ""
    if _SHORT_ID.fullmatch(base) or _FULL_ID.fullmatch(base):
        return f"run `git fetch {deepen}{remotes[0]} {base if _FULL_ID.fullmatch(base) else ''}`".replace(" `", "`")
    short = base.removeprefix("refs/remotes/")
    remote = next((remote for remote in remotes if short.startswith(f"{remote}/")), None)
    if remote is not None:
        branch = short.removeprefix(f"{remote}/")
        return f"run `git fetch {deepen}{remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}`"
    branch = base.removeprefix("refs/heads/").removeprefix("refs/tags/")
    if base.startswith("refs/tags/"):
        return f"run `git fetch {deepen}{remotes[0]} +refs/tags/{branch}:refs/tags/{branch}`"
    tracked = f"refs/remotes/{remotes[0]}/{branch}"
    return f"run `git fetch {deepen}{remotes[0]} +refs/heads/{branch}:{tracked}` and name it {tracked}"


def _remotes(git: Git) -> tuple[str, ...]:
    """Return the names of the remotes, `origin` first and never without one: a runner may fetch without naming any."""
    return _configured(git) or ("origin",)


def _configured(git: Git) -> tuple[str, ...]:
    """Return the names of the remotes that the repository knows, `origin` first."""
    listed = git.run("config", "--null", "--name-only", "--get-regexp", r"^remote\..*\.url$").stdout
    names = {
        key.removeprefix("remote.").removesuffix(".url") for key in listed.decode("utf-8", "replace").split("\0") if key
    }
    return tuple(sorted(names, key=lambda remote: (remote != "origin", remote)))
