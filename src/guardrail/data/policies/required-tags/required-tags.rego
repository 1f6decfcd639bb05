# METADATA
# title: Cost-allocation tags are missing
# description: >-
#   Every taggable cloud resource and every workload carries the tags (or labels) that its cost is allocated by, with
#   values that are allowed. Tags count where they take effect: provider defaults and pod templates included; of an
#   Auto Scaling group those that its machines get, since they are what is paid for.
# scope: package
# custom:
#   id: required-tags
#   revision: 1
#   severity: high
#   level: deny
#   remediation: >-
#     Add the tag to the resource, or to default_tags of its provider. Whoever keeps the list of tags in guardrail.yaml
#     says which values are allowed.
#   applies_to: {taggable: true}
#   params:
#     type: object
#     required: [keys]
#     properties:
#       keys:
#         type: array
#         description: Tags that must be there.
#         uniqueItems: true
#         items: {type: string}
#         default: []
#       patterns:
#         type: object
#         description: RE2 patterns that the whole value of a tag matches, by tag.
#         additionalProperties: {type: string, format: regex}
#         default: {}
#       allowed_values:
#         type: object
#         description: The values that a tag may have, by tag.
#         additionalProperties: {type: array, items: {type: string}}
#         default: {}
#       case_insensitive:
#         type: boolean
#         description: Whether the case of tags and of allowed values does not matter.
#         default: false
package guardrail.policies.required_tags

import data.guardrail.lib

deny contains decision if {
	special := _special # looked up once, and not for every resource
	common := _default
	some resource in input.resources
	resource.taggable == true
	params := object.get(special, resource.unit, common)
	some key in params.keys
	object.get(resource.labels, key, "") == ""
	value := _value(resource, key, params.case_insensitive)
	value == ""
	decision := _decision(resource, key, params, sprintf("lacks the tag %s", [key]))
}

deny contains decision if {
	_restricts("allowed_values")
	some resource in input.resources
	resource.taggable == true
	params := object.get(_special, resource.unit, _default)
	some key, allowed in params.allowed_values
	count(allowed) > 0
	key in params.keys
	value := _value(resource, key, params.case_insensitive)
	value != ""
	fold := params.case_insensitive
	not _allowed(value, allowed, fold)
	decision := _decision(resource, key, params, sprintf("tag %s has the value %v, which is not allowed", [key, value]))
}

deny contains decision if {
	_restricts("patterns")
	some resource in input.resources
	resource.taggable == true
	params := object.get(_special, resource.unit, _default)
	some key, pattern in params.patterns
	key in params.keys
	value := _value(resource, key, params.case_insensitive)
	value != ""
	not regex.match(sprintf(`\A(?:%s)\z`, [pattern]), value)
	decision := _decision(resource, key, params, sprintf("tag %s has the value %v, which is malformed", [key, value]))
}

_special := input.params["required-tags"].units

_default := input.params["required-tags"]["default"]

# Whether any unit restricts values so.
_restricts(how) if {
	count(_default[how]) > 0
}

_restricts(how) if {
	some params in _special
	count(params[how]) > 0
}

# The text of a tag; "" where there is none, or an empty one.
_value(resource, key, fold) := value if {
	value := lib.label(resource, key, fold)
	is_string(value)
} else := json.marshal(lib.label(resource, key, fold)) if {
	lib.label(resource, key, fold)
} else := ""

_allowed(value, allowed, fold) if {
	some one in allowed
	_spelt(value, fold) == _spelt(one, fold)
}

_spelt(value, fold) := lower(value) if fold else := value

_decision(resource, key, params, message) := {
	"resource": resource.address,
	"path": lib.path(["labels", lib.label_key(resource, key, params.case_insensitive)]),
	"message": message,
	"remediation": sprintf("Give the tag %s %s.", [key, _wanted(key, params)]),
}

_wanted(key, params) := sprintf("one of %s", [concat(", ", params.allowed_values[key])]) if {
	count(params.allowed_values[key]) > 0
} else := sprintf("a value that matches %s", [params.patterns[key]]) if {
	params.patterns[key]
} else := "a value"
