# METADATA
# title: More accelerators than the limit
# description: >-
#   The accelerators that a resource may run (per replica, times the upper bound of replicas, times copies) stay within
#   a limit, and so do their sums per unit and per namespace. Pods on a pool of the same unit count once.
# scope: package
# custom:
#   id: gpu-count-limit
#   revision: 1
#   severity: high
#   level: deny
#   remediation: >-
#     Lower the upper bound of replicas, or the accelerators of each. If the work needs them, have the limit raised in
#     guardrail.yaml.
#   applies_to: {all: true}
#   measure: {name: accelerators, by: [unit, namespace], of: accelerators, bound: max}
#   params:
#     type: object
#     properties:
#       max_per_resource: {type: integer, minimum: 0, default: 8, description: Accelerators of one resource.}
#       max_per_unit: {type: integer, minimum: 0, default: 32, description: Accelerators of one unit.}
#       max_per_namespace: {type: integer, minimum: 0, default: 16, description: Accelerators of one namespace.}
package guardrail.policies.gpu_count_limit

import data.guardrail.lib

applies := _accelerated

# Templates never run by themselves; what is made from them is judged.
_accelerated contains resource.address if {
	some resource in input.resources
	some group in resource.groups
	lib.accelerated(group)
	resource.category != "compute.template"
}

deny contains decision if {
	some address in _accelerated
	resource := input.resources[address]
	some name, group in resource.groups
	most := object.get(group, ["replicas", "max"], "unbounded")
	not is_number(most) # "unbounded" is not
	lib.accelerated(group)
	params := lib.params("gpu-count-limit", resource)
	limit := params.max_per_resource
	decision := {
		"resource": address,
		"path": lib.path(["groups", name, "replicas", "max"]),
		"message": sprintf("group %s has accelerators and no upper bound of replicas, at most %d accelerators", [name, limit]),
		"measure": {"value": "unbounded", "limit": limit, "after": "unbounded"},
		"remediation": _remediation(limit),
	}
}

deny contains decision if {
	some address in _accelerated
	resource := input.resources[address]
	copies := object.get(resource, ["multiplicity", "max"], "unbounded")
	not is_number(copies)
	params := lib.params("gpu-count-limit", resource)
	limit := params.max_per_resource
	decision := {
		"resource": address,
		"path": "/multiplicity",
		"message": sprintf("has accelerators and no upper bound of copies, at most %d accelerators", [limit]),
		"measure": {"value": "unbounded", "limit": limit, "after": "unbounded"},
		"remediation": _remediation(limit),
	}
}

deny contains decision if {
	some address in _accelerated
	resource := input.resources[address]
	counts := [[devices, name] |
		is_number(resource.multiplicity.max)
		some name, group in resource.groups
		is_number(group.replicas.max)
		some accelerator in group.accelerators
		devices := lib.devices(accelerator, group.replicas.max * resource.multiplicity.max)
	]
	total := sum([pair[0] | some pair in counts])
	params := object.get(_special, resource.unit, _default)
	limit := params.max_per_resource
	total > limit
	[_, most] := max(counts)
	decision := {
		"resource": address,
		"path": lib.path(["groups", most, "replicas", "max"]),
		"message": sprintf("may run %s accelerators, at most %d", [lib.number(total), limit]),
		"measure": {"value": total, "limit": limit, "after": total},
		"remediation": _remediation(limit),
	}
}

deny contains decision if {
	some unit, families in input.accelerators.unit
	params := lib.unit_params("gpu-count-limit", unit)
	decision := _too_many(sprintf("unit:%s", [unit]), families, params.max_per_unit)
}

deny contains decision if {
	some namespace, families in input.accelerators.namespace
	namespace != "unallocated"
	params := lib.params("gpu-count-limit", null)
	decision := _too_many(sprintf("namespace:%s", [namespace]), families, params.max_per_namespace)
}

_special := input.params["gpu-count-limit"].units

_default := input.params["gpu-count-limit"]["default"]

# What has no bound is told of the resource that has none; it does not hide how many the others may have.
_too_many(subject, families, limit) := {
	"subject": subject,
	"message": sprintf("may run %s accelerators, at most %d", [lib.number(total), limit]),
	"measure": {"value": total, "limit": limit, "after": total},
	"remediation": _remediation(limit),
} if {
	total := sum([_bounded(family) | some family in families])
	total > limit
}

_bounded(family) := family.max if is_number(family.max)

_bounded(family) := family.max_known if family.max == "unbounded"

_remediation(limit) := sprintf("Bound it to %d accelerators, or have the limit raised in guardrail.yaml.", [limit])
