"""The round of payments that wait: the core is asked after an act and by the timer, and payers are told."""

from tarazy.agent.core_port import CoreAway, gate_of
from tarazy.agent.notice_office import NoticeOffice
from tarazy.agent.pause_notices import serve_due_pauses
from tarazy.agent.pause_round import gate_round
from tarazy.edge.context import AgentContext


def ask_core(context: AgentContext) -> int:
    """End what is over and ask the core what waits; return how much. Nothing is lost where the core is away."""
    agent = context.agent
    try:
        return gate_round(agent.peer.store, gate_of(agent.core), context.setting())
    except CoreAway:
        return 0


def pause_round(context: AgentContext, office: NoticeOffice) -> int:
    """Do what is due for payments that wait, and tell their payers; return how much there was."""
    asked, setting = ask_core(context), context.setting()
    return asked + context.agent.peer.store.run(lambda tx: serve_due_pauses(tx, office, setting))
