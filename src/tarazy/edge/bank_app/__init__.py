"""The bank's app as a customer sees it on a telephone: account, payments, notices, and the way to ask for help."""

from tarazy.edge.bank_app.routes import bank_app_routes

__all__ = ["bank_app_routes"]
