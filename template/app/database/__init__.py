"""The database: engine, session, and what they have in common for every feature."""
