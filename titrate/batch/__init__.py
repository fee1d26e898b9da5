"""Many requests at once: each planned and proved, one record for each, in their order.

`shard` is all of it as one pure function over files: the same requests, rules and moment give the same bytes on any
machine. `question` reads one line, `answer` plans and proves it and makes its record, `lines` hands out a file in
portions, `journal` keeps what is done through an interruption, `run` joins them, with one worker or several.
"""

from titrate.batch.run import run, shard
from titrate.batch.tally import Settings, Tally

__all__ = ["Settings", "Tally", "run", "shard"]
