"""Recovery: a way back in for who has forgotten the password, or never had one."""
