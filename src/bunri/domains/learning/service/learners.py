"""Who learns: what their days, caps and reminders follow from."""

from bunri.domains.auth.public import AuthPublic
from bunri.domains.learning.records import Learner
from bunri.domains.learning.reminding import kept_reminder, next_reminder
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.users.public import ProfileChanged, UsersPublic
from bunri.kit.clock import Clock
from bunri.kit.languages import DEFAULT
from bunri.platform.db import Transaction


class Learners:
    """Where somebody lives and what their clock shows is said to users; learning keeps what it needs of it beside its
    own rows, so that a reminder for a hundred thousand people is one statement."""

    def __init__(
        self, transaction: Transaction[LearningRepository], users: UsersPublic, auth: AuthPublic, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._users = users
        self._auth = auth
        self._clock = clock

    async def get(self, person: str) -> Learner:
        """One who comes for the first time begins with what they have said elsewhere."""
        async with self._transaction() as repository:
            found = await repository.learner(person)
        if found:
            return found
        learner = await self._new(person)
        async with self._transaction() as repository:
            await repository.add_learner(learner)
            return await repository.learner(person) or learner

    async def profile_changed(self, event: ProfileChanged) -> None:
        """Follows where somebody lives and what their clock shows; once more does no harm. Who wants to be reminded is
        known from then on, also before they have learned anything: of what is collected tomorrow."""
        profile = await self._users.profile(event.owner)
        if profile.reminder_hour is not None and await self._auth.person(event.owner):
            await self.get(event.owner)
        async with self._transaction() as repository:
            await repository.lock_person(event.owner)
            before = await repository.learner(event.owner)
            if before is None:
                return
            await repository.change_learner(
                event.owner,
                zone=profile.time_zone,
                region=profile.region,
                building=profile.building,
                reminder_hour=profile.reminder_hour,
                remind_at=kept_reminder(before, profile.time_zone, profile.reminder_hour, self._clock()),
            )

    async def _new(self, person: str) -> Learner:
        profile, known = await self._users.profile(person), await self._auth.person(person)
        now = self._clock()
        return Learner(
            person,
            now,
            zone=profile.time_zone,
            region=profile.region,
            building=profile.building,
            language=known.language if known else DEFAULT,
            reminder_hour=profile.reminder_hour,
            remind_at=next_reminder(profile.time_zone, profile.reminder_hour, now),
        )
