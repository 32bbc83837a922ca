"""Events from sentences: predicates of a lexicon over the dependency parse.

`syntax` reads the parse, `predicates` finds what names an event, `arguments` who takes
part in it, `attributes` whether it happened and who says so; `extraction` puts them
together. `lexicon` holds the predicates with their case frames. Models that find events
by themselves are in `workers.ednil`.
"""

from workers.stages.events.extraction import find_events

__all__ = ["find_events"]
