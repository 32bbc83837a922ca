"""What a message broker is to a worker, and one in memory."""
