"""The event chain: how events are linked, verified and exported.

``chain`` is pure and used by the store for every write; ``verify`` and ``export`` read
a store, also one that a server has open. Nothing is imported here: the store imports
``chain`` and the readers import the store.
"""
