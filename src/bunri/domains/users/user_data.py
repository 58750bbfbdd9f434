"""What users keeps of a person: what they said of themselves, their picture, and archives made for them."""

from dataclasses import replace

from bunri.domains.users.records import ProfileRecord, avatar_key, export_key
from bunri.domains.users.repository import UsersRepository
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage


class UsersUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(self, transaction: Transaction[UsersRepository], storage: Storage) -> None:
        self._transaction = transaction
        self._storage = storage

    async def export(self, owner: str) -> PersonalData:
        async with self._transaction() as repository:
            profile = await repository.profile(owner)
            exports = await repository.exports_of(owner)
        picture = avatar_key(profile.avatar) if profile.avatar else None
        document = {
            "region": profile.region,
            "building": profile.building,
            "time_zone": profile.time_zone,
            "reminder_hour": profile.reminder_hour,
            "mails": [str(each) for each in profile.mails],
            "teaches": profile.teaches,
            "teaches_said_at": profile.teaches_said_at.isoformat() if profile.teaches_said_at else None,
            "picture": picture,
            "exports": [{"state": each.state, "asked_at": each.created_at.isoformat()} for each in exports],
        }
        return PersonalData(document, (picture,) if picture else ())

    async def erase(self, owner: str) -> None:
        """Objects go before rows: when the store is away, it can be tried again. Raises StorageUnavailable."""
        async with self._transaction() as repository:
            profile = await repository.profile(owner)
            exports = await repository.exports_of(owner)
        if profile.avatar:
            await self._storage.delete(avatar_key(profile.avatar))
        for each in exports:
            await self._storage.delete(export_key(each.id))
        async with self._transaction() as repository:
            await repository.remove_profile(owner)
            for each in exports:
                await repository.remove_export(each.id)

    async def upgrade(self, old: str, new: str) -> None:
        """What ``new`` has said counts; ``old`` fills what was never said."""
        async with self._transaction() as repository:
            for owner in sorted((old, new)):  # always in one order: two mergers do not wait for each other
                await repository.lock_owner(owner)
            theirs, ours = await repository.profile(old), await repository.profile(new)
            if theirs != ProfileRecord(old):
                await repository.save(_filled(ours, theirs))
                await repository.remove_profile(old)
            await repository.hand_over_exports(old, new)
        if theirs.avatar and ours.avatar:
            await self._storage.delete(avatar_key(theirs.avatar))


def _filled(ours: ProfileRecord, theirs: ProfileRecord) -> ProfileRecord:
    """``ours``, with what only ``theirs`` has."""
    unsaid = {
        name: getattr(theirs, name)
        for name in ("region", "building", "time_zone", "reminder_hour", "avatar")
        if getattr(ours, name) is None
    }
    if ours.teaches is None:
        unsaid |= {"teaches": theirs.teaches, "teaches_said_at": theirs.teaches_said_at}
    return replace(ours, **unsaid, mails=ours.mails or theirs.mails)
