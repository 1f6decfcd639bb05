# Every construct of the grammar, small. Nothing of it is evaluated.
a = "x${~ b ~} y %{ if c }d%{ else }e%{ endif }$${z}"
b = <<-EOT
    x ${y}
      %{ for k, v in m ~}
      ${k}=${v}
      %{ endfor ~}
    EOT
c = [for k, v in { a = 1, b : 2 } : v if v > 1]
d = { for k, v in x : k => v... if !v }
e = a.b[*].c.0[1].*.d
f = g(1, [2, 3], { a = "b" }...)
h = (a ? b :
c) + -d % 5
i = 1.5e3 * 2 / 7 - 1 >= 0 && (j || k) != (l <= m)
größe = "ü\u00e9\n\t\"\\"

x "y" z {
  q = null /* c */
  w { e = 1 }
  // another
  n {
    heredoc = [<<E
      text $ % $${a}
E
    , core::max(1, 2)]
  }
}

o = {
  "k" = 1, l = true
  (m)    : n.o
  p[0].q = provider::aws::arn(r)
}
