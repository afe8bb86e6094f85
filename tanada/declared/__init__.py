"""What YAML says, one file a capability: model, its words, its needs, its protected-account defaults. Knows no file."""
