"""All sales units of one sandbox, each a world of its own with a journal, a state and a clock."""

from sandbox.world.partners import Partner
from sandbox.world.sales_unit import SalesUnit
from sandbox.world.world import World

__all__ = ["Partner", "SalesUnit", "World"]
