"""The shop: an example to copy from, and to remove as a whole."""
