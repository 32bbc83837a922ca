"""Kafka behind the ports of messaging; the only place that speaks it."""
