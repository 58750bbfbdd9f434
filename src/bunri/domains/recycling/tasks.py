"""Queue handlers of recycling."""

from bunri.domains.recycling.explaining import Explaining
from bunri.domains.recycling.public import ExplainRequested
from bunri.platform.queue import handler

HANDLERS = (handler("recycling.explain", on=ExplainRequested, service=Explaining, call=Explaining.explain),)
