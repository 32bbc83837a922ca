"""The limits of the poll schedule, as the settings have them by default."""

from workers.fleet.poll.settings import PollSettings, bounds

BOUNDS = bounds(PollSettings())
