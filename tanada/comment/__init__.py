"""Comments: reports → Markdown within a forge's limit. Pure: no I/O."""
