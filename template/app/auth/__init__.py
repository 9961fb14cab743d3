"""Accounts: who signs in, how that is proved, and what each may do."""
