"""Azure Machine Learning: jobs, compute, endpoints and schedules as the command line (v2) takes them, in YAML."""
