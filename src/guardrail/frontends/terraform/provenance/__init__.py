"""
Where a value comes from, found by walking the syntax once more when somebody asks.

`locate` finds what is written for a path, as a spot (`spots`): an expression, and a path below its value. `references`
says what a name leads to, `arguments` what a function hands on, `follow` walks from a spot to all that its value was
made of. What is asked of such a walk is in `steps`, `origin` and `referents`; `basis` compares instead. `readings` are
values from files of data; `alike` says whether a value is what another one became on its way.
"""
