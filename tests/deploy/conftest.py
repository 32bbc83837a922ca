from collections.abc import Mapping, Sequence

import pytest

from tests.support.deploy.chart import Object, check
from tests.support.deploy.chart_values import CASES, REFUSED


@pytest.fixture(scope="session")
def results() -> Mapping[str, Object]:
    """What Helm and the schemas say to each set of values, asked once."""
    cases = {**CASES, **REFUSED}
    return dict(zip(cases, check([*cases.values()]), strict=True))


@pytest.fixture(params=CASES)
def objects(
    results: Mapping[str, Object], request: pytest.FixtureRequest
) -> Sequence[Object]:
    """Objects of the chart, of one set of values after the other."""
    found: Sequence[Object] = results[request.param]["objects"]
    return found


@pytest.fixture
def plain(results: Mapping[str, Object]) -> Sequence[Object]:
    """Objects of the chart with the values that it has itself."""
    found: Sequence[Object] = results["plain"]["objects"]
    return found


@pytest.fixture
def full(results: Mapping[str, Object]) -> Sequence[Object]:
    """Objects of the chart with everything switched on."""
    found: Sequence[Object] = results["everything"]["objects"]
    return found
