"""What ends by itself at the exchange: everything that a clock decides, in one place, for whoever runs the clock."""

from tarazy.app.appeals import answer_silence
from tarazy.app.away import end_away_pieces
from tarazy.app.deadlines import miss_overdue
from tarazy.app.holding import end_overdue_holds
from tarazy.app.measures import lapse_measures
from tarazy.app.motions import lapse_motions
from tarazy.app.periodic_review import end_unreviewed
from tarazy.app.reexamining import reexamine
from tarazy.app.releasing import note_late_releases
from tarazy.app.setting import Setting
from tarazy.app.sharings import expire_sharings
from tarazy.app.store import Transaction
from tarazy.app.targets import lapse_targets
from tarazy.app.warning_victims import warn_victims


def end_what_is_over(tx: Transaction, setting: Setting) -> int:
    """Record what has ended or was missed by now; return how many things. Nothing of it waited for this to end.

    The law is looked at first: what it no longer carries ends for that reason. Motions come before the measures that
    hang on them. Before all that, what is due and was not done is marked as missed: whoever should have acted is seen
    to have let it lapse, and it is not voided with what it was about.
    """
    missed = miss_overdue(tx, setting)
    note_late_releases(tx, missed, setting)
    end_unreviewed(tx, missed, setting)
    ended = reexamine(tx, setting) + lapse_motions(tx, setting) + len(lapse_measures(tx, setting))
    ended += (
        expire_sharings(tx, setting)
        + lapse_targets(tx, setting)
        + end_overdue_holds(tx, setting)
        + end_away_pieces(tx, setting)
    )
    ended += warn_victims(tx, setting)
    return ended + len(missed) + answer_silence(tx, missed, setting)
