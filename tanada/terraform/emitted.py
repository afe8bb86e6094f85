"""How one stack's emitted JSON differs from another's: exact, by address and attribute."""
