"""What an agent relies on in a bank's core, as trials that the bank runs against its own port before it connects."""
