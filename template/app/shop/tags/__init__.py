"""Tags: words to find products by."""
