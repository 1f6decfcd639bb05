"""HCL, native and JSON: text to tree, with positions."""
