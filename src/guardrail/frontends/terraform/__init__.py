"""Terraform and OpenTofu configuration, evaluated without running either."""
