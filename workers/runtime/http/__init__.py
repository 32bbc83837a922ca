"""HTTP: the client, fetching from many hosts, and a server for callbacks."""
