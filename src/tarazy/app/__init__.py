"""Use cases: each loads, decides and stores in one transaction. Ports are declared here."""
