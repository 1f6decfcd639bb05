"""SageMaker: request bodies as they are given to the command line or an SDK."""
