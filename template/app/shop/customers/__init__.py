"""Customers: users as the staff of the shop see them, and their addresses."""
