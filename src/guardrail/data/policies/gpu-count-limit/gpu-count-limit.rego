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
	not _limited(resource, group)
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
		some devices in _devices(resource, group)
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

# The accelerators of a group: each of what may come, or what the limits of a pool let all of a vendor's be together.
_devices(resource, group) := counts if {
	not resource.quota
	is_number(group.replicas.max)
	counts := [lib.devices(accelerator, group.replicas.max * resource.multiplicity.max) |
		some accelerator in group.accelerators
	]
} else := counts if {
	vendors := {object.get(accelerator, "vendor", "") | some accelerator in group.accelerators}
	counts := [_of_vendor(resource, group, vendor) | some vendor in vendors]
}

_of_vendor(resource, group, vendor) := min([room, sum(counts)]) if {
	room := _room(resource, vendor)
	is_number(group.replicas.max)
	counts := _counts(resource, group, vendor)
} else := room if {
	room := _room(resource, vendor)
} else := sum(_counts(resource, group, vendor))

_counts(resource, group, vendor) := [lib.devices(accelerator, group.replicas.max * resource.multiplicity.max) |
	is_number(group.replicas.max)
	some accelerator in group.accelerators
	object.get(accelerator, "vendor", "") == vendor
]

# Whether the limits of a pool bound all of a group's accelerators, however many nodes there are.
_limited(resource, group) if {
	resource.quota
	every accelerator in group.accelerators {
		is_number(_room(resource, object.get(accelerator, "vendor", "")))
	}
}

_room(resource, vendor) := resource.quota[_called[vendor]] * resource.multiplicity.max if {
	resource.category == "compute.pool"
	is_number(resource.multiplicity.max)
	is_number(resource.quota[_called[vendor]])
}

# What nodes call the devices of a vendor, which limits of pools name.
_called := {
	"nvidia": "nvidia.com/gpu",
	"amd": "amd.com/gpu",
	"aws": "aws.amazon.com/neuron",
	"intel": "habana.ai/gaudi",
	"google": "google.com/tpu",
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
