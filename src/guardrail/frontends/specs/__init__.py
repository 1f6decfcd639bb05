"""
Objects of cloud APIs as people write them in YAML and JSON: request bodies, templates, objects of controllers.

What all of them share: a mapping in a document that a kind of the catalogue describes in its spelling. What a document
is, and where objects are in it, each front end tells.
"""
