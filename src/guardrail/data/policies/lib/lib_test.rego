package guardrail.lib_test

import data.guardrail.lib

test_path_escapes if {
	lib.path(["disk", 0, "a/b~c"]) == "/disk/0/a~1b~0c"
	lib.path([]) == ""
}

test_params_of_a_unit_and_of_all if {
	params := {"p": {"default": {"n": 1}, "units": {"u": {"n": 2}}}}
	lib.params("p", {"unit": "u"}) == {"n": 2} with input.params as params
	lib.params("p", {"unit": "v"}) == {"n": 1} with input.params as params
	lib.params("p", null) == {"n": 1} with input.params as params
	lib.unit_params("p", "u") == {"n": 2} with input.params as params
}

test_resources_by_index if {
	document := {"resources": {"a": {"x": 1}, "b": {"x": 2}}, "index": {"type": {"t": ["a"]}, "category": {"c": ["b"]}}}
	lib.of_type("t") == [{"x": 1}] with input as document
	lib.of_type("absent") == [] with input as document
	lib.in_category("c") == [{"x": 2}] with input as document
}

test_linked_by_kind if {
	document := {
		"resources": {"a": {"address": "a"}, "b": {"address": "b"}, "c": {"address": "c"}},
		"edges": {"a": [{"kind": "scales", "to": "b"}, {"kind": "owns", "to": "c"}]},
	}
	lib.linked({"address": "a"}, "scales") == [{"address": "b"}] with input as document
	lib.linked({"address": "b"}, "scales") == [] with input as document
}

test_unknown_covers_what_is_below if {
	resource := {"unknown": {"/labels": {"reason": "data"}}}
	lib.unknown(resource, ["labels", "team"])
	lib.unknown(resource, ["labels"])
	not lib.unknown(resource, ["labelset"])
	not lib.known(resource, ["labels", "team"])
}

test_open_map_is_unknown_for_absent_keys_only if {
	resource := {"labels": {"team": "a"}, "unknown": {"/labels": {"reason": "data", "open": true}}}
	lib.known(resource, ["labels", "team"])
	lib.unknown(resource, ["labels", "owner"])
	lib.get(resource, ["labels", "team"], "") == "a"
	not lib.get(resource, ["labels", "owner"], "")
}

test_get_of_what_is_absent if lib.get({"unknown": {}}, ["lifetime", "ttl_seconds"], 7) == 7

test_label_in_whatever_case if {
	resource := {"labels": {"Team": "a"}, "unknown": {"/labels/COST~1c": {"reason": "data"}}}
	lib.label(resource, "team", true) == "a"
	not lib.label(resource, "team", false)
	lib.label_key(resource, "team", true) == "Team"
	lib.label_key(resource, "team", false) == "team"
	lib.label_key(resource, "cost/c", true) == "COST/c"
	lib.label_key(resource, "absent", true) == "absent"
}

test_devices := {
	"whole": lib.devices({"count": 2}, 5) == 10,
	"parts of one are rounded up together": lib.devices({"count": 1, "fraction": "0.25"}, 5) == 2,
	"a tenth of ten is one": lib.devices({"count": 1, "fraction": "0.1"}, 10) == 1,
	"more than one": lib.devices({"count": 1, "fraction": "1.5"}, 3) == 5,
	"a whole fraction": lib.devices({"count": 3, "fraction": "1"}, 2) == 6,
	"none": lib.devices({"count": 4}, 0) == 0,
}

test_money := {
	"cents": lib.money(1234567890) == "1234.57",
	"negative": lib.money(-5000000) == "-5.00",
	"below a cent all digits": lib.money(12) == "0.000012",
	"zero": lib.money(0) == "0.00",
	"rounded to cents": lib.money(1999999) == "2.00",
	"one cent": lib.money(10000) == "0.01",
	"no number": lib.money("unbounded") == "unbounded",
}

test_number := {
	"whole": lib.number(7) == "7",
	"negative": lib.number(-7) == "-7",
	"a fraction": lib.number(1.5) == "1.5",
	"more than 64 bits": lib.number(123456789012345678901230000) == "123456789012345678901230000",
}

test_percent if {
	lib.percent(1550) == "15.50"
	lib.percent(0) == "0.00"
}

test_accelerated if {
	lib.accelerated({"accelerators": [{"count": 1}]})
	not lib.accelerated({"accelerators": []})
	not lib.accelerated({})
}

test_groups if {
	lib.groups({}) == {}
	lib.groups({"groups": {"main": 1}}) == {"main": 1}
}

test_label_key_of_other_maps_does_not_count if {
	lib.label_key({"labels": {}, "unknown": {"/wizards/Team": {"reason": "data"}}}, "team", true) == "team"
}

test_money_at_the_bounds if {
	lib.money(9999) == "0.009999"
	lib.money(-9999) == "-0.009999"
	lib.money(1) == "0.000001"
	lib.money(100000000) == "100.00"
	lib.money(105000000) == "105.00"
}

test_unknown_of_nested_open_maps if {
	resource := {"a": {"b": {"c": 0}}, "unknown": {"/a/b": {"reason": "data", "open": true}}}
	lib.known(resource, ["a", "b", "c"])
	lib.unknown(resource, ["a", "b", "d"])
	lib.known(resource, ["a", "x"])
}
