# METADATA
# title: Ephemeral work that may never end
# description: >-
#   Batch jobs and training state a hard limit of their run time, a cluster that is made for one job goes away with it,
#   and namespaces of development and preview environments expire. A limit counts from the start: removing a finished
#   Job (ttlSecondsAfterFinished) ends nothing.
# scope: package
# custom:
#   id: ttl-required
#   revision: 1
#   severity: high
#   level: deny
#   remediation: >-
#     State the limit where the work is defined (activeDeadlineSeconds, MaxRuntimeInSeconds, timeout), label a temporary
#     namespace with ttl or expires-at. Work that must run longer needs a higher limit in guardrail.yaml.
#   applies_to: {category: [workload.batch, ml.training, namespace]}
#   params:
#     type: object
#     properties:
#       max_seconds:
#         type: object
#         description: The longest life in seconds, by category.
#         properties:
#           workload.batch: {type: integer, minimum: 1, maximum: 3153600000, default: 172800}
#           ml.training: {type: integer, minimum: 1, maximum: 3153600000, default: 432000}
#           namespace: {type: integer, minimum: 1, maximum: 3153600000, default: 1209600}
#       ephemeral:
#         type: array
#         description: Environments, and words in names of namespaces, that mark what is there for a while only.
#         items: {type: string}
#         default: [dev, development, preview, review, sandbox, ephemeral, temp, tmp]
package guardrail.policies.ttl_required

import data.guardrail.lib

applies contains resource.address if {
	some category in ["workload.batch", "ml.training"]
	some resource in lib.in_category(category)
}

applies contains resource.address if {
	some resource in lib.in_category("namespace")
	params := lib.params("ttl-required", resource)
	_ephemeral(resource, params.ephemeral)
}

deny contains decision if {
	some category in ["workload.batch", "ml.training"]
	some resource in lib.in_category(category)
	params := lib.params("ttl-required", resource)
	limit := params.max_seconds[category]
	not _ends_within(resource, limit)
	decision := {
		"resource": resource.address,
		"path": "/lifetime/max_runtime_seconds",
		"message": sprintf("%s, at most %d", [_runs(resource), limit]),
		"remediation": _remediation(limit),
		"evidence": {"limit": limit},
	}
}

deny contains decision if {
	some resource in lib.of_type("ray.io/RayJob")
	not _ends_with_its_job(resource)
	decision := {
		"resource": resource.address,
		"path": "/lifetime/ttl_seconds",
		"message": "its cluster stays when the job has ended",
		"remediation": "Set shutdownAfterJobFinishes to true, and ttlSecondsAfterFinished.",
	}
}

deny contains decision if {
	some resource in lib.in_category("namespace")
	params := lib.params("ttl-required", resource)
	_ephemeral(resource, params.ephemeral)
	limit := params.max_seconds.namespace
	not _expires_within(resource, limit)
	decision := {
		"resource": resource.address,
		"path": "/lifetime/ttl_seconds",
		"message": sprintf("is temporary by its name or environment and does not expire, at most %d seconds", [limit]),
		"remediation": sprintf("Label it with ttl or expires-at, at most %d seconds ahead.", [limit]),
		"evidence": {"limit": limit},
	}
}

_ends_within(resource, limit) if {
	is_number(resource.lifetime.max_runtime_seconds)
	resource.lifetime.max_runtime_seconds <= limit
}

_ends_with_its_job(resource) if is_number(resource.lifetime.ttl_seconds)

_runs(resource) := sprintf("may run for %s seconds", [lib.number(resource.lifetime.max_runtime_seconds)]) if {
	is_number(resource.lifetime.max_runtime_seconds)
} else := "may run for ever: no limit of its run time in seconds"

_remediation(limit) := sprintf("End it within %d seconds, or have the limit raised in guardrail.yaml.", [limit])

_expires_within(resource, limit) if {
	is_number(resource.lifetime.ttl_seconds)
	resource.lifetime.ttl_seconds <= limit
}

# Dates compare as text; labels hold no time of day.
_expires_within(resource, limit) if {
	is_string(resource.lifetime.expires_at)
	regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`, resource.lifetime.expires_at)
	last := time.format(input.run.time_ns + (limit * 1000000000))
	substring(resource.lifetime.expires_at, 0, 10) <= substring(last, 0, 10)
}

_ephemeral(resource, words) if resource.environment in words

_ephemeral(resource, words) if {
	some part in split(resource.name, "-")
	lower(part) in words
}
