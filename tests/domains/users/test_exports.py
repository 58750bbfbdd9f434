"""Archives of everything kept of a person: made once, whatever fails, and gone in time."""

import asyncio
import errno
import io
import os
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from tests.domains.users.conftest import Album
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.domains.auth.public import Caller
from bunri.domains.users.archive import Archive
from bunri.domains.users.errors import ExportMissing
from bunri.domains.users.public import ExportAsked
from bunri.domains.users.records import ExportState, export_key
from bunri.domains.users.schemas import ExportOut
from bunri.domains.users.service.exporting import Exporting
from bunri.domains.users.service.exports import Exports
from bunri.domains.users.user_data import UsersUserData
from bunri.kit.errors import Full, Unavailable
from bunri.platform.storage import ObjectMissing, Storage, StorageUnavailable

BASE = "http://bunri.test"


async def _archive(storage: Storage, export: ExportOut) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(await storage.read(export_key(export.id), 2**24)))


def _event(export: ExportOut) -> ExportAsked:
    return ExportAsked(export_id=str(export.id))


async def test_has_documents_pictures_and_what_is_gone(
    exports: Exports, exporting: Exporting, storage: Storage, caller: Caller, album: Album
) -> None:
    album.objects = ["kept/a.webp", "kept/gone.webp"]
    await storage.write("kept/a.webp", b"a picture", "image/webp")
    asked = await exports.ask(caller, BASE)
    assert (asked.state, asked.progress, asked.download_url) == (ExportState.WAITING, 0, None)
    await exporting.work(_event(asked))
    ready = await exports.get(caller, asked.id, BASE)
    assert (ready.state, ready.progress) == (ExportState.READY, 100)
    with await _archive(storage, ready) as archive:
        assert sorted(archive.namelist()) == ["README.txt", "album.json", "kept/a.webp", "missing.txt"]
        assert orjson.loads(archive.read("album.json"))["owner"] == caller.id
        assert archive.read("kept/a.webp") == b"a picture"
        assert archive.read("missing.txt") == b"kept/gone.webp\n"


async def test_asked_for_by_many_at_once_is_made_once(exports: Exports, caller: Caller) -> None:
    asked = await asyncio.gather(*(exports.ask(caller, BASE) for _ in range(5)))
    assert len({each.id for each in asked}) == 1
    assert len(await exports.of(caller, BASE)) == 1


async def test_made_twice_is_the_same(exports: Exports, exporting: Exporting, storage: Storage, caller: Caller) -> None:
    asked = await exports.ask(caller, BASE)
    await asyncio.gather(*(exporting.work(_event(asked)) for _ in range(2)))
    before = await exports.get(caller, asked.id, BASE)
    await exporting.work(_event(asked))  # the queue brings it once more
    after = await exports.get(caller, asked.id, BASE)
    signed_anew = {"download_url"}  # for a day from the second at which it was asked for
    assert after.model_dump(exclude=signed_anew) == before.model_dump(exclude=signed_anew)
    with await _archive(storage, after) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("failure", [Unavailable(), StorageUnavailable(reason="away")], ids=["domain", "store"])
async def test_a_domain_that_is_away_is_waited_for(
    exports: Exports, exporting: Exporting, caller: Caller, album: Album, failure: Exception
) -> None:
    album.failure = failure
    asked = await exports.ask(caller, BASE)
    with pytest.raises(Unavailable):
        await exporting.work(_event(asked))
    assert (await exports.get(caller, asked.id, BASE)).download_url is None
    album.failure = None
    await exporting.work(_event(asked))
    assert (await exports.get(caller, asked.id, BASE)).state == ExportState.READY


async def test_a_full_disk_is_told_and_waited_for(
    exports: Exports, exporting: Exporting, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    asked = await exports.ask(caller, BASE)
    with monkeypatch.context() as patched:
        patched.setattr(Archive, "add_document", full)
        with pytest.raises(Full):
            await exporting.work(_event(asked))
    await exporting.work(_event(asked))
    assert (await exports.get(caller, asked.id, BASE)).state == ExportState.READY


async def test_leaves_nothing_behind_on_the_worker(
    exports: Exports,
    exporting: Exporting,
    caller: Caller,
    album: Album,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    album.failure = Unavailable()
    with pytest.raises(Unavailable):
        await exporting.work(_event(await exports.ask(caller, BASE)))
    assert not [name for name in await asyncio.to_thread(os.listdir, tmp_path) if name.startswith("bunri-export")]


async def test_what_came_to_no_end_has_failed_and_can_be_asked_for_again(
    exports: Exports, exporting: Exporting, caller: Caller, clock: Clockwork
) -> None:
    asked = await exports.ask(caller, BASE)  # and its worker dies
    clock.move(hours=2)
    await exports.forget()
    assert (await exports.get(caller, asked.id, BASE)).state == ExportState.WAITING
    clock.move(hours=2)
    await exports.forget()
    assert (await exports.get(caller, asked.id, BASE)).state == ExportState.FAILED
    await exporting.work(_event(asked))  # the message comes after all
    assert (await exports.get(caller, asked.id, BASE)).state == ExportState.FAILED
    again = await exports.ask(caller, BASE)
    assert again.id != asked.id
    assert [each.id for each in await exports.of(caller, BASE)] == [again.id]


async def test_is_gone_after_a_day(
    exports: Exports, exporting: Exporting, storage: Storage, caller: Caller, clock: Clockwork
) -> None:
    asked = await exports.ask(caller, BASE)
    await exporting.work(_event(asked))
    clock.move(hours=24, seconds=1)
    with pytest.raises(ExportMissing):
        await exports.get(caller, asked.id, BASE)
    assert await exports.of(caller, BASE) == []
    await exports.forget()
    assert await storage.stat(export_key(asked.id)) is None


async def test_one_whose_owner_leaves_meanwhile_is_not_kept(
    exports: Exports, exporting: Exporting, storage: Storage, caller: Caller, album: Album, data: UsersUserData
) -> None:
    asked = await exports.ask(caller, BASE)

    class Leaving(Album):
        async def export(self, owner: str) -> Any:
            await data.erase(owner)
            return await album.export(owner)

    exporting._data = type(exporting._data)({"album": Leaving()})
    await exporting.work(_event(asked))
    with pytest.raises(ObjectMissing):
        await storage.read(export_key(asked.id), 2**20)


async def test_is_nobody_elses(exports: Exports, caller: Caller, new_caller: NewCaller) -> None:
    asked, stranger = await exports.ask(caller, BASE), await new_caller()
    for use in (exports.get(stranger, asked.id, BASE), exports.remove(stranger, asked.id)):
        with pytest.raises(ExportMissing):
            await use
    with pytest.raises(ExportMissing):
        await exports.get(caller, UUID(int=7), BASE)
