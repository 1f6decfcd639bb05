# METADATA
# title: More replicas than the limit
# description: >-
#   Each group of a service, node pool, scaling group or endpoint states an upper bound of replicas within the limit;
#   with accelerators the limit is lower. Autoscalers count: what they permit is the upper bound.
# scope: package
# custom:
#   id: max-replicas
#   revision: 1
#   severity: high
#   level: deny
#   remediation: Lower the upper bound of replicas, or have the limit raised in guardrail.yaml.
#   applies_to: {category: [workload.service, compute.pool, ml.endpoint]}
#   params:
#     type: object
#     properties:
#       max: {type: integer, minimum: 0, default: 20, description: Replicas of a group without accelerators.}
#       max_accelerated: {type: integer, minimum: 0, default: 8, description: Replicas of a group with accelerators.}
package guardrail.policies.max_replicas

import data.guardrail.lib

deny contains decision if {
	special := input.params["max-replicas"].units # looked up once, and not for every resource
	common := input.params["max-replicas"]["default"]
	some category in ["workload.service", "compute.pool", "ml.endpoint"]
	some resource in lib.in_category(category)
	some name, group in resource.groups
	limit := _limit(object.get(special, resource.unit, common), group)
	not _within(group, limit)
	decision := {
		"resource": resource.address,
		"path": lib.path(["groups", name, "replicas", "max"]),
		"message": sprintf("%s, %s", [_found(name, group), _wanted(limit, group)]),
		"remediation": _remediation(limit),
		"evidence": {"limit": limit},
	}
}

_within(group, limit) if {
	is_number(group.replicas.max) # "unbounded" is not
	group.replicas.max <= limit
}

_limit(params, group) := params.max_accelerated if lib.accelerated(group) else := params.max

_found(name, group) := sprintf("group %s may grow to %s replicas", [name, lib.number(group.replicas.max)]) if {
	is_number(group.replicas.max)
} else := sprintf("group %s has no upper bound of replicas", [name])

_wanted(limit, group) := sprintf("at most %d with accelerators", [limit]) if {
	lib.accelerated(group)
} else := sprintf("at most %d", [limit])

_remediation(limit) := sprintf("Bound it to %d replicas, or have the limit raised in guardrail.yaml.", [limit])
