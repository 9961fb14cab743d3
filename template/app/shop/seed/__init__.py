"""A made-up shop: something to look at on your own machine."""
