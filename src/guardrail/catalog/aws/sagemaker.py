"""SageMaker: notebooks, Studio, and what is configured for others."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import crossplane
from guardrail.catalog.aws.sagemaker_words import ML_STORAGE, PRICING
from guardrail.catalog.aws.words import REGION, filled, machine, spelled
from guardrail.catalog.convert import minutes
from guardrail.catalog.kind import (
    Always,
    At,
    ByUsage,
    DiskMonths,
    DiskSpec,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND
from guardrail.model.value import UNBOUNDED, Reason, Unknown, Value

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/"
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
        DiskMonths(service="sagemaker-notebook-storage", sku=ML_STORAGE),
    ),
    spellings=(
        *spelled("NotebookInstance", volume_size_in_gb="volume_size"),
        crossplane("sagemaker", "NotebookInstance", volume_size_in_gb="volume_size"),
    ),
)


_APPLICATIONS: Final = ("jupyter_server", "kernel_gateway", "jupyter_lab", "code_editor", "tensor_board", "r_session")


def _defaults(*settings: Segment) -> tuple[GroupSpec, ...]:
    """
    Return the machines that applications have by default, by the kind of application.

    None of them runs by itself, and anybody who may use them starts as many as there are users and spaces.
    """
    return tuple(
        GroupSpec(
            name=one,
            when=From((_default(*settings, app=one),), lambda stated: stated not in (None, "system")),
            machine_types=_default(*settings, app=one),
            min=Always(0),
            max=Always(UNBOUNDED),
            purchase=Always(ON_DEMAND),
        )
        for one in _APPLICATIONS
    )


def _default(*settings: Segment, app: str) -> At:
    return machine(*settings, f"{app}_app_settings", 0, "default_resource_spec", 0, "instance_type")


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
    groups=_defaults("default_user_settings", 0),
    lifetime={"idle_shutdown_seconds": _idle("default_user_settings", 0)},
    facts={
        "exposure": at(
            "app_network_access_type",
            default="public",
            convert=lambda access: "private" if access == "VpcOnly" else "public",
        )
    },
    lines=(ByUsage(name="home directories and applications of users"),),
    spellings=(*spelled("Domain", "domain_name"), crossplane("sagemaker", "Domain")),
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
    spellings=(*spelled("App", "app_name"), crossplane("sagemaker", "App", "domain_id")),
)

SPACE: Final = Kind(
    type="aws_sagemaker_space",
    category="ml.notebook",
    source=f"{_DOCS}sagemaker_space",
    names=("space_name",),
    labels="tags",
    region=REGION,
    groups=_defaults("space_settings", 0),
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
    spellings=(*spelled("Space", "space_name"), crossplane("sagemaker", "Space", "domain_id")),
)

PROFILE: Final = Kind(
    type="aws_sagemaker_user_profile",
    category="other",
    source=PRICING,
    names=("user_profile_name",),
    labels="tags",
    region=REGION,
    groups=_defaults("user_settings", 0),
    lifetime={"idle_shutdown_seconds": _idle("user_settings", 0)},
    spellings=(*spelled("UserProfile", "user_profile_name"), crossplane("sagemaker", "UserProfile", "domain_id")),
)


def _told(text: Optional[Any], place: Optional[Any], steps: Optional[Any], own: Optional[Any]) -> Value:
    """Return no group where the steps are resources of their own; else nobody sees what the pipeline starts."""
    if steps is not None or own is not None:
        return False
    if place is not None:
        return Unknown(Reason.DATA, note="its definition is kept in a bucket")
    return text is not None and Unknown(Reason.ERROR, note="its definition cannot be read")


_DEFINITION: Final = First(
    tuple(
        at("pipeline_definition", 0, *below, key)
        for below in ((), ("pipeline_definition_body", 0))
        for key in ("steps", "Steps")
    )
)
_STEPS: Final = (_DEFINITION, at("steps"))
_IN_BUCKET: Final = First(
    (at("pipeline_definition_s3_location", 0), at("pipeline_definition", 0, "pipeline_definition_s3_location"))
)

PIPELINE: Final = Kind(
    type="aws_sagemaker_pipeline",
    category="ml.pipeline",
    source=PRICING,
    names=("pipeline_name",),
    labels="tags",
    region=REGION,
    groups=(GroupSpec(when=From((at("pipeline_definition"), _IN_BUCKET, *_STEPS), _told)),),
    lines=(
        ByUsage(
            name="jobs that the pipeline starts",
            when=From(_STEPS, lambda inside, own: inside is None and own is None),
        ),
    ),
    spellings=(*spelled("Pipeline", "pipeline_name"), crossplane("sagemaker", "Pipeline")),
)


def _free(
    native: str, names: tuple[str, ...], *, labels: Optional[str] = "tags", spellings: tuple[Spelling, ...] = ()
) -> Kind:
    words = native.removeprefix("aws_sagemaker_").split("_")
    return Kind(
        type=native,
        category="other",
        source=PRICING,
        names=names,
        labels=labels,
        region=REGION,
        spellings=(*spellings, crossplane("sagemaker", "".join(map(str.title, words)))),
    )


KINDS: Final = (
    NOTEBOOK,
    DOMAIN,
    APP,
    SPACE,
    PROFILE,
    PIPELINE,
    Kind(
        type="aws_sagemaker_mlflow_tracking_server",
        category="other",
        source=PRICING,
        names=("tracking_server_name",),
        labels="tags",
        region=REGION,
        lines=(NoRows(name="tracking server"),),
        spellings=(
            *spelled("MlflowTrackingServer", "tracking_server_name"),
            crossplane("sagemaker", "MlflowTrackingServer"),
        ),
    ),
    Kind(
        type="aws_sagemaker_feature_group",
        category="database",
        source=PRICING,
        names=("feature_group_name",),
        labels="tags",
        region=REGION,
        lines=(ByUsage(name="feature store reads, writes and storage"),),
        spellings=(*spelled("FeatureGroup", "feature_group_name"), crossplane("sagemaker", "FeatureGroup")),
    ),
    _free("aws_sagemaker_image", ("image_name",)),
    _free("aws_sagemaker_image_version", (), labels=None),
    _free("aws_sagemaker_code_repository", ("code_repository_name",)),
    _free(
        "aws_sagemaker_notebook_instance_lifecycle_configuration",
        ("name",),
        spellings=spelled("NotebookInstanceLifecycleConfig"),
    ),
    _free("aws_sagemaker_studio_lifecycle_config", ("studio_lifecycle_config_name",)),
    _free("aws_sagemaker_app_image_config", ("app_image_config_name",)),
    _free(
        "aws_sagemaker_model_package_group",
        ("model_package_group_name",),
        spellings=spelled("ModelPackageGroup", "model_package_group_name"),
    ),
)
