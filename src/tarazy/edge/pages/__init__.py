"""The layout that the pages of both programs share: language, security headers, forms, static files, small parts."""

from tarazy.edge.pages.static import static_routes

__all__ = ["static_routes"]
