"""Who plays a story: the merchant, the customer, time, and those who look whether all is as it should be."""

from sandbox.playback.actors.clock import Clock
from sandbox.playback.actors.customer import Customer
from sandbox.playback.actors.expectations import Expectations
from sandbox.playback.actors.merchant import Merchant
from sandbox.playback.actors.network import Network

__all__ = ["Clock", "Customer", "Expectations", "Merchant", "Network"]
