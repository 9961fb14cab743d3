"""Login: in by e-mail and password, and out again."""
