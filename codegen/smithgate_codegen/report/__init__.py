"""What a change of the generated tree means, for the person who reviews it.

Owns the comparison of two generated trees and the page about it. Nothing of a tree is
ever run: modules are read as text, so an old or foreign tree is safe to compare.
"""
