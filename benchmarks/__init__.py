"""How long Tanada and its peers take to make the same resources: `make bench`."""
