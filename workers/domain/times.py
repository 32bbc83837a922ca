"""Points in time that have a meaning of their own."""

import datetime as dt

AT_ONCE = dt.datetime.min.replace(tzinfo=dt.UTC)
"""A due time that has come, whatever the clock says."""
