"""Transfers: store credit that goes from one user to another."""
