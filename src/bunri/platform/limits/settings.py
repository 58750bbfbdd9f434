"""Limits of each class of requests: ``BUNRI_LIMITS__PERSON__*`` and ``BUNRI_LIMITS__NETWORK__*``."""

from collections.abc import Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from bunri.platform.limits.classes import LimitClass, Per
from bunri.platform.limits.rates import Rate, RateText, parse


class PersonLimits(BaseModel):
    """For one person who shows a token; for ``sign_in`` and ``wrong_try`` one account, for ``mail`` one person or mail
    address.

    A person who sends a photo begins and completes it, uploads it once and looks at the status some twenty times, so
    each of these is far from what one person does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: RateText = Field("1000/hour", description="Ordinary requests that change nothing.")
    write: RateText = Field("300/minute", description="Those that change something.")
    poll: RateText = Field("1200/minute", description="Statuses that the fast path did not have.")
    photo: RateText = Field("60/minute", description="Analyses begun.")
    photo_mb: RateText = Field("2000/day", description="MiB of the photos for them.")
    file_mb: RateText = Field("1000/day", description="MiB of files announced for rooms of the chat.")
    upload: RateText = Field("120/minute", description="Files sent with a token rather than a ticket.")
    download: RateText = Field("1200/minute", description="Files fetched with a token rather than a signed address.")
    picture: RateText = Field("120/minute", description="Pictures for the plain detector.")
    stream: RateText = Field("120/minute", description="Event streams opened.")
    costly: RateText = Field("60/hour", description="What asks a language model.")
    sign_in: RateText = Field("5/minute", description="Attempts to sign in to one account, from anywhere.")
    wrong_try: RateText = Field("20/hour", description="Wrong passwords, or wrong codes, for one account.")
    mail: RateText = Field("10/hour", description="Mails to one person or address.")
    socket_event: RateText = Field(
        "300/minute", description="Socket events of one name that have no class, in each process for itself."
    )
    message: RateText = Field("300/minute", description="Messages sent; by sockets in each process for itself.")
    typing: RateText = Field("300/minute", description="Signs that somebody types or has stopped.")
    read_mark: RateText = Field("300/minute", description="Words up to where somebody has read a room.")
    room_entry: RateText = Field("300/minute", description="Rooms entered.")
    report: RateText = Field("30/hour", description="Messages reported.")


class NetworkLimits(BaseModel):
    """For one network: an IPv4 address or an IPv6 /64. It counts whoever shows no token, and guests as well, since
    anybody may be as many guests as they like. A school or a provider may stand behind one address, so the numbers are
    for many people."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    read: RateText = Field("1200/minute", description="Ordinary requests that change nothing.")
    write: RateText = Field("1200/minute", description="Those that change something.")
    poll: RateText = Field("12000/minute", description="Statuses that the fast path did not have.")
    photo: RateText = Field("300/minute", description="Analyses begun.")
    photo_mb: RateText = Field("20000/day", description="MiB of the photos for them.")
    file_mb: RateText = Field("10000/day", description="MiB of files announced for rooms of the chat.")
    upload: RateText = Field("300/minute", description="Files sent; a ticket names no person.")
    download: RateText = Field("3000/minute", description="Files fetched; a signed address names no person.")
    picture: RateText = Field("240/minute", description="Pictures for the plain detector.")
    stream: RateText = Field("1200/minute", description="Event streams opened.")
    costly: RateText = Field("600/hour", description="What asks a language model.")
    sign_in: RateText = Field("120/minute", description="Attempts to sign in, to whatever account.")
    # ``register`` itself would hide a method that pydantic's models have from ABCMeta.
    register_: RateText = Field("3/minute", alias="register", description="New accounts.")
    guest: RateText = Field("60/minute", description="New guests.")
    refresh: RateText = Field("600/minute", description="New tokens for old.")
    mail: RateText = Field("100/hour", description="Requests that send a mail.")
    message: RateText = Field("1200/minute", description="Messages sent without a socket.")
    read_mark: RateText = Field("2400/minute", description="Words without a socket up to where somebody has read.")
    room_entry: RateText = Field("1200/minute", description="Rooms entered without a socket.")
    report: RateText = Field("300/hour", description="Messages reported.")


class LimitsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    person: PersonLimits = Field(default_factory=PersonLimits)
    network: NetworkLimits = Field(default_factory=NetworkLimits)

    def rates(self, limit_class: LimitClass, per: Per) -> Sequence[Rate]:
        """The rates of a class; none when it is not limited."""
        return self._rates.get((limit_class, per), ())

    @cached_property
    def _rates(self) -> dict[tuple[str, str], tuple[Rate, ...]]:
        return {
            (name, per): parse(written)
            for per, limits in (("person", self.person), ("network", self.network))
            for name, written in limits.model_dump(by_alias=True).items()
        }
