"""Users: the people who buy."""
