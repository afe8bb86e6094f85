"""The peers' programs, generated from what Tanada emitted, so that they make the same resources."""
