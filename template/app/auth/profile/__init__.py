"""Profile: what users may do with their own accounts."""
