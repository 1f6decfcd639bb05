"""How Helm is called, and what it says if it cannot render."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Optional

from guardrail.frontends.rendering.helm.layout import REQUIREMENTS
from guardrail.frontends.rendering.helm.staged import FOLDER, VALUES, Staged
from guardrail.frontends.rendering.package import CHART
from guardrail.frontends.rendering.tool import SECONDS, Output, Tool
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.value import Unknown
from guardrail.sources.tree import shown

NAMESPACE: Final = "guardrail-namespace"
"""What stands for the namespace, which whoever installs a chart names."""

FAILED: Final = "helm-failed"
LEFT_OUT: Final = "not-rendered"
_ALL_IN_ALL: Final = 90
"""Seconds that all renderings of one chart may take; those of a large one take two."""

_CRASHES: Final = ("fatal error: ", "panic: ", "runtime: out of memory")
_TRIES: Final = 6
_LONGEST: Final = 300
_NAME: Final = 53
"""Characters of the name of a release."""

_TEMPLATE: Final = re.compile(r"([^\s():\"]+/templates/[^\s():\"]+)(?::(\d+))?")
_VALUES: Final = re.compile(rf"\b{VALUES}/(\d+)\.yaml")
_MISSING: Final = "missing in charts/ directory: "
_INCOMPATIBLE: Final = "which is incompatible with Kubernetes"
_HINT: Final = "see what `helm template` says of it; stacks in guardrail.yaml name the values that it is deployed with"
_VENDOR: Final = "`helm dependency build` puts them into its folder `charts`; commit them to have them judged"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """In what a chart is rendered: the arguments of Helm that tell it, and what people call it."""

    name: str
    namespace: str = NAMESPACE
    arguments: tuple[str, ...] = ()
    told: str = ""


class Command:
    """Helm, for one chart. `told` is what it left out and why."""

    def __init__(self, tool: Tool, staged: Staged) -> None:
        self.tool = tool
        self.staged = staged
        self.told: list[Diagnostic] = []
        self._left: float = _ALL_IN_ALL

    def render(self, around: Surroundings) -> Optional[str]:
        """
        Return what the chart comes to, None if nothing can be rendered.

        A template that fails is left out, and so are charts that are not here.
        """
        for _ in range(_TRIES):
            output = self.output(around)
            if not output.code and not output.ended:
                return output.stdout.decode("utf-8", "replace")
            if not self._mended(output):
                return None
        return None

    def output(self, around: Surroundings) -> Output:
        """Return what Helm prints."""
        values = [part for number in range(self.staged.given) for part in ("--values", self.staged.values_at(number))]
        arguments = (
            "template", around.name, FOLDER, "--namespace", around.namespace, "--skip-schema-validation", *values,
            *self.staged.set, *around.arguments,
        )  # fmt: skip
        start = time.monotonic()
        output = self.tool.run(arguments, self.staged.folder, seconds=max(min(SECONDS, self._left), 1))
        self._left -= time.monotonic() - start
        return output

    def failing(self, output: Output) -> Optional[str]:
        """Return the copy of the template that Helm fails at, None if it is none."""
        template = None if output.ended else _TEMPLATE.search(_complaint(output))
        return self.staged.copy_of(template[1]) if template else None

    def _mended(self, output: Output) -> bool:
        """Say what is wrong; return whether the chart may be rendered without it."""
        said = _complaint(output)
        if _MISSING in said:
            names = [name.strip() for name in said.partition(_MISSING)[2].split(",")]
            message = f"the chart depends on {', '.join(names)}, not in its folder `charts`: rendered without"
            self._tell(message, Place(self.staged.main), LEFT_OUT, _VENDOR)
            return self._without(names)
        if _INCOMPATIBLE in said:
            return self._without(())
        self._tell(self._words(said), self._place(said), FAILED, _HINT)
        copy = self.failing(output)
        if copy is None or not self.staged.text(copy):
            return False
        self.staged.write(copy, "")
        return True

    def _tell(self, message: str, place: Place, code: str, hint: str) -> None:
        self.told.append(Diagnostic("error", code, message, place, hint, unread=True))

    def _place(self, said: str) -> Place:
        """Return what a complaint is about: the innermost template that it names, a file of values, or the chart."""
        found = list(_TEMPLATE.finditer(said))
        for one in reversed([one for one in found if one[2]] or found):
            copy = self.staged.copy_of(one[1])
            if copy is not None:
                file = self.staged.written[copy]
                return Place(file, int(one[2] or 0) if file not in self.staged.archives else 0)
        values = _VALUES.search(said)
        if values and int(values[1]) < len(self.staged.values):
            return Place(self.staged.values[int(values[1])])
        if "values.yaml" in said and f"{FOLDER}/values.yaml" in self.staged.written:
            return Place(self.staged.written[f"{FOLDER}/values.yaml"])
        return Place(self.staged.main)

    def _words(self, said: str) -> str:
        """Return a complaint in the paths of the tree."""
        said = said.replace(f"{self.staged.folder}/", "").replace(str(self.staged.folder), "")
        said = _VALUES.sub(lambda found: self._values(int(found[1])), said)
        said = shown(" ".join(said.split()))
        return f"Helm cannot render it: {said[:_LONGEST]}{'…' if len(said) > _LONGEST else ''}"

    def _values(self, number: int) -> str:
        return self.staged.values[number] if number < len(self.staged.values) else "values"

    def _without(self, names: Sequence[str]) -> bool:
        """Have the chart depend on others no more, nor on a version of Kubernetes; return whether that changed it."""
        changed = False
        for name in (CHART, REQUIREMENTS):
            at = f"{FOLDER}/{name}"
            stated = dict(self.staged.control(at)) if at in self.staged.written else {}
            depends = stated.get("dependencies")
            if isinstance(depends, (list, tuple)) and names:
                kept = [one for one in depends if not (isinstance(one, Mapping) and one.get("name") in names)]
                changed = changed or len(kept) < len(depends)
                stated["dependencies"] = kept
            if not names:
                changed = stated.pop("kubeVersion", None) is not None or changed
            if stated:
                self.staged.write(at, json.dumps(_plain(stated)))
        return changed


def release(directory: str, name: str) -> str:
    """Return what a release is called: as the folder of its chart, one at the root as the chart."""
    text = (directory.rpartition("/")[2] or name).lower()
    return re.sub(r"[^a-z0-9]+", "-", text)[:_NAME].strip("-") or "release"


def _complaint(output: Output) -> str:
    if output.ended:
        return f"it is stopped: {output.ended}"
    lines = output.stderr.splitlines()
    start = next((index for index, line in enumerate(lines) if line.startswith("Error: ")), None)
    crash = next((line for line in lines if line.startswith(_CRASHES)), None)
    if start is None and crash is not None:
        return "it takes more memory than it may" if "memory" in crash else crash  # addresses follow, others each time
    if start is None:
        return next((line for line in reversed(lines) if line.strip()), f"it ends with {output.code}")
    said = [line for line in lines[start:] if "Use --debug flag" not in line]
    return "\n".join(said).removeprefix("Error: ")


def _plain(value: Any) -> Any:
    """Return a value of a document as JSON has it."""
    if isinstance(value, Mapping):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Unknown):
        return value.written
    return str(value) if isinstance(value, Decimal) else value
