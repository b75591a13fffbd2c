"""Signing in: passkeys and OpenID providers, on pages of their own that both programs have."""
