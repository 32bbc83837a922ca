"""For the demo and the tests: a broker, a news site, child processes."""
