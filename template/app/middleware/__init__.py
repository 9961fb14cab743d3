"""Pure ASGI middleware: it sees every request, and costs almost nothing."""
