from collections.abc import Iterator

import pytest

from tests.support.kafka.guarded_broker import Guarded, guarded_broker


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """One broker with passwords, certificates and access rules for the session."""
    with guarded_broker(tmp_path_factory.mktemp("certificates")) as broker:
        yield broker
