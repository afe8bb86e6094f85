"""`python -m tanada`, the same as `tanada`."""

from tanada.cli import main

main()
