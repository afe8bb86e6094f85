"""Derives the schemas of hashicorp/aws from the installed bindings; run as `python -m scripts.provider_schemas`."""
