# What the expressions beside this file can refer to. `terraform_data.u.id` is unknown until apply.

resource "terraform_data" "u" {
  input = "known"
}

resource "terraform_data" "many" {
  count = 2
  input = "many-${count.index}"
}

resource "terraform_data" "each" {
  for_each = { a = "first", b = "second" }
  input    = each.value
}

resource "terraform_data" "none" {
  count = 0
  input = "nobody"
}

locals {
  unknown_text   = terraform_data.u.id
  unknown_flag   = terraform_data.u.id == "x"
  unknown_number = length(terraform_data.u.id)
  unknown_list   = split(",", terraform_data.u.id)
  partly_object  = { known = 1, unknown = terraform_data.u.id }
  partly_tuple   = ["a", terraform_data.u.id]
  nothing        = null
  greeting       = "Hello, $${name}!"
}
