"""The sandbox as a container of your tests' own: pip install 'testcontainers>=4.13' httpx pytest."""

from collections.abc import Iterator

import httpx
import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy


@pytest.fixture(scope="session")
def vipps_url() -> Iterator[str]:
    container = DockerContainer("ghcr.io/acme/vipps-sandbox:0.1.0").with_exposed_ports(8080)
    with container.waiting_for(HealthcheckWaitStrategy()) as sandbox:
        yield f"http://{sandbox.get_container_host_ip()}:{sandbox.get_exposed_port(8080)}"


@pytest.fixture
def vipps_unit(vipps_url: str) -> dict[str, str]:
    """A sales unit that no other test sees."""
    made: dict[str, str] = httpx.post(f"{vipps_url}/sandbox/units", json={}).raise_for_status().json()
    return made
