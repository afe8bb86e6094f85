"""Stacks: from a checked system to Terraform JSON, through CDKTF."""

import os

# Before the first import of jsii: else it prints eleven lines about the age of Node.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "18,20")
os.environ.setdefault("JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION", "1")
