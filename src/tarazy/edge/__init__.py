"""Programs and pages: APIs, console, desk, portal, worker, command line."""
