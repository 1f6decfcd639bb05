"""Vertex AI, AI Platform, Workbench and TPUs: request bodies, and files for gcloud."""
