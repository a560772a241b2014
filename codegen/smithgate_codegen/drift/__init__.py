"""Whether the installed botocore can run what was generated.

Owns the comparison of a generated tree with botocore's own service descriptions. A tree
may be older or newer than the SDK beside it; what the SDK lacks fails before it is sent.
"""
