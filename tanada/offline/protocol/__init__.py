"""Terraform's plugin protocol 6 (6.8 and above: ephemeral resources, write-only attributes), as protobuf's classes.

`tfplugin6_pb2` and its types stand here as pyvider 0.8.1 has them (Copyright provide.io llc, Apache-2.0): generated
from HashiCorp's tfplugin6.proto (MPL-2.0; docs/plugin-protocol of hashicorp/terraform). Nothing else of that package is
used; docs/decisions/05-offline-provider.md says why.
"""
