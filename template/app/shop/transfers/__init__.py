"""Transfers of store credit between users."""
