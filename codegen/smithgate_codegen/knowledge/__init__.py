"""Derived facts: each module answers one question about an operation.

Every answer is a ``Fact`` with its source. Names, shapes, traits and reviewed data
sets are the evidence; ``overrides/*.yaml`` corrects what they get wrong. Nothing here
reads a file but ``datasets`` and ``overrides``.
"""
