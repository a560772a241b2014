"""Printers: JSON Schemas, literals, operation modules and the index."""
