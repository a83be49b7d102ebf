"""What each screen shows: one dataclass a template, and nothing else reaches the template."""
