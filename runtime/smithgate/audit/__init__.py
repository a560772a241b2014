"""Reads the event chain: ``verify`` proves it, ``export`` writes it out.

Both work on a store that a server has open. The chain itself is written by the store.
"""
