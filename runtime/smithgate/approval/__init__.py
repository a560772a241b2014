"""Approvals that an agent cannot forge: statements, signatures, keys, what counts.

``statement`` is what an approver signs, ``sshsig`` how, ``keys`` and ``ssh_agent`` with
what, ``verify`` says at apply what counts. The server verifies and never holds a private
key; ``plan.decide`` records what an approver says.
"""
