"""Who may do what in a bank's app: the customer whose it is. Each page asks for their own account and no other's."""

from typing import Final

from tarazy.app.access import Access, Role, Who

APP_OWN: Final = Access(who=frozenset({Who.citizen}), roles=frozenset({Role.citizen}))
APP_DECLARED: Final = Access(who=frozenset({Who.citizen}), roles=frozenset({Role.citizen}), needs_step_up=True)
"""What moves a customer's money or binds them: paying, giving money back, answering about a hold."""
BY_CODE: Final = Access(who=frozenset({Who.code}))
"""Whoever holds a notice's code: it opens the appeal against what that notice tells of, and nothing else."""
