"""What every worker measures; a worker's own metrics stand in its file in fleet/."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from workers import __version__

# a second series for every counter that says when it began: nobody asks for it here
disable_created_metrics()  # type: ignore[no-untyped-call]

RECORDS = Counter(
    "khabar_records_total",
    "Input records, each counted once, when its transaction was committed.",
    ["worker", "topic", "outcome"],
)
BATCH_RECORDS = Histogram(
    "khabar_batch_records",
    "Input records in one transaction.",
    ["worker"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200),
)
BATCH_SECONDS = Histogram(
    "khabar_batch_seconds",
    "Time in the handler for one batch.",
    ["worker"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
TRANSACTION_SECONDS = Histogram(
    "khabar_transaction_seconds",
    "Time from the begin of a transaction to the end of its commit.",
    ["worker"],
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60),
)
TRANSACTIONS = Counter(
    "khabar_transactions_total",
    "Transactions by result: committed, or aborted with everything in them.",
    ["worker", "result"],
)
REBALANCES = Counter(
    "khabar_rebalances_total",
    "Changes of the partitions that this process owns.",
    ["worker"],
)
UNREADABLE_STATES = Counter(
    "khabar_unreadable_states_total",
    "Records of a state topic that broke their schema and were left out.",
    ["worker"],
)
LAG = Gauge(
    "khabar_lag_records",
    "Offsets of a source topic that are still to be read, on the owned partitions.",
    ["worker", "topic"],
)
HELD = Gauge(
    "khabar_held_records",
    "Delayed records in memory that wait for their time.",
    ["worker"],
)
PARTITIONS = Gauge(
    "khabar_assigned_partitions",
    "Source partitions that this process owns.",
    ["worker"],
)
LAST_PROGRESS = Gauge(
    "khabar_last_progress_timestamp_seconds",
    "When the loop last went round, Unix time.",
    ["worker"],
)
BUILD_INFO = Gauge(
    "khabar_build_info", "Always 1; the version is a label.", ["version", "worker"]
)


def announce(worker: str) -> None:
    """Show version and name of the worker, and its counts from zero."""
    BUILD_INFO.labels(__version__, worker).set(1)
    for result in ("committed", "aborted"):
        TRANSACTIONS.labels(worker, result)
