"""API keys: each user makes and ends their own."""
