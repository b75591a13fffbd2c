"""Which use case takes which kind of message at an agent."""

from tarazy.agent.ending import take_pay_orders, take_release_orders
from tarazy.agent.following import take_follow_orders
from tarazy.app.messages import Handler

AGENT_HANDLERS: dict[str, Handler] = {
    "follow_order": take_follow_orders,
    "release_order": take_release_orders,
    "pay_order": take_pay_orders,
}
