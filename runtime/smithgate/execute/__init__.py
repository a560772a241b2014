"""Everything that talks to AWS: clients, the one choke point, error classification."""
