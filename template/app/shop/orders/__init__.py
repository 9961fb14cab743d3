"""Orders: who buys what, and how far it has come."""
