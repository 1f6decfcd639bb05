"""Pipelines of Kubeflow and Vertex AI (KFP version 2): the steps that they run, and the jobs that steps start."""
