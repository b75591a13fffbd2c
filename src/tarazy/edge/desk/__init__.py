"""The analysts' desk: the inbox of holds and requests, one hold, reports. Made for forty holds and ten minutes."""

from tarazy.edge.desk.routes import desk_routes

__all__ = ["desk_routes"]
