"""Many bots at many tables over real sockets: how fast a server answers, and whether it tells everybody the same.

It measures from outside, with nothing of the server's code, any address that speaks the protocol.
"""

from cardsharp.loadtest.bot import Bot, Habits
from cardsharp.loadtest.figures import Figures, Summary
from cardsharp.loadtest.run import Place, run
from cardsharp.loadtest.watch import TableWatch

__all__ = ["Bot", "Figures", "Habits", "Place", "Summary", "TableWatch", "run"]
