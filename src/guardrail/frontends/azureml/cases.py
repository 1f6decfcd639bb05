"""
Members of templates as the resource manager's documentation writes them: to it, case makes no difference.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions and the reference of each type
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.model.value import OpenMap, Reason, Unknown, Value

_WRITTEN: Final = tuple(
    """
    resources parameters variables outputs type apiVersion name location tags kind sku identity zones plan dependsOn
    condition copy count input mode batchSize existing properties template templateLink expressionEvaluationOptions
    scope
    defaultValue allowedValues value minValue maxValue
    computeType vmSize vmPriority scaleSettings minNodeCount maxNodeCount nodeIdleTimeBeforeScaleDown osType
    resourceId instanceTypes defaultInstanceType namespace idleTimeBeforeShutdown schedules computeStartStop state
    status action triggerType cron recurrence frequency interval schedule hours minutes weekDays expression timeZone
    startTime endTime enableNodePublicIp subnet isolatedNetwork
    endpointComputeType instanceType instanceCount scaleType minInstances maxInstances targetUtilizationPercentage
    pollingInterval capacity tier size family resources compute model environmentId codeConfiguration defaults
    maxConcurrencyPerInstance miniBatchSize deploymentConfiguration settings componentId
    jobType computeId command trial limits maxTotalTrials maxConcurrentTrials maxTrials maxNodes timeout trialTimeout
    distribution distributionType processCountPerInstance workerCount parameterServerCount jobs inputs outputs
    shmSize dockerArgs queueSettings jobTier priority earlyTermination objective samplingAlgorithm searchSpace
    experimentName displayName isArchived services taskDetails taskType limitSettings conf entry args runtimeVersion
    executorInstances executorCores executorMemory maxIterationCount jobDefinition endpointInvocationDefinition
    componentDefinition
    agentPoolProfiles enableAutoScaling minCount maxCount scaleSetPriority gpuInstanceProfile gpuProfile powerState
    autoScalerProfile kubernetesVersion nodeLabels nodeTaints availabilityZones orchestratorProfile
    hardwareProfile virtualMachineProfile storageProfile osProfile networkProfile priority evictionPolicy
    singlePlacementGroup platformFaultDomainCount diskSizeGB managedDisk storageAccountType dataDisks osDisk
    workloadProfiles workloadProfileType workloadProfileName minimumCount maximumCount configuration containers
    cpu memory gpu scale minReplicas maxReplicas rules replicaTimeout replicaRetryLimit parallelism
    """.split()  # noqa: SIM905 - read as words
)
"""What members are called of which kinds of the catalogue, and templates, make something."""

_MEANT: Final[Mapping[str, str]] = {name.lower(): name for name in _WRITTEN}

_OWN: Final = frozenset({"tags", "environmentvariables", "nodelabels"})
"""Members below which names are somebody's own, and mean what they say."""


def cased(value: Value) -> Value:
    """Return a value with its members as they are documented: itself, where they are written so."""
    if isinstance(value, tuple):
        elements = tuple(map(cased, value))
        return value if all(ours is theirs for ours, theirs in zip(elements, value, strict=True)) else elements
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Value] = {}
    same = True
    for key, member in value.items():
        small = key.lower()
        name = _MEANT.get(small, key)
        inside = member if small in _OWN else cased(member)
        same = same and name == key and inside is member
        twice = name in found
        found[name] = Unknown(Reason.ERROR, note=f"{name} is written twice, in two cases") if twice else inside
    if same:
        return value
    return OpenMap(found, value.rest) if isinstance(value, OpenMap) else found
