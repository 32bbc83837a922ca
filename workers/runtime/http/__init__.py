"""HTTP: one client, one way to spare hosts, and a server for callbacks.

- `client` fetches a URL: `target` parses it, `connector` checks the address,
  `connections` keep sockets, `exchange` sends and reads under `transfer_limits`.
- `host_queue` says which host may be asked when, `fetch_pool` runs what may start.
- `scheduler` polls what falls due with time; `fetcher` fetches batches of pages under
  robots.txt (`robots_cache`). Both, and `khabar feeds check`, use queue and pool.
- `callback_server` serves what others call.

What is fetched and what a response means is no business of this room.
"""
