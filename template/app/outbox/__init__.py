"""Transactional outbox: messages written with a change and delivered after the commit."""
