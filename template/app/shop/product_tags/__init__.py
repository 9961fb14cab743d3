"""Tags: words that products carry."""
