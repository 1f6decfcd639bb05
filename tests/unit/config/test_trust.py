from __future__ import annotations

import pytest

from guardrail.config.settings import Settings
from guardrail.config.trust import changed_configuration, holds_guardrail, rules
from guardrail.errors import ConfigError, SourceError, UsageError
from guardrail.sources.listed import MemoryTree

STRICT = b"version: 1\nprofile: strict\n"
LENIENT = b"version: 1\npolicies: {required-tags: {level: off}}\n"
HEAD = MemoryTree({"guardrail.yaml": LENIENT, "main.tf": b""}, label="head")
BARE_HEAD = MemoryTree({"main.tf": b""}, label="head")


@pytest.mark.parametrize(
    ("head", "trusted", "source", "profile", "advisory", "bootstrap"),
    [
        pytest.param(HEAD, None, "head", "standard", True, False, id="locally the tree's own rules advise"),
        pytest.param(BARE_HEAD, None, "head", "standard", True, False, id="without any file the defaults hold"),
        pytest.param(
            HEAD, MemoryTree({"guardrail.yaml": STRICT}, label="main"), "main", "strict", False, False,
            id="the trusted file holds, whatever the head says",
        ),
        pytest.param(
            HEAD, MemoryTree({".guardrail/approvers.yaml": b""}, label="main"), "main", "standard", False, False,
            id="any file of guardrail there is enough: the defaults hold, not the head's",
        ),
        pytest.param(
            HEAD, MemoryTree({".guardrail/waivers/a.yaml": b""}, label="main"), "main", "standard", False, False,
            id="also a waiver",
        ),
        pytest.param(
            HEAD, MemoryTree({"x/guardrail.yaml": STRICT}, label="main"), "head", "standard", False, True,
            id="before guardrail is there, the head's own rules hold and that is told",
        ),
    ],
)  # fmt: skip
def test_rules(
    head: MemoryTree, trusted: MemoryTree | None, source: str, profile: str, advisory: bool, bootstrap: bool
) -> None:
    found = rules(head, trusted)
    assert (found.tree.label, found.settings.profile, found.advisory, found.bootstrap) == (
        source, profile, advisory, bootstrap,
    )  # fmt: skip


def test_a_trusted_directory_without_rules_is_a_mistake_and_no_bootstrap() -> None:
    with pytest.raises(UsageError, match=r"holds no guardrail\.yaml"):
        rules(HEAD, MemoryTree({"main.tf": b""}), kind="directory")
    assert rules(HEAD, MemoryTree({"guardrail.yaml": STRICT}), kind="directory").settings.profile == "strict"


def test_a_trusted_configuration_that_is_wrong_is_not_replaced_by_the_head_s() -> None:
    with pytest.raises(ConfigError, match="unknown key"):
        rules(HEAD, MemoryTree({"guardrail.yaml": b"version: 1\nx: 1\n"}))


def test_what_is_wrong_in_a_trusted_tree_is_told_to_be_there() -> None:
    label = "0123456789abcdef0123456789abcdef01234567"
    with pytest.raises(ConfigError) as wrong:
        rules(HEAD, MemoryTree({"guardrail.yaml": b"version: 1\nx: 1\n"}, label=label))
    assert "in the trusted revision 0123456789ab," in wrong.value.hint
    with pytest.raises(SourceError) as unread:
        rules(HEAD, MemoryTree({}, links={"guardrail.yaml": "../out"}, label=label), kind="directory")
    assert "in the trusted directory," in unread.value.hint


NEARLY = ["guardrail.yml", ".guardrail.yaml", ".guardrail.yml", "Guardrail.yaml", "GUARDRAIL.YML"]


@pytest.mark.parametrize("name", NEARLY)
def test_a_file_with_nearly_the_right_name_is_not_passed_over(name: str) -> None:
    with pytest.raises(ConfigError, match=r"named guardrail\.yaml") as found:
        rules(MemoryTree({name: STRICT}))
    assert str(found.value.place) == name
    assert rules(MemoryTree({name: STRICT, "guardrail.yaml": STRICT})).settings.profile == "strict"


@pytest.mark.parametrize("name", [*NEARLY, "guardrail.yaml/a", ".guardrail", ".GuardRail/x"])
def test_no_trusted_tree_with_anything_of_guardrail_is_a_bootstrap(name: str) -> None:
    trusted = MemoryTree({name: STRICT}, label="main")
    assert holds_guardrail(trusted)
    try:
        found = rules(HEAD, trusted)
    except ConfigError:
        return
    assert (found.tree.label, found.bootstrap) == ("main", False)


def test_a_folder_in_place_of_the_file_is_told() -> None:
    with pytest.raises(ConfigError, match=r"^guardrail\.yaml: is a folder"):
        rules(MemoryTree({"guardrail.yaml/a": b""}))


@pytest.mark.parametrize(
    ("files", "links"),
    [
        pytest.param({}, {}, id="there is no such folder"),
        pytest.param({"policies/README.md": b""}, {}, id="nothing in it is Rego"),
        pytest.param({"policies/a_test.rego": b""}, {}, id="there are only tests"),
        pytest.param({"policies": b""}, {}, id="it is a file"),
        pytest.param({"real/a.rego": b""}, {"policies": "real"}, id="it is a link"),
    ],
)
def test_a_folder_of_policies_without_any_is_no_silence(files: dict[str, bytes], links: dict[str, str]) -> None:
    told = b"version: 1\npolicy_sources: [policies]\n"
    with pytest.raises(ConfigError, match=r'^guardrail\.yaml:2:18: "policies" is no folder with policies in it'):
        rules(MemoryTree({"guardrail.yaml": told, **files}, links=links))
    assert rules(MemoryTree({"guardrail.yaml": told, "policies/deep/a.rego": b""})).settings.policy_sources == (
        "policies",
    )


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("guardrail.yaml", True),
        ("Guardrail.yaml", True),
        ("guardrail.yml", True),
        ("guardrail.yaml/x", True),
        (".guardrail", True),
        (".guardrail/approvers.yaml", True),
        (".guardrail/deep/x", True),
        (".GUARDRAIL/x", True),
        (".guardrail/waivers/a.yaml", False),
        (".guardrail/waivers", True),
        ("policies/a.rego", True),
        ("policies", True),
        ("policies-old/a.rego", False),
        ("x/guardrail.yaml", False),
        ("main.tf", False),
    ],
)
def test_which_files_are_rules(path: str, counts: bool) -> None:
    changed = changed_configuration(MemoryTree({}), MemoryTree({path: b"1"}), Settings(policy_sources=("policies",)))
    assert changed == ((path,) if counts else ())


def test_what_counts_as_a_change_of_the_rules() -> None:
    base = MemoryTree({
        "guardrail.yaml": b"1", "policies/a.rego": b"1", "policies/b.rego": b"1", "other/c.rego": b"1",
        ".guardrail/approvers.yaml": b"1", ".guardrail/waivers/w.yaml": b"1", "main.tf": b"1",
    })  # fmt: skip
    head = MemoryTree({
        "guardrail.yaml": b"1", "policies/a.rego": b"2", "other/c.rego": b"2", "other/d.rego": b"1",
        ".guardrail/approvers.yaml": b"2", ".guardrail/waivers/w.yaml": b"2", "main.tf": b"2",
    })  # fmt: skip
    old, new = Settings(policy_sources=("policies",)), Settings(policy_sources=("other",))
    assert changed_configuration(base, head, old, new) == (
        ".guardrail/approvers.yaml", "other/c.rego", "other/d.rego", "policies/a.rego", "policies/b.rego",
    )  # fmt: skip
    assert changed_configuration(base, base, old, new) == ()


def test_links_count_as_what_they_lead_to() -> None:
    def tree(content: bytes, target: str = "conf/g.yaml") -> MemoryTree:
        files = {"conf/g.yaml": content, "conf/h.yaml": content, "real/a.rego": content}
        return MemoryTree(files, links={"guardrail.yaml": target, "policies": "real", ".guardrail/x": "../../out"})

    settings = Settings(policy_sources=("policies",))
    assert changed_configuration(tree(b"1"), tree(b"2"), settings) == ("guardrail.yaml", "real/a.rego")
    assert changed_configuration(tree(b"1"), tree(b"1", "conf/none.yaml"), settings) == ("guardrail.yaml",)


def test_a_link_in_place_of_the_folder_leads_to_rules() -> None:
    def tree(content: bytes) -> MemoryTree:
        return MemoryTree({"conf/approvers.yaml": content}, links={".guardrail": "conf"})

    assert changed_configuration(tree(b"1"), tree(b"2")) == ("conf/approvers.yaml",)


def test_defaults_that_hold_in_place_of_the_head_s_rules_are_told() -> None:
    trusted = MemoryTree({".guardrail/waivers/a.yaml": b""})
    assert [(one.level, one.code) for one in rules(HEAD, trusted).notes] == [("info", "default-rules")]
    assert rules(HEAD, MemoryTree({"guardrail.yaml": STRICT})).notes == ()
    assert rules(HEAD).notes == rules(HEAD, MemoryTree({})).notes == ()
