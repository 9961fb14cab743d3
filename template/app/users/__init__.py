"""Users, and their administration by staff."""
