# What policies share. The host knows these functions: it follows what is read through them.
package guardrail.lib

# The parameters of a policy that hold for a resource; those that hold everywhere for null.
params(id, resource) := object.get(input.params[id].units, resource.unit, input.params[id]["default"]) if {
	resource.unit
} else := input.params[id]["default"]

# The parameters of a policy that hold in a unit.
unit_params(id, unit) := object.get(input.params[id].units, unit, input.params[id]["default"])

of_type(type) := [input.resources[address] | some address in object.get(input.index.type, type, [])]

in_category(category) := [input.resources[address] | some address in object.get(input.index.category, category, [])]

# The resources that an edge of this kind leads to.
linked(resource, kind) := [input.resources[edge.to] |
	some edge in object.get(input.edges, resource.address, [])
	edge.kind == kind
]

groups(resource) := object.get(resource, "groups", {})

# A pointer: ["disk", 0, "a/b"] is /disk/0/a~1b.
path(keys) := concat("/", array.concat([""], [_segment(key) | some key in keys]))

_segment(key) := replace(replace(key, "~", "~0"), "/", "~1") if is_string(key)

_segment(key) := format_int(key, 10) if is_number(key)

# Whether what keys lead to is not known.
unknown(resource, keys) if {
	some pointer, why in resource.unknown
	not why.open
	startswith(sprintf("%s/", [path(keys)]), sprintf("%s/", [pointer]))
}

unknown(resource, keys) if {
	some index, _ in keys
	resource.unknown[path(array.slice(keys, 0, index))].open
	down_to := array.slice(keys, 0, index + 1)
	object.get(resource, down_to, 0) != object.get(resource, down_to, 1)
}

known(resource, keys) if not unknown(resource, keys)

# Undefined where it is not known.
get(resource, keys, otherwise) := object.get(resource, keys, otherwise) if known(resource, keys)

# The value of a label; undefined where there is none. With fold the case of the key does not matter.
label(resource, key, fold) := resource.labels[label_key(resource, key, fold)]

# How a label's key is spelt where it stands, also where only its value is unknown.
label_key(resource, key, fold) := min(spellings) if {
	fold
	spellings := _spellings(resource, key)
	count(spellings) > 0
} else := key

_spellings(resource, key) := {name | some name, _ in resource.labels; lower(name) == lower(key)} |
{replace(replace(substring(pointer, 8, -1), "~1", "/"), "~0", "~") |
	some pointer, _ in resource.unknown
	startswith(pointer, "/labels/")
	lower(pointer) == lower(path(["labels", key]))
}

# Whether a group has an accelerator in each replica.
accelerated(group) if count(group.accelerators) > 0

# The devices of a number of replicas, parts of one rounded up together: count × fraction × replicas.
devices(accelerator, replicas) := _whole(parts + fraction[1] - 1, fraction[1]) if {
	fraction := _fraction(accelerator.fraction)
	parts := accelerator.count * replicas * fraction[0]
} else := accelerator.count * replicas

# A decimal as numerator and denominator: calculating with fractions is not exact.
_fraction(decimal) := [to_number(decimal), 1] if not contains(decimal, ".")

_fraction(decimal) := [to_number(digits), to_number(sprintf("1%s", [zeros]))] if {
	[whole, part] := split(decimal, ".")
	digits := trim_left(concat("", [whole, part]), "0")
	zeros := concat("", ["0" | some _ in numbers.range(1, count(part))])
}

# A number as people write it, however large.
number(value) := format_int(value, 10) if floor(value) == value else := json.marshal(value)

# Money as people write it, in dollars and cents; what is no number as it is ("unbounded").
money(amount) := amount if {
	is_string(amount)
} else := _usd(amount) if {
	is_number(amount)
	amount >= 0
} else := sprintf("-%s", [_usd(abs(amount))]) if is_number(amount)

_usd(micros) := concat("", ["0.", substring(format_int(micros + 1000000, 10), 1, 6)]) if {
	micros > 0
	micros < 10000
} else := _hundredths(_whole(micros + 5000, 10000))

_hundredths(value) := concat(".", [format_int(_whole(value, 100), 10), substring(format_int(100 + (value % 100), 10), 1, 2)])

_whole(number, divisor) := (number - (number % divisor)) / divisor

# Basis points as people write percent: 1550 is "15.50".
percent(points) := _hundredths(points)
