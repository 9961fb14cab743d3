"""Categories: the tree of the catalog."""
