"""Stacks: from a checked system to Terraform JSON, through CDKTF."""

import os

from tanada.synth_process import QUIET

# Before the first import of jsii: else it prints eleven lines about the age of Node.
for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)
