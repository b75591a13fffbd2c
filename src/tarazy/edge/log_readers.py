"""The exchange's round behind the log: the public figures, and news to the banks that reported."""

from tarazy.app.figures import count_figures
from tarazy.app.setting import Setting
from tarazy.app.store import Store
from tarazy.app.telling_reporters import tell_reporters


def read_log(store: Store, setting: Setting) -> bool:
    """Let each reader of the log take a step, in a transaction of its own; return whether there may be more to do."""
    has_more_news = store.run(lambda tx: tell_reporters(tx, setting))
    has_more_figures = store.run(lambda tx: count_figures(tx, setting.now))
    return has_more_news or has_more_figures
