"""Demo data for a shop in development."""
