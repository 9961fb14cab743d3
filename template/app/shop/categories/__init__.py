"""Categories: the tree that products are found by."""
