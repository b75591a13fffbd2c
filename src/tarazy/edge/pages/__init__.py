"""The layout that the pages of both programs share: language, security headers, forms, static files, small parts."""
