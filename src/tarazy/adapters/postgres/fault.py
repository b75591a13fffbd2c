"""What goes wrong with a database server, told to whoever runs it together with what to do."""


class ServerFault(Exception):
    """A database server cannot be started or used as asked; the text says why and names the remedy."""
