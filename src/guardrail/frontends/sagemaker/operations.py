"""Which operation a request body is for: bodies do not name it, their members tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple, Optional


class Operation(NamedTuple):
    """
    An operation by what it creates: the native type, the member that names it, and members that tell.

    `without` are members that say it is another one; `named` that it is this one only where it has its name.
    """

    type: str
    name: str
    telling: frozenset[str]
    without: frozenset[str] = frozenset()
    named: bool = False


_TELLING: Final = 2
"""How many members tell an operation for certain: single ones stand in many files."""


def operation(members: Iterable[str]) -> Optional[Operation]:
    """
    Return the operation of a body with these members, None if it is none that is known.

    Members are in Pascal case, or in camel case as other SDKs write them; then words that stand in many files
    (`modelName`, `containers`) tell nothing without one that does not.
    """
    written = frozenset(members)
    pascal = frozenset(map(pascal_case, written)) & _KNOWN
    best, most = None, _TELLING - 1
    if len(pascal) < _TELLING:
        return None
    for known in OPERATIONS:
        if known.name not in pascal and (known.named or len(known.telling & pascal) < _TELLING):
            continue
        told = known.telling & pascal
        if len(told) > most and not known.without & pascal and _certain(told, written):
            best, most = known, len(told)
    return best


def is_body(members: Iterable[str], _: bytes) -> bool:
    """Whether a document with these members is a request body of an operation that is known."""
    return operation(members) is not None


def pascal_case(member: str) -> str:
    """Return a member as the API calls it, of one that an SDK writes in camel case."""
    return member[:1].upper() + member[1:]


def named(body: Iterable[str], name: str) -> str:
    """Return how a body writes a member."""
    return next((one for one in body if pascal_case(one) == name), name)


def _certain(told: frozenset[str], written: frozenset[str]) -> bool:
    """Whether members tell: those that are written in camel case need one that is in no other kind of file."""
    return told <= written or not told <= _COMMON


def _operation(type_: str, name: str, telling: str, *, without: str = "", named: bool = False) -> Operation:
    service = "" if "/" in type_ else "sagemaker/"
    return Operation(f"{service}{type_}", name, frozenset((name, *telling.split())), frozenset(without.split()), named)


_COMMON: Final = frozenset(
    {
        "AppName", "AppType", "AuthMode", "ClusterName", "Containers", "DeploymentConfig", "DomainId", "DomainName",
        "EndpointName", "ExecutionRoleArn", "InputConfig", "InstanceGroups", "InstanceType", "JobName", "JobType",
        "MaxCapacity", "MinCapacity", "ModelName", "Name", "Orchestrator", "OutputConfig", "PipelineName", "ResourceId",
        "ResourceSpec", "RoleArn", "RuntimeConfig", "ServiceNamespace", "SpaceName", "Specification", "Tier",
        "UserSettings", "VariantName",
    }
)  # fmt: skip
"""Members that are keys of many other files too, in camel case."""

OPERATIONS: Final = (
    _operation("TrainingJob", "TrainingJobName", "AlgorithmSpecification ResourceConfig OutputDataConfig"),
    _operation("ProcessingJob", "ProcessingJobName", "ProcessingResources AppSpecification"),
    _operation("TransformJob", "TransformJobName", "TransformResources TransformInput TransformOutput ModelName"),
    _operation(
        "HyperParameterTuningJob",
        "HyperParameterTuningJobName",
        "HyperParameterTuningJobConfig TrainingJobDefinition TrainingJobDefinitions",
    ),
    _operation(
        "EndpointConfig",
        "EndpointConfigName",
        "ProductionVariants ShadowProductionVariants AsyncInferenceConfig",
        without="EndpointName",
    ),
    _operation("Endpoint", "EndpointName", "EndpointConfigName DeploymentConfig"),
    _operation("EndpointCapacities", "EndpointName", "DesiredWeightsAndCapacities"),
    _operation("InferenceComponent", "InferenceComponentName", "EndpointName VariantName Specification RuntimeConfig"),
    _operation("Model", "ModelName", "PrimaryContainer Containers ExecutionRoleArn", without="TransformJobName"),
    _operation("NotebookInstance", "NotebookInstanceName", "InstanceType RoleArn", named=True),
    _operation("Domain", "DomainName", "AuthMode DefaultUserSettings"),
    _operation("UserProfile", "UserProfileName", "DomainId UserSettings"),
    _operation("Space", "SpaceName", "DomainId SpaceSettings", without="AppName AppType"),
    _operation("App", "AppName", "DomainId AppType ResourceSpec"),
    _operation("Cluster", "ClusterName", "InstanceGroups RestrictedInstanceGroups Orchestrator NodeRecovery"),
    _operation("ComputeQuota", "Name", "ComputeQuotaConfig ComputeQuotaTarget"),
    _operation("ClusterSchedulerConfig", "Name", "SchedulerConfig ClusterArn"),
    _operation(
        "AutoMLJob", "AutoMLJobName", "AutoMLProblemTypeConfig AutoMLJobInputDataConfig AutoMLJobConfig InputDataConfig"
    ),
    _operation("Pipeline", "PipelineName", "PipelineDefinition PipelineDefinitionS3Location"),
    _operation("MonitoringSchedule", "MonitoringScheduleName", "MonitoringScheduleConfig"),
    *(
        _operation(f"{kind}JobDefinition", "JobDefinitionName", f"{kind}AppSpecification {kind}JobInput JobResources")
        for kind in ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
    ),
    _operation("MlflowTrackingServer", "TrackingServerName", "TrackingServerSize ArtifactStoreUri"),
    _operation("FeatureGroup", "FeatureGroupName", "RecordIdentifierFeatureName OnlineStoreConfig"),
    _operation("OptimizationJob", "OptimizationJobName", "OptimizationConfigs DeploymentInstanceType ModelSource"),
    _operation("CompilationJob", "CompilationJobName", "OutputConfig InputConfig StoppingCondition"),
    _operation("InferenceRecommendationsJob", "JobName", "JobType InputConfig", named=True),
    _operation("InferenceExperiment", "Name", "ModelVariants ShadowModeConfig EndpointName"),
    _operation("TrainingPlan", "TrainingPlanName", "TrainingPlanOfferingId"),
    _operation(
        "ModelPackage",
        "ModelPackageName",
        "ModelPackageGroupName InferenceSpecification ValidationSpecification ModelApprovalStatus ModelMetrics",
    ),
    _operation("PartnerApp", "Name", "Tier AuthType MaintenanceConfig"),
    _operation("LabelingJob", "LabelingJobName", "HumanTaskConfig LabelAttributeName"),
    _operation(
        "application-autoscaling/ScalableTarget",
        "ResourceId",
        "ScalableDimension ServiceNamespace MinCapacity MaxCapacity",
        without="PolicyName ScheduledActionName",
    ),
)

_KNOWN: Final = frozenset().union(*(one.telling | one.without for one in OPERATIONS))
"""Members that say something."""

BY_NAME: Final = {one.type.rpartition("/")[2].lower(): one for one in OPERATIONS}
"""Operations by what they create, in small letters: `trainingjob`."""
