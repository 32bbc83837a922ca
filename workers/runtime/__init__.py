"""Side effects that know nothing of news: Kafka, HTTP, settings, metrics."""
