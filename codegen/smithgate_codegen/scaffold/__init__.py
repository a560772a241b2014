"""A team's own repository: its files, its lock and its generated tree.

Owns the content of a new folder. The folder works with the installed package alone.
"""
