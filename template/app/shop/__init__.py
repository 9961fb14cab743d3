"""The example shop: products, categories, tags, addresses, orders and transfers."""
