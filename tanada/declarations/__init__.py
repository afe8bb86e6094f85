"""Declarations: reading, merging and checking what a team writes. Knows no CDKTF."""
