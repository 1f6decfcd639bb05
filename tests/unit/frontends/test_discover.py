from __future__ import annotations

from dataclasses import replace

import pytest

from guardrail.config.settings import Environment, Settings, Stack, UnitSettings
from guardrail.errors import UsageError
from guardrail.frontends import discover as module
from guardrail.frontends import looking
from guardrail.frontends.budget import Budget, Pool
from guardrail.frontends.discover import Discovery, discover
from guardrail.frontends.known import Known
from guardrail.frontends.unit import Unit
from guardrail.model.place import Place
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import IGNORED, LIMIT, Blob

POD = b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
TF = b'resource "a" "b" {}\n'


def names(found: Discovery) -> list[str]:
    return [unit.name for unit in found.units]


def of(*paths: str, settings: Settings | None = None, asked: tuple[str, ...] = ()) -> Discovery:
    """Discover a tree with a resource in each `.tf` and a pod in each other file."""
    files = {path: TF if ".tf" in path else POD for path in paths}
    return discover(MemoryTree(files), settings or Settings(), asked)


def test_units_are_roots_and_directories_of_manifests() -> None:
    found = discover(
        MemoryTree({
            "main.tf": b'module "x" {\n  source = "./modules/x"\n}\n',
            "terraform.tfvars": b"",
            "variables.tf.json": b"{}",
            ".hidden.tf": b"",
            "modules/x/main.tf": TF,
            "infra/prod/main.tofu": TF,
            "infra/prod/a.auto.tfvars": b"",
            "k8s/a.yaml": POD,
            "k8s/b.json": b'{"apiVersion": "v1", "kind": "Pod"}',
            "k8s/deep/c.yml": POD,
            "mixed/main.tf": TF,
            "mixed/d.yaml": POD,
            "README.md": b"",
        }),
        Settings(),
    )  # fmt: skip
    assert found.units == (
        Unit(
            name=".",
            format="terraform",
            directory=".",
            files=("main.tf", "terraform.tfvars", "variables.tf.json"),
            modules=("modules/x",),
        ),
        Unit(
            name="infra/prod",
            format="terraform",
            directory="infra/prod",
            files=("infra/prod/a.auto.tfvars", "infra/prod/main.tofu"),
        ),
        Unit(name="k8s", format="kubernetes", directory="k8s", files=("k8s/a.yaml", "k8s/b.json")),
        Unit(name="k8s/deep", format="kubernetes", directory="k8s/deep", files=("k8s/deep/c.yml",)),
        Unit(name="mixed", format="terraform", directory="mixed", files=("mixed/main.tf",)),
        Unit(name="mixed@kubernetes", format="kubernetes", directory="mixed", files=("mixed/d.yaml",)),
    )
    assert (found.skipped, found.excluded, found.diagnostics) == ((), (), ())


class TestSelection:
    TREE = (
        "infra/main.tf", "examples/gpu/main.tf", "examples/gpu/test/main.tf", "examples/cpu/main.tf", "x/vendor/a.yaml",
        "node_modules/b.yaml", ".terraform/m/main.tf", "k8s/tests/c.yaml", "k8s/testdata/d.yaml", "third/main.tf",
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("asked", "settings", "units"),
        [
            pytest.param((), Settings(), ["infra", "third"], id="folders of some names are left out"),
            pytest.param(("examples/gpu",), Settings(), ["examples/gpu"], id="what is asked for by name is not"),
            pytest.param(("examples",), Settings(), ["examples/cpu", "examples/gpu"], id="nor what is in it"),
            pytest.param(("examples/gpu/test",), Settings(), ["examples/gpu/test"], id="each by its own name"),
            pytest.param(("examples/gpu/main.tf",), Settings(), ["examples/gpu"], id="a file stands for its module"),
            pytest.param(("x/vendor/a.yaml",), Settings(), ["x/vendor"], id="a manifest alone"),
            pytest.param(("infra", "third"), Settings(), ["infra", "third"], id="several paths"),
            pytest.param(
                ("", "examples/gpu"), Settings(), ["examples/gpu", "infra", "third"], id="everything and more"
            ),
            pytest.param((), Settings(exclude=("third/**",)), ["infra"], id="excluded by a glob"),
            pytest.param((), Settings(exclude=("third",)), ["infra"], id="excluded by its name"),
            pytest.param(("third",), Settings(exclude=("third/**",)), ["third"], id="asked for all the same"),
            pytest.param(
                ("infra", "third"), Settings(exclude=("third/main.tf",)), ["infra"], id="a file excluded below a path"
            ),
            pytest.param(
                (),
                Settings(include=("examples/gpu/**",)),
                ["examples/gpu", "examples/gpu/test", "infra", "third"],
                id="brought back by a glob",
            ),
            pytest.param(
                (),
                Settings(include=("**/vendor/**",), exclude=("third", "infra")),
                ["x/vendor"],
                id="brought back wherever it is",
            ),
        ],
    )
    def test_units(self, asked: tuple[str, ...], settings: Settings, units: list[str]) -> None:
        assert names(of(*self.TREE, settings=settings, asked=asked)) == units

    def test_what_is_left_out_is_listed_by_folder(self) -> None:
        tree = (*self.TREE, "tests/test_it.py", "third/deep/more.yaml", "single.yaml")
        found = of(*tree, settings=Settings(exclude=("third/**", "single.yaml"), policy_sources=("policies",)))
        default = "left out by default; name it in PATHS or in `include`"
        assert [(one.file, one.reason) for one in found.excluded] == [
            (".terraform/", f"{default} (1 file that could be input)"),
            ("examples/", f"{default} (3 files that could be input)"),
            ("k8s/testdata/", f"{default} (1 file that could be input)"),
            ("k8s/tests/", f"{default} (1 file that could be input)"),
            ("node_modules/", f"{default} (1 file that could be input)"),
            ("single.yaml", "exclude: single.yaml (1 file that could be input)"),
            ("third/", "exclude: third/** (2 files that could be input)"),
            ("x/vendor/", f"{default} (1 file that could be input)"),
        ]

    def test_guardrail_s_own_files_are_no_input(self) -> None:
        found = of(
            "guardrail.yaml",
            ".guardrail/a.yaml",
            "policies/x/bad.yaml",
            settings=Settings(policy_sources=("policies",)),
        )
        assert (names(found), found.skipped) == ([], ())
        assert [one.file for one in found.excluded] == [".guardrail/", "policies/"]

    def test_a_path_through_a_link_is_what_it_leads_to(self) -> None:
        tree = MemoryTree({"infra/main.tf": TF}, links={"link": "infra"})
        assert names(discover(tree, Settings(), ("link",))) == ["infra"]

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            pytest.param(("nothing",), "nothing is not there", id="a path that is not there"),
            pytest.param(("infra", "nothing"), "nothing is not there", id="beside one that is"),
            pytest.param(("docs",), "there is no input in docs", id="a folder without input"),
            pytest.param(("docs/a.md",), "there is no input in docs/a.md", id="a file that is none"),
            pytest.param(
                ("chart",), r"no input to judge in chart; for instance chart/: Helm chart", id="only what is not judged"
            ),
        ],
    )
    def test_paths_without_input_are_a_mistake(self, asked: tuple[str, ...], message: str) -> None:
        tree = MemoryTree(
            {"infra/main.tf": TF, "docs/a.md": b"", "chart/Chart.yaml": b"", "chart/templates/a.yaml": b""}
        )
        with pytest.raises(UsageError, match=message):
            discover(tree, Settings(), asked)
        discover(tree, Settings(), asked, demand=False)

    def test_paths_whose_input_cannot_be_read_are_no_mistake(self) -> None:
        tree = MemoryTree({"a/big.yaml": b" " * 20}, links={"a/out.yaml": "../../x"})
        assert discover(tree, Settings(), ("a",)).diagnostics[0].unread

    def test_an_empty_tree_is_fine_when_nothing_was_asked_for(self) -> None:
        assert names(discover(MemoryTree({}), Settings())) == []


class TestUnits:
    @pytest.mark.parametrize(
        ("environments", "expected"),
        [
            pytest.param((), None, id="none declared"),
            pytest.param((Environment("prod", ("infra/app/**",)),), "prod", id="all inside"),
            pytest.param((Environment("prod", ("infra/app",)),), "prod", id="the directory"),
            pytest.param((Environment("a", ("infra/**",)), Environment("b", ("infra/app/**",))), "a", id="the first"),
            pytest.param((Environment("prod", ("infra/app/main.tf",)),), None, id="one file of several"),
            pytest.param((Environment("prod", ("Infra/**",)),), None, id="case matters"),
            pytest.param((Environment("prod", ()),), None, id="an environment without paths"),
        ],
    )
    def test_environments(self, environments: tuple[Environment, ...], expected: str | None) -> None:
        found = of("infra/app/main.tf", "infra/app/vars.tf", settings=Settings(environments=environments))
        assert [unit.environment for unit in found.units] == [expected]

    def test_what_the_configuration_states(self) -> None:
        settings = Settings(
            environments=(Environment("dev", ("**",)),),
            units=(
                UnitSettings(path="k8s/*.yaml", cluster="one", runs_per_month=0),
                UnitSettings(path="k8s/**", cluster="two", region="eu", provider="gcp", environment="prod"),
            ),
        )
        found = of("k8s/a.yaml", "k8s/deep/b.yaml", "other/c.yaml", settings=settings)
        assert [
            (one.name, one.cluster, one.region, one.provider, one.environment, one.runs_per_month)
            for one in found.units
        ] == [
            ("k8s", "one", "eu", "gcp", "prod", 0),
            ("k8s/deep", "two", "eu", "gcp", "prod", None),
            ("other", None, None, None, "dev", None),
        ]

    def test_stacks(self) -> None:
        settings = Settings(
            environments=(Environment("dev", ("infra/**",)), Environment("prod", ())),
            units=(
                UnitSettings(
                    path="infra/app",
                    region="eu",
                    stacks=(
                        Stack(name="staging", var_files=("staging.tfvars", "../shared.tfvars")),
                        Stack(name="prod", workspace="live", environment="prod"),
                    ),
                ),
                UnitSettings(path="infra/**", stacks=(Stack(name="prod", workspace="other"),)),
            ),
        )
        found = of("infra/app/main.tf", "infra/app/a.yaml", settings=settings)
        plain = Unit(
            name="infra/app@prod", format="terraform", directory="infra/app", files=("infra/app/main.tf",), region="eu"
        )
        assert found.units == (
            replace(
                plain,
                name="infra/app@kubernetes",
                format="kubernetes",
                files=("infra/app/a.yaml",),
                environment="dev",
            ),
            replace(plain, environment="prod", workspace="live"),
            replace(
                plain,
                name="infra/app@staging",
                environment="dev",
                var_files=("staging.tfvars", "../shared.tfvars"),
            ),
        )

    def test_a_directory_with_stacks_is_a_root_though_it_is_called(self) -> None:
        tree = MemoryTree({"a/main.tf": b'module "x" {\n  source = "../b"\n}\n', "b/main.tf": TF})
        stacks = (Stack(name="s"),)
        assert names(discover(tree, Settings())) == ["a"]
        assert names(discover(tree, Settings(units=(UnitSettings(path="b", stacks=stacks),)))) == ["a", "b@s"]

    def test_a_module_that_is_asked_for_by_name_is_judged_by_itself(self) -> None:
        tree = MemoryTree({"a/main.tf": b'module "x" {\n  source = "../b"\n}\n', "b/main.tf": TF})
        assert names(discover(tree, Settings(), ("b",))) == ["b"]
        assert names(discover(tree, Settings(), ("a", "b"))) == ["a"]

    def test_a_statement_that_means_no_unit_is_told(self) -> None:
        settings = Settings(file="guardrail.yaml", units=(UnitSettings(path="jobs/*.json"), UnitSettings(path="k8s")))
        (told,) = of("k8s/a.yaml", settings=settings).diagnostics
        assert (told.level, told.code) == ("warning", "config-unused")
        assert "jobs/*.json" in told.message
        assert of("k8s/a.yaml", settings=settings, asked=("k8s",)).diagnostics == ()

    def test_a_folder_that_is_named_like_a_file_is_a_folder(self) -> None:
        assert names(of("x/a.tf/main.tf", "x/b.yaml/c.yaml")) == ["x/a.tf", "x/b.yaml"]


class TestWhatIsNotJudged:
    def test_is_listed_with_its_reason(self) -> None:
        tree = MemoryTree({
            "a.yaml": b"on: push", "b.json": b"{}", "plan.json": b'{"format_version": "1.0", "resource_changes": []}',
            "live/terragrunt.hcl": b"", "chart/Chart.yaml": b"", "chart/templates/a.yaml": POD,
            "overlay/kustomization.yaml": b"patches: [{path: p.yaml}]", "overlay/p.yaml": POD,
            "stack/a.tfdeploy.hcl": b"", "stack/a.tfcomponent.hcl": b"", "infra/main.bicep": b"",
        })  # fmt: skip
        found = discover(tree, Settings())
        assert found.units == ()
        assert [(one.file, one.reason.partition(":")[0], bool(one.content)) for one in found.skipped] == [
            ("a.yaml", "not recognised as input", False),
            ("b.json", "not recognised as input", False),
            ("chart/", "Helm chart", True),
            ("infra/main.bicep", "Bicep", True),
            ("live/terragrunt.hcl", "Terragrunt configuration", True),
            ("overlay/kustomization.yaml", "Kustomize control file", True),
            ("overlay/p.yaml", "Kustomize patch of overlay", True),
            ("plan.json", "Terraform plan", True),
            ("stack/a.tfcomponent.hcl", "Terraform Stacks configuration", True),
            ("stack/a.tfdeploy.hcl", "Terraform Stacks configuration", True),
        ]

    def test_what_cannot_be_read_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(looking, "LARGEST", LIMIT + 10)
        lfs = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
        tree = MemoryTree(
            {
                "lfs.yaml": lfs, "huge.json": b" " * (LIMIT + 11), "large.yaml": POD + b" " * (LIMIT - len(POD) + 1),
                "data.csv": b"",
            },
            links={
                "out.yaml": "../x", "loop.json": "loop.json", "gone.yml": "nowhere", "folder": "../out",
                "fine": "data.csv", "dangling": "nowhere", "like-a-file.yaml": "sub",
            },
            submodules=["sub/module"],
        )  # fmt: skip
        found = discover(tree, Settings())
        assert [(told.place and told.place.file, told.code, told.unread, told.level) for told in found.diagnostics] == [
            ("folder", "link-outside", False, "warning"),
            ("gone.yml", "missing", True, "error"),
            ("huge.json", "too-large", True, "error"),
            ("lfs.yaml", "lfs-pointer", True, "error"),
            ("loop.json", "link-loop", True, "error"),
            ("out.yaml", "link-outside", True, "error"),
            ("sub/module", "submodule", False, "warning"),
        ]
        assert [unit.files for unit in found.units] == [("large.yaml",)]  # who reads it says that it is too large

    def test_what_lies_beside_the_units_is_listed(self) -> None:
        tree = MemoryTree(
            {
                "infra/main.tf": TF, "infra/terraform.tfvars": b"", "infra/prod.tfvars": b"", "infra/dev.tfvars": b"",
                "infra/envs/big.tfvars.json": b"{}", "vendor/x/main.tf": TF, "dev/app/main.tf": TF, "docs/a.md": b"",
                "plain/main.tf": TF,
            },
            links={
                "prod": "vendor/x", "live": "dev/app", "same": "plain", "text": "docs", "away": "../elsewhere",
                "gone": "nowhere",
            },
            submodules=["sub"],
        )  # fmt: skip
        settings = Settings(
            environments=(Environment("dev", ("dev/**",)),),
            units=(UnitSettings(path="infra", stacks=(Stack(name="prod", var_files=("prod.tfvars",)),)),),
        )
        found = discover(tree, settings)
        assert [(one.file, one.reason.split(":")[0].split(",")[0]) for one in found.skipped] == [
            ("away", "a link that leads out of the tree"),
            ("infra/dev.tfvars", "values of variables that no unit uses"),
            ("infra/envs/big.tfvars.json", "values of variables that no unit uses"),
            ("live", "a link to dev/app"),
            ("prod", "a link to vendor/x"),
            ("sub", "a submodule"),
        ]
        assert all(one.content for one in found.skipped)

    def test_a_folder_that_cannot_be_listed_is_an_error(self) -> None:
        class Closed(MemoryTree):
            def left_out(self) -> dict[str, str]:
                return {
                    "closed/": "cannot be listed: Permission denied",
                    "cache/": IGNORED,
                    "a.pyc": IGNORED,
                }

        found = discover(Closed({}), Settings())
        assert [(told.level, told.code) for told in found.diagnostics] == [("error", "unlisted")]
        assert [one.file for one in found.excluded] == ["cache/", "closed/"]
        found = discover(Closed({"infra/main.tf": TF}), Settings(), ("infra",))
        assert (found.diagnostics, found.excluded) == ((), ())


def test_directories_that_are_called_like_other_units_give_way() -> None:
    settings = Settings(units=(UnitSettings(path="infra", stacks=(Stack(name="prod"),)),))
    files = {"infra/main.tf": TF, "infra/pod.yaml": POD, "infra@kubernetes/pod.yaml": POD, "infra@prod/main.tf": TF}
    found = discover(MemoryTree(files), settings)
    assert [(unit.name, unit.directory) for unit in found.units] == [
        ("infra@kubernetes", "infra"),
        ("infra@kubernetes@kubernetes", "infra@kubernetes"),
        ("infra@prod", "infra"),
        ("infra@prod@terraform", "infra@prod"),
    ]


def test_the_order_of_files_does_not_matter() -> None:
    files = {
        f"{folder}/{name}": POD if name.endswith("yaml") else TF
        for folder in "cab"
        for name in ("b.yaml", "a.yaml", "m.tf")
    }
    turned = dict(reversed(files.items()))
    assert discover(MemoryTree(files), Settings()) == discover(MemoryTree(turned), Settings())


def test_base_and_head_share_what_files_turned_out_to_be() -> None:
    class Counting(MemoryTree):
        def __init__(self, files: dict[str, bytes]) -> None:
            super().__init__(files)
            self.read_paths: list[str] = []

        def read(self, path: str, *, limit: int = LIMIT) -> Blob:
            self.read_paths.append(path)
            return super().read(path, limit=limit)

    known = Known()
    files = {"a.yaml": POD, "b.yaml": b"x: 1", "infra/main.tf": TF}
    first = discover(Counting(files), Settings(), known=known)
    base = Counting({**files, "c.yaml": b"y: 1"})
    second = discover(base, Settings(), known=known)
    assert first.units == second.units
    assert base.read_paths == ["c.yaml"]


SMALL = b"x: {a: 1, b: 2}\nz: [1, 2, 3]\n# command\n" + b"? k\n: v\n"  # not told by its first column


@pytest.mark.parametrize(
    ("budget", "read", "code", "unread"),
    [
        pytest.param(Budget(), 2, "", False, id="two files of which little is to be read"),
        pytest.param(Budget(bytes=10), 1, "limit-run", False, id="the bytes end after the first"),
        pytest.param(Budget(looked=Pool(40, 0)), 1, "limit-values", True, id="the values end after the first"),
    ],
)
def test_what_looking_takes_is_bounded_over_all_files(budget: Budget, read: int, code: str, unread: bool) -> None:
    tree = MemoryTree({"a.yaml": SMALL, "b.yaml": SMALL + b"# other\n"})
    found = discover(tree, Settings(), known=Known(budget=budget))
    assert len(found.skipped) == read
    assert [(told.code, told.unread, told.place) for told in found.diagnostics] == [(code, unread, Place("b.yaml"))][
        : 2 - read
    ]


@pytest.mark.parametrize(
    ("budget", "text"),
    [
        pytest.param(Budget(bytes=10), POD, id="bytes"),
        pytest.param(Budget(looked=Pool(40, 0)), SMALL, id="values"),
    ],
)
def test_the_next_tree_may_take_as_much(budget: Budget, text: bytes) -> None:
    known = Known(budget=budget)
    tree = MemoryTree({"a.yaml": text, "b.yaml": text + b"# other\n"})
    assert len(discover(tree, Settings(), known=known).diagnostics) == 1
    known.spend(Budget())
    assert discover(tree, Settings(), known=known).diagnostics == ()


def test_of_very_many_files_that_cannot_be_read_some_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DIAGNOSTICS", 3)
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    told = discover(MemoryTree({f"{name}.yaml": pointer for name in "abcde"}), Settings()).diagnostics
    assert [(one.code, one.unread, str(one.place)) for one in told] == [
        ("lfs-pointer", True, "a.yaml"),
        ("lfs-pointer", True, "b.yaml"),
        ("lfs-pointer", True, "c.yaml"),
        ("limit-diagnostics", False, "d.yaml"),
    ]
    assert told[-1].message.startswith("2 more files")


def test_folders_may_nest_deeper_than_calls() -> None:
    path = "d/" * 3_000 + "a.yaml"
    assert names(of(path, "test/" + path)) == [path.removesuffix("/a.yaml")]
