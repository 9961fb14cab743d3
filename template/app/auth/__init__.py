"""Authentication and authorization: users, sessions, API keys, scopes."""
