"""What `extensions` of a test says that is made; no check runs it."""


def extend(it: object) -> None:
    """Nothing."""
