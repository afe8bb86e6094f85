"""Running Terraform: planning, applying, destroying, and the records and reports of it; speaks through a `Voice`."""
