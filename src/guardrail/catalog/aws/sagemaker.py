"""SageMaker: endpoints, notebooks, Studio."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.words import REGION, filled, machine, spelled
from guardrail.catalog.convert import minutes, whole
from guardrail.catalog.kind import (
    NEVER,
    Always,
    ByUsage,
    DiskMonths,
    DiskSpec,
    Each,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    Of,
    at,
)
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, Link
from guardrail.model.value import Reason, Unknown

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/"
_PRICING: Final = "https://aws.amazon.com/sagemaker/ai/pricing/"
_ML_STORAGE: Final = "ml-storage-gp2"
"""What the price list calls the volumes of SageMaker, whatever their class."""

_HOSTING: Final = (
    MachineHours(service="sagemaker-hosting"),
    DiskMonths(service="sagemaker-hosting-storage", sku=_ML_STORAGE),
)


def _variants(block: str) -> GroupSpec:
    """Return the groups of an endpoint's variants that run on machines; serverless ones have none."""
    count = at("initial_instance_count", default=1, convert=whole)
    scaling: tuple[Segment, ...] = ("managed_instance_scaling", 0)
    return GroupSpec(
        each=(block,),
        name="variant_name",
        when=From((at("serverless_config", 0),), lambda serverless: serverless is None),
        machine_types=machine("instance_type"),
        min=First((at(*scaling, "min_instance_count", convert=whole), count)),
        desired=count,
        max=First((at(*scaling, "max_instance_count", convert=whole), count)),
        autoscaled=From((at(*scaling),), lambda managed: managed is not None),
        purchase=Always(ON_DEMAND),
        disks=(
            DiskSpec(
                when=From((at("volume_size_in_gb"),), lambda size: size is not None),
                kind=Always("gp2"),
                size_gib=at("volume_size_in_gb"),
            ),
        ),
    )


def _any_serverless(variants: Optional[Any]) -> bool:
    return any(one is not None for one in variants or ())


ENDPOINT_CONFIGURATION: Final = Kind(
    type="aws_sagemaker_endpoint_configuration",
    category="ml.endpoint",
    source=f"{_DOCS}sagemaker_endpoint_configuration",
    labels="tags",
    region=REGION,
    groups=(_variants("production_variants"), _variants("shadow_production_variants")),
    links=tuple(
        Link(kind="references", at=f"/production_variants/{index}/model_name", types=("aws_sagemaker_model",))
        for index in range(4)
    ),
    lines=(
        *_HOSTING,
        ByUsage(
            name="serverless inference",
            when=From((Each(("production_variants",), at("serverless_config", 0)),), _any_serverless),
        ),
    ),
    runs_as=("aws_sagemaker_endpoint",),
    spellings=spelled("EndpointConfig"),
)

_CONFIGURED: Final = "/endpoint_config_name"

ENDPOINT: Final = Kind(
    type="aws_sagemaker_endpoint",
    category="ml.endpoint",
    source=f"{_DOCS}sagemaker_endpoint",
    labels="tags",
    region=REGION,
    # The variants are those of the configuration: none of its own, unknown while the configuration is.
    groups=(GroupSpec(when=Of(_CONFIGURED, NEVER)),),
    links=(
        Link(
            kind="references",
            at=_CONFIGURED,
            types=("aws_sagemaker_endpoint_configuration",),
            inherit=("replicas", "machine_types", "accelerators", "purchase", "storage"),
        ),
    ),
    lines=_HOSTING,
    spellings=spelled("Endpoint"),
)

MODEL: Final = Kind(
    type="aws_sagemaker_model",
    category="ml.model",
    source=_PRICING,
    labels="tags",
    region=REGION,
    spellings=spelled("Model"),
)

_NOTEBOOK_DISK: Final = 5
"""GB, of CreateNotebookInstance: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html"""


def _by_script(script: Optional[Any]) -> Optional[Unknown]:
    """Return that idle shutdown is not known where a lifecycle script may do it; there is no setting for it."""
    return None if script is None else Unknown(Reason.COMPUTED, note="a lifecycle script may stop it")


NOTEBOOK: Final = Kind(
    type="aws_sagemaker_notebook_instance",
    category="ml.notebook",
    source=f"{_DOCS}sagemaker_notebook_instance",
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            machine_types=machine("instance_type"),
            purchase=Always(ON_DEMAND),
            disks=(DiskSpec(kind=Always("gp2"), size_gib=at("volume_size", default=_NOTEBOOK_DISK, convert=filled)),),
        ),
    ),
    lifetime={"idle_shutdown_seconds": From((at("lifecycle_config_name"),), _by_script)},
    facts={
        "exposure": at(
            "direct_internet_access",
            default="public",
            convert=lambda access: "private" if access == "Disabled" else "public",
        )
    },
    lines=(
        MachineHours(service="sagemaker-notebook"),
        DiskMonths(service="sagemaker-notebook-storage", sku=_ML_STORAGE),
    ),
)


def _idle(*settings: Segment) -> First:
    """Return after how many idle seconds applications stop, where the lifecycle is managed."""
    apps = ("jupyter_lab_app_settings", "code_editor_app_settings")
    managed: tuple[Segment, ...] = ("app_lifecycle_management", 0, "idle_settings", 0)
    return First(
        tuple(
            From(
                (
                    at(*settings, app, 0, *managed, "lifecycle_management"),
                    at(*settings, app, 0, *managed, "idle_timeout_in_minutes", convert=minutes),
                ),
                lambda state, idle: idle if state == "ENABLED" else None,
            )
            for app in apps
        )
    )


DOMAIN: Final = Kind(
    type="aws_sagemaker_domain",
    category="ml.notebook",
    source=f"{_DOCS}sagemaker_domain",
    names=("domain_name",),
    labels="tags",
    region=REGION,
    lifetime={"idle_shutdown_seconds": _idle("default_user_settings", 0)},
    facts={
        "exposure": at(
            "app_network_access_type",
            default="public",
            convert=lambda access: "private" if access == "VpcOnly" else "public",
        )
    },
    lines=(ByUsage(name="home directories and applications of users"),),
)


_CHOSEN: Final = Unknown(Reason.COMPUTED, note="the defaults of the space, the user profile or the domain decide")


def _has_machine(stated: Optional[str], app: Optional[str]) -> bool:
    """Return whether an application runs on a machine of its own: JupyterServer has one that is given (`system`)."""
    return stated != "system" and (stated is not None or app != "JupyterServer")


APP: Final = Kind(
    type="aws_sagemaker_app",
    category="ml.notebook",
    source=f"{_DOCS}sagemaker_app",
    names=("app_name",),
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            when=From((machine("resource_spec", 0, "instance_type"), at("app_type")), _has_machine),
            machine_types=First((machine("resource_spec", 0, "instance_type"), Always(_CHOSEN))),
            purchase=Always(ON_DEMAND),
        ),
    ),
    lines=(MachineHours(service="sagemaker-studio"),),
)

SPACE: Final = Kind(
    type="aws_sagemaker_space",
    category="ml.notebook",
    source=f"{_DOCS}sagemaker_space",
    names=("space_name",),
    labels="tags",
    region=REGION,
    storage=(
        DiskSpec(
            when=From((at("space_settings", 0, "space_storage_settings", 0),), lambda storage: storage is not None),
            kind=Always("gp3"),
            size_gib=at(
                "space_settings", 0, "space_storage_settings", 0, "ebs_storage_settings", 0, "ebs_volume_size_in_gb"
            ),
        ),
    ),
    lifetime={"idle_shutdown_seconds": _idle("space_settings", 0)},
    lines=(DiskMonths(service="sagemaker-studio-storage", of="resource", sku="studio-volume-gp3"),),
)


def _free(native: str, names: tuple[str, ...], *, labels: Optional[str] = "tags") -> Kind:
    return Kind(type=native, category="other", source=_PRICING, names=names, labels=labels, region=REGION)


KINDS: Final = (
    ENDPOINT_CONFIGURATION,
    ENDPOINT,
    MODEL,
    NOTEBOOK,
    DOMAIN,
    APP,
    SPACE,
    Kind(
        type="aws_sagemaker_pipeline",
        category="ml.pipeline",
        source=_PRICING,
        names=("pipeline_name",),
        labels="tags",
        region=REGION,
        lines=(ByUsage(name="jobs that the pipeline starts"),),
    ),
    Kind(
        type="aws_sagemaker_mlflow_tracking_server",
        category="other",
        source=_PRICING,
        names=("tracking_server_name",),
        labels="tags",
        region=REGION,
        lines=(NoRows(name="tracking server"),),
    ),
    Kind(
        type="aws_sagemaker_feature_group",
        category="database",
        source=_PRICING,
        names=("feature_group_name",),
        labels="tags",
        region=REGION,
        lines=(ByUsage(name="feature store reads, writes and storage"),),
    ),
    _free("aws_sagemaker_user_profile", ("user_profile_name",)),
    _free("aws_sagemaker_image", ("image_name",)),
    _free("aws_sagemaker_image_version", (), labels=None),
    _free("aws_sagemaker_code_repository", ("code_repository_name",)),
    _free("aws_sagemaker_notebook_instance_lifecycle_configuration", ("name",)),
    _free("aws_sagemaker_studio_lifecycle_config", ("studio_lifecycle_config_name",)),
    _free("aws_sagemaker_app_image_config", ("app_image_config_name",)),
    _free("aws_sagemaker_model_package_group", ("model_package_group_name",)),
)
