"""CloudFormation templates: parameters, mappings and conditions evaluated with unknowns, resources as kinds."""
