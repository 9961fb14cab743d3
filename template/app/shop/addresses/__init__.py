"""Addresses: where users can be reached."""
