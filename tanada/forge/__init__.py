"""GitHub and GitLab: comments, statuses, labels, issues and artifacts; the only package that knows their clients."""
