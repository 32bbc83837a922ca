"""One exchange over one connection: checked addresses, framing, codings, limits.

What is asked, by whom and how often, is decided outside: by the client, the fetcher and
the scheduler.
"""
