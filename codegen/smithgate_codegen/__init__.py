"""Turns Smithy models into reviewable operation modules and JSON Schemas."""

__version__ = "0.1.0"
