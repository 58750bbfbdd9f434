"""What chat does for other domains, in one place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from bunri.domains.chat.public import Device, DeviceNotice, Name, Told
from bunri.domains.chat.service.class_rooms import ClassRooms
from bunri.domains.chat.service.devices import Devices

if TYPE_CHECKING:
    from bunri.domains.chat.public import ChatPublic


class ForDomains:
    """Implements ``ChatPublic``."""

    def __init__(self, rooms: ClassRooms, devices: Devices) -> None:
        self._rooms = rooms
        self._devices = devices

    async def enter_class_room(self, room_id: UUID, room_name: Name, person: str, name: Name, teaches: bool) -> None:
        await self._rooms.enter_class_room(room_id, room_name, person, name, teaches)

    async def leave_class_room(self, room_id: UUID, person: str, teacher: str | None, name: Name | None) -> None:
        await self._rooms.leave_class_room(room_id, person, teacher, name)

    async def erase_class_room(self, room_id: UUID) -> bool:
        return await self._rooms.erase_class_room(room_id)

    async def devices(self, people: Sequence[str]) -> list[Device]:
        return await self._devices.devices(people)

    async def tell_device(self, device_id: UUID, notice: DeviceNotice) -> Told:
        return await self._devices.tell_device(device_id, notice)


if TYPE_CHECKING:
    _: type[ChatPublic] = ForDomains
