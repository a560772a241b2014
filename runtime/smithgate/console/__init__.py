"""The web console: an approver's own page on this machine, for reading and deciding.

Runs as the approver, not as the server, on 127.0.0.1 only. ``gate`` decides which
request is the approver's, ``pages`` shows, ``web`` answers. A word from here is signed
and recorded as on the command line.
"""
