"""Running Terraform: the only package that starts a process."""
