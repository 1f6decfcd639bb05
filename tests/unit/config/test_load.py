from __future__ import annotations

import json
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from guardrail import __version__
from guardrail.config import shape
from guardrail.config.load import load, schema
from guardrail.config.settings import Cluster, Environment, PolicySettings, Settings, Stack, UnitSettings
from guardrail.config.text import LONGEST
from guardrail.errors import ConfigError
from guardrail.model.place import Place
from guardrail.model.value import Reason

WHOLE = """\
version: 1
profile: strict
exclude: ["third_party/**"]
include: [examples/gpu/]
environments:
  - {name: prod, paths: ["infra/prod/**", "k8s/overlays/prod/**"]}
  - {name: dev, paths: ["infra/dev/**"]}
units:
  - {path: jobs/*.json, provider: aws, region: us-east-1, runs_per_month: 8}
  - path: infra/app
    stacks: {staging: {var_files: [staging.tfvars]}, prod: {workspace: live, environment: prod}}
  - {path: "k8s/**", cluster: prod-eu, environment: dev}
clusters: {prod-eu: {provider: gcp, region: europe-west4}}
modules: {"terraform-aws-modules/eks/aws": ./third_party/eks}
allocation: {team: [squad]}
policy_sources: [policies/]
policies:
  required-tags: {level: deny, params: {keys: [team, cost-center]}, environments: {dev: {level: off}}}
  region:
    on_unknown: {computed: ignore}
    params: {limit: 1.50, n: 3, on: yes, none: null, really: true, quoted: "8"}
    units: {infra/research: {params: {allow: [h100]}}}
kubernetes: {kinds: [{type: example.com/Job, category: workload.batch}]}
gate: all
config_changes: codeowners
"""


def test_everything_that_can_be_said() -> None:
    def place(line: int, column: int, length: int) -> Place:
        return Place("guardrail.yaml", line, column, line, column + length)

    assert load(WHOLE.encode()) == Settings(
        file="guardrail.yaml",
        profile="strict",
        exclude=("third_party/**",),
        include=("examples/gpu/",),
        environments=(
            Environment("prod", ("infra/prod/**", "k8s/overlays/prod/**")),
            Environment("dev", ("infra/dev/**",)),
        ),
        units=(
            UnitSettings(path="jobs/*.json", provider="aws", region="us-east-1", runs_per_month=8),
            UnitSettings(
                path="infra/app",
                stacks=(
                    Stack(name="staging", var_files=("staging.tfvars",)),
                    Stack(name="prod", workspace="live", environment="prod"),
                ),
            ),
            UnitSettings(path="k8s/**", cluster="prod-eu", environment="dev"),
        ),
        clusters={"prod-eu": Cluster(name="prod-eu", provider="gcp", region="europe-west4")},
        modules={"terraform-aws-modules/eks/aws": "third_party/eks"},
        allocation={"team": ("squad",), "model": ("model",), "environment": ("environment", "env")},
        policy_sources=("policies",),
        policies={
            "required-tags": PolicySettings(
                level="deny",
                params={"keys": ["team", "cost-center"]},
                environments={"dev": PolicySettings(level="off", place=place(18, 84, 3))},
                place=place(18, 3, 13),
            ),
            "region": PolicySettings(
                on_unknown={Reason.COMPUTED: "ignore"},
                params={"limit": Decimal("1.50"), "n": 3, "on": "yes", "none": None, "really": True, "quoted": "8"},
                units={"infra/research": PolicySettings(params={"allow": ["h100"]}, place=place(22, 13, 14))},
                place=place(19, 3, 6),
            ),
        },
        kinds=({"type": "example.com/Job", "category": "workload.batch"},),
        gate="all",
        config_changes="codeowners",
    )


def test_the_least_that_can_be_said() -> None:
    assert load(b"version: 1\n") == Settings(file="guardrail.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "version: 1\npolicies:\n  required-tags:\n    levl: deny\n",
            'guardrail.yaml:4:5: unknown key "levl", did you mean "level"?',
            id="a misspelt key",
        ),
        pytest.param(
            "version: 1\nclusters: {a: {foo: 1}}\n",
            'guardrail.yaml:2:16: unknown key "foo"; here may stand provider, region',
            id="a key that is like no other",
        ),
        pytest.param(
            "version: 2\nfoo: 1\n",
            f"guardrail.yaml:1:10: version 2 is not known to guardrail {__version__}, which reads version 1",
            id="a version of the future, and nothing of what else it may say",
        ),
        pytest.param(
            'version: "1"\n',
            'guardrail.yaml:1:10: expected 1, found "1"; write it without quotes',
            id="a number in quotes",
        ),
        pytest.param("{}", 'guardrail.yaml:1:1: the key "version" is missing; write version: 1', id="no version"),
        pytest.param("", 'guardrail.yaml:1:1: is empty: it begins with "version: 1"', id="an empty file"),
        pytest.param("# a\n", 'guardrail.yaml:1:1: is empty: it begins with "version: 1"', id="nothing but comments"),
        pytest.param("---\n", 'guardrail.yaml:2:1: is empty: it begins with "version: 1"', id="a document of nothing"),
        pytest.param("[]", "guardrail.yaml:1:1: expected a mapping, found a list", id="a list"),
        pytest.param("version: true\n", "guardrail.yaml:1:10: expected 1, found true", id="true is not 1"),
        pytest.param(
            "version: 1\ngate: introducd\n",
            'guardrail.yaml:2:7: expected introduced or all, found "introducd", did you mean "introduced"?',
            id="a misspelt word",
        ),
        pytest.param(
            "version: 1\nexclude: third_party\n",
            'guardrail.yaml:2:10: expected a list, found "third_party"; write ["third_party"]',
            id="a text where a list belongs",
        ),
        pytest.param(
            "version: 1\nversion: 1\n",
            'guardrail.yaml:2:1: the key "version" stands in line 1 already',
            id="a key twice",
        ),
        pytest.param(
            "version: 1\nunits: [{path: a, runs_per_month: -1}]\n",
            "guardrail.yaml:2:35: expected at least 0, found -1",
            id="fewer than no runs",
        ),
        pytest.param(
            "version: 1\nunits: [{path: a, runs_per_month: 1.5}]\n",
            "guardrail.yaml:2:35: expected a whole number, found 1.5",
            id="half a run",
        ),
        pytest.param(
            "version: 1\nenvironments: [{name: a b}]\n",
            'guardrail.yaml:2:23: "a b" is not a name: letters, digits, dots, dashes and underscores',
            id="a name with a space",
        ),
        pytest.param(
            "version: 1\nunits: [{path: a, stacks: {a/b: {}}}]\n",
            'guardrail.yaml:2:28: "a/b" is not a name: letters, digits, dots, dashes and underscores',
            id="a stack whose name is no name",
        ),
        pytest.param("version: 1\nexclude: ['']\n", "guardrail.yaml:2:11: is empty", id="an empty glob"),
        pytest.param(
            "version: 1\npolicies: {x: {on_unknown: {computd: deny}}}\n",
            'guardrail.yaml:2:29: unknown key "computd", did you mean "computed"?',
            id="a misspelt reason",
        ),
        pytest.param(
            "version: 1\nwaivers: {directory: x}\n",
            "guardrail.yaml:2:1: waivers are not available in this version",
            id="waivers",
        ),
        pytest.param(
            "version: 1\ncost: {usage: u.yaml}\n",
            "guardrail.yaml:2:8: usage files are not available in this version",
            id="usage",
        ),
        pytest.param(
            "version: 1\ncost: {price_overrides: p.yaml}\n",
            "guardrail.yaml:2:8: price overrides are not available in this version",
            id="price overrides",
        ),
        pytest.param(
            "version: 1\ncost: {max_price_age_days: 400}\n",
            "guardrail.yaml:2:8: a limit on the age of prices is not available in this version",
            id="an age of prices",
        ),
        pytest.param(
            "version: 1\nclusters: {a: {price_as: machine}}\n",
            "guardrail.yaml:2:16: pricing pods without their nodes is not available in this version",
            id="pods priced by themselves",
        ),
        pytest.param(
            "version: 1\nunits: [{path: a, stacks: {kubernetes: {}}}]\n",
            'guardrail.yaml:2:28: "kubernetes" is what the manifests beside a root are called',
            id="a stack with the name of something else",
        ),
        pytest.param(
            "version: 1\nconfig_changes: signed\n",
            "guardrail.yaml:2:17: signed needs waivers, which are not available in this version; use codeowners",
            id="signed changes",
        ),
        pytest.param(
            "version: 1\nexclude: ['**/generated']\n",
            'guardrail.yaml:2:11: "**/generated" relaxes what is denied wherever an author names a folder so; '
            "a glob that relaxes begins at the root",
            id="a floating exclusion",
        ),
        pytest.param(
            "version: 1\nenvironments: [{name: dev, paths: ['**/dev/**']}]\n"
            "policies: {required-tags: {environments: {dev: {level: warn}}}}\n",
            'guardrail.yaml:2:36: "**/dev/**" relaxes what is denied wherever an author names a folder so; '
            "a glob that relaxes begins at the root (required-tags is relaxed in dev)",
            id="a floating environment in which a policy is relaxed",
        ),
        pytest.param(
            "version: 1\nenvironments: [{name: dev}]\nunits: [{path: '**/dev', environment: dev}]\n"
            "policies: {required-tags: {environments: {dev: {params: {keys: []}}}}}\n",
            'guardrail.yaml:3:16: "**/dev" relaxes what is denied wherever an author names a folder so; '
            "a glob that relaxes begins at the root",
            id="a floating unit in such an environment",
        ),
        pytest.param(
            "version: 1\nenvironments: [{name: dev, paths: [a]}]\n"
            "policies: {x: {level: warn, environments: {dev: {level: deny}}}}\n",
            "guardrail.yaml:3:57: an environment only relaxes: deny is stricter than warn; "
            "set level: deny for the policy and warn in the other environments",
            id="an environment that is stricter",
        ),
        pytest.param(
            "version: 1\nenvironments: [{name: dev, paths: [a]}]\n"
            "policies: {x: {on_unknown: {data: warn}, environments: {dev: {on_unknown: {data: deny}}}}}\n",
            "guardrail.yaml:3:82: an environment only relaxes: deny is stricter than warn",
            id="an environment that is stricter with unknowns",
        ),
        pytest.param(
            "version: 1\nenvironments: [{name: prod}]\npolicies: {x: {environments: {prd: {level: warn}}}}\n",
            'guardrail.yaml:3:31: there is no environment "prd", did you mean "prod"?',
            id="a misspelt environment",
        ),
        pytest.param(
            "version: 1\nunits: [{path: a, stacks: {s: {environment: prod}}}]\n",
            'guardrail.yaml:2:45: there is no environment "prod"; `environments` declares them',
            id="an environment that nobody declares",
        ),
        pytest.param(
            "version: 1\nenvironments: [{name: a}, {name: a}]\n",
            'guardrail.yaml:2:34: the environment "a" stands here twice',
            id="an environment twice",
        ),
        pytest.param(
            "version: 1\npolicy_sources: [../policies]\n",
            'guardrail.yaml:2:18: "../policies" is not a directory from the root of the repository, such as '
            "policies/own",
            id="policies from outside",
        ),
        pytest.param(
            "version: 1\nmodules: {a/b/c: /etc}\n",
            'guardrail.yaml:2:18: "/etc" is not a directory from the root of the repository, such as policies/own',
            id="a module from outside",
        ),
        pytest.param(
            "version: 1\nunits: [{path: a, stacks: {s: {var_files: [/etc/passwd]}}}]\n",
            'guardrail.yaml:2:44: "/etc/passwd" is not relative to the root that it is for, such as ../prod.tfvars',
            id="variables from outside",
        ),
        pytest.param(
            "version: 1\npolicies: {x: {units: {'infra/*': {level: warn}}}}\n",
            'guardrail.yaml:2:24: "infra/*" is not the name of one unit; an environment is for several',
            id="a glob where one unit is meant",
        ),
        pytest.param(
            "version: 1\nexclude: ['[a']\n",
            'guardrail.yaml:2:11: "[a": the class that begins with [ has no ]',
            id="no glob",
        ),
        pytest.param(
            "version: 1\na: b: c\n",
            "guardrail.yaml:2:5: not YAML: mapping values are not allowed in this context",
            id="no YAML",
        ),
        pytest.param(
            "version: 1\n---\nversion: 1\n",
            "guardrail.yaml:2:1: a configuration is one document",
            id="two documents",
        ),
        pytest.param("version: !x 1\n", "guardrail.yaml:1:10: tags such as !x have no meaning here", id="a tag"),
        pytest.param(
            "version: 1\npolicies: {x: {params: {n: 010}}}\n",
            "guardrail.yaml:2:28: write 010 as a plain decimal number, or in quotes if it is a text",
            id="a number that is octal to some",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text.encode())
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("version: 1\npolicies:\n\trequired-tags: {}\n", "indent with spaces", id="a tab"),
        pytest.param("version: 1\n\tprofile: strict\n", "indent with spaces", id="a tab at the top"),
        pytest.param("version: 1\nexclude: [*.tf]\n", "put a glob in quotes", id="a glob that begins with a star"),
        pytest.param("version: 1\nexclude: [**/a]\n", "put a glob in quotes", id="a glob that begins with two"),
        pytest.param("version: 1\nexclude: [*a]\n", '"*a"', id="a glob that reads as an alias"),
        pytest.param("version: 1\nexclude: [!a b]\n", "begins with !", id="a glob that reads as a tag"),
        pytest.param("version: 1\nprofile: 'strict\n", "close every quote", id="a quote that is not closed"),
        pytest.param("version: 1\nversion: 1\n", "keep one", id="a key twice"),
        pytest.param("version: 1\n---\nversion: 1\n", "---", id="two documents"),
        pytest.param(b"version: 1\n# \xff\n", "UTF-8", id="another encoding"),
        pytest.param("version: 3\n", "version: 1", id="a version of the future"),
        pytest.param("", "remove the file", id="an empty file"),
        pytest.param("version: 1\nlevl: x\n", "config validate", id="a key"),
    ],
)
def test_a_hint_says_what_to_do(text: str | bytes, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text if isinstance(text, bytes) else text.encode())
    assert hint in caught.value.hint


def test_a_byte_order_mark_and_carriage_returns_are_no_mistake() -> None:
    assert load(b"\xef\xbb\xbfversion: 1\r\nprofile: strict\r\n").profile == "strict"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(ConfigError) as caught:
        load(b"versoin: 1\nprofile: lax\npolicies:\n  x: {levl: deny, params: []}\n")
    assert str(caught.value).splitlines() == [
        'guardrail.yaml:1:1: unknown key "versoin", did you mean "version"?',
        'guardrail.yaml:1:1: the key "version" is missing; write version: 1',
        'guardrail.yaml:2:10: expected standard or strict, found "lax"',
        'guardrail.yaml:4:7: unknown key "levl", did you mean "level"?',
        "guardrail.yaml:4:27: expected a mapping, found a list",
    ]
    assert caught.value.place == Place("guardrail.yaml", 1, 1, 1, 8)


@pytest.mark.parametrize(
    "text",
    [
        "environments: [{name: dev, paths: ['**/dev/**']}]",
        "environments: [{name: d, paths: ['**/d']}]\npolicies: {x: {level: warn, environments: {d: {level: off}}}}",
        "environments: [{name: dev, paths: ['**/dev/**']}]\npolicies: {x: {environments: {dev: {level: deny}}}}",
        "include: ['**/examples/**']",
        "units: [{path: '**/*.json', region: us-east-1}]",
        "exclude: ['third_party/**/generated']",
    ],
)
def test_floating_globs_that_let_nothing_pass_are_fine(text: str) -> None:
    load(f"version: 1\n{text}\n".encode())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"version: 1\n#" + b" " * LONGEST, "bytes", id="a file that is too long"),
        pytest.param(b"x: " + b"[" * 100_000, "nested", id="brackets that would overflow the C stack"),
        pytest.param(b"- " * 100_000, "nested", id="dashes"),
        pytest.param(
            b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 10)),
            "more than 50,000 values",
            id="a billion laughs",
        ),
        pytest.param(b"a: &a [*a]\n", "no anchor before it", id="a circle"),
        pytest.param(b"a: *b\n", "no anchor before it", id="an alias of nothing"),
        pytest.param(b"a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys", id="a merge key"),
        pytest.param(b"? [a]\n: b\n", "a key is a text", id="a list as a key"),
        pytest.param(b"\xff\xfe\xff", "not YAML", id="no text"),
        pytest.param(b"a: \x00", "not YAML", id="a control character"),
    ],
)
def test_hostile_text(data: bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(data)


def test_aliases_are_written_out() -> None:
    text = b"version: 1\nexclude: &globs [a]\ninclude: *globs\npolicies: {x: &x {level: warn}, y: *x}\n"
    settings = load(text)
    assert settings.include == settings.exclude == ("a",)
    assert settings.policies["y"].level == "warn"


def refusal_of(data: bytes) -> Place | None:
    """Return where a configuration is wrong, None if it is not."""
    try:
        load(data)
    except ConfigError as error:
        return error.place
    return None


@given(st.binary(max_size=300) | st.text("{}[]:-&*!|>'\" \n\t#%a0<version1", max_size=200).map(str.encode))
@example(b"version: 1\n? \n")
def test_nothing_but_configuration_errors_is_raised(data: bytes) -> None:
    told = refusal_of(data)
    assert told is None or told.file == "guardrail.yaml"


@given(st.integers(0, 2**32), st.integers(1, 8))
def test_a_damaged_file_is_read_or_refused(seed: int, number: int) -> None:
    chance = random.Random(seed)
    text = list(WHOLE)
    for _ in range(number):
        text[chance.randrange(len(text))] = chance.choice("{}[]:,-&*!|>'\" \n#a0")
    told = refusal_of("".join(text).encode())
    assert told is None or told.line > 0


WORDS = st.sampled_from(
    ["a", "infra/prod", "prod", "**", "a b", "", "x/../y", "standard", "deny", "warn", "off", "ignore"]
)
SCALARS = st.one_of(WORDS, st.integers(-2, 2), st.booleans(), st.none(), st.just(1.5))
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2), max_leaves=4
)


def described(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that a part of the schema nearly always accepts; now and then anything stands in their place."""
    if "$ref" in part:
        part = definitions[part["$ref"].removeprefix("#/$defs/")]
    if "not" in part:
        return ANYTHING
    if "const" in part or "enum" in part:
        return st.sampled_from(part.get("enum", [part.get("const")])) | SCALARS
    kind = part.get("type")
    if kind == "array":
        return st.lists(described(part.get("items", {}), definitions), max_size=2) | ANYTHING
    if kind == "object":
        known = {key: described(inner, definitions) for key, inner in part.get("properties", {}).items()}
        required = {key: known.pop(key) for key in part.get("required", ())}
        others = part.get("additionalProperties", True)
        more = described(others, definitions) if isinstance(others, dict) else ANYTHING
        extra = st.dictionaries(WORDS, more, max_size=1 if others is False else 2)
        return st.tuples(st.fixed_dictionaries(required, optional=known), extra).map(lambda two: {**two[1], **two[0]})
    return SCALARS if kind != "integer" else st.integers(-1, 3) | SCALARS


SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@given(described(SCHEMA, SCHEMA["$defs"]))
def test_the_published_schema_and_ours_agree(value: Any) -> None:
    expected = {tuple(str(step) for step in error.absolute_path) for error in VALIDATOR.iter_errors(value)}
    found = shape.problems(SCHEMA, value)
    assert bool(found) == bool(expected)
    for path in expected:  # of an unknown key, the library tells the mapping that it stands in
        assert any(problem.path[: len(path)] == path for problem in found)


@given(described(SCHEMA, SCHEMA["$defs"]))
def test_what_the_schema_refuses_is_refused_and_nothing_else_but_contradictions(value: Any) -> None:
    assume(isinstance(value, dict))
    text = yaml.safe_dump(value).encode()
    valid = VALIDATOR.is_valid(value)
    try:
        load(text)
    except ConfigError:
        return
    assert valid


def test_the_schema_uses_only_what_is_understood() -> None:
    def keywords(part: Any) -> set[str]:
        own = set(part) - {"$schema", "$id", "$defs", "title", "description"}
        inner = [*part.get("properties", {}).values(), *part.get("$defs", {}).values()]
        inner += [
            part[key] for key in ("items", "additionalProperties", "propertyNames") if isinstance(part.get(key), dict)
        ]
        return own.union(*(keywords(one) for one in inner))

    assert keywords(SCHEMA) <= {
        "$ref", "additionalProperties", "const", "enum", "items", "minLength", "minimum", "not", "pattern",
        "properties", "propertyNames", "required", "type", "x-refused",
    }  # fmt: skip
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_lists_every_reason() -> None:
    assert set(SCHEMA["$defs"]["on_unknown"]["properties"]) == {reason.value for reason in Reason}


def test_json_is_configuration_too() -> None:
    assert load(json.dumps({"version": 1, "gate": "all"}).encode()).gate == "all"
