"""Which operation a request body is for: bodies do not name it, their members tell."""

from __future__ import annotations

from collections.abc import Container
from typing import Final, NamedTuple, Optional


class Operation(NamedTuple):
    """An operation by what it creates: the native type, the member that names it, and members that tell."""

    type: str
    name: str
    telling: frozenset[str]


_TELLING: Final = 2
"""How many members tell an operation for certain: single ones stand in many files."""


def operation(members: Container[str]) -> Optional[Operation]:
    """Return the operation of a body with these members, None if it is none that is known."""
    found = ((sum(one in members for one in known.telling), known) for known in OPERATIONS)
    most, best = max(found, key=lambda one: one[0])
    return best if most >= _TELLING else None


def _operation(type_: str, name: str, telling: str) -> Operation:
    return Operation(f"sagemaker/{type_}", name, frozenset((name, *telling.split())))


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
        "EndpointConfig", "EndpointConfigName", "ProductionVariants ShadowProductionVariants AsyncInferenceConfig"
    ),
    _operation("Endpoint", "EndpointName", "EndpointConfigName DeploymentConfig"),
    _operation("EndpointCapacities", "EndpointName", "DesiredWeightsAndCapacities"),
    _operation("InferenceComponent", "InferenceComponentName", "EndpointName VariantName Specification RuntimeConfig"),
    _operation("Model", "ModelName", "PrimaryContainer Containers ExecutionRoleArn"),
    _operation("NotebookInstance", "NotebookInstanceName", "InstanceType RoleArn"),
    _operation("Domain", "DomainName", "AuthMode DefaultUserSettings"),
    _operation("UserProfile", "UserProfileName", "DomainId UserSettings"),
    _operation("Space", "SpaceName", "DomainId SpaceSettings"),
    _operation("App", "AppName", "DomainId AppType ResourceSpec"),
    _operation("Cluster", "ClusterName", "InstanceGroups RestrictedInstanceGroups Orchestrator"),
    _operation("ComputeQuota", "Name", "ComputeQuotaConfig ComputeQuotaTarget"),
    _operation("AutoMLJob", "AutoMLJobName", "AutoMLProblemTypeConfig AutoMLJobInputDataConfig"),
    _operation("Pipeline", "PipelineName", "PipelineDefinition PipelineDefinitionS3Location"),
    _operation("MonitoringSchedule", "MonitoringScheduleName", "MonitoringScheduleConfig"),
    _operation("MlflowTrackingServer", "TrackingServerName", "TrackingServerSize ArtifactStoreUri"),
    _operation("FeatureGroup", "FeatureGroupName", "RecordIdentifierFeatureName OnlineStoreConfig"),
)
