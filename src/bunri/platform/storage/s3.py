"""Objects in any store that speaks the plain S3 API: AWS, SeaweedFS, Garage, RustFS, Ceph …"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import boto3
import structlog
from boto3.exceptions import S3UploadFailedError
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bunri.kit.clock import Clock, now
from bunri.platform.storage.errors import ObjectMissing, ObjectTooLarge, StorageFull, StorageUnavailable
from bunri.platform.storage.protocol import CHECK_FOLDER, ObjectStat, UploadTicket, check_round_trip, checked

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_s3.type_defs import LifecycleRuleTypeDef, ListObjectsV2RequestTypeDef

_ABSENT: Final = {"NoSuchKey", "404", "NotFound"}
_BEHIND_THE_END: Final = {"InvalidRange", "416"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class S3Address:
    """Where a bucket is and how to ask for it. Empty fields are left to the environment and AWS's defaults."""

    bucket: str
    endpoint: str | None = None
    public_endpoint: str | None = None
    key: str | None = None
    secret: str | None = None
    region: str = "us-east-1"
    path_style: bool = True

    @classmethod
    def parse(cls, url: str) -> "S3Address":
        """``s3://[KEY:SECRET@]HOST[:PORT]/BUCKET?region=&tls=&path_style=&public=``, or ``s3://BUCKET`` for AWS.

        ``tls`` and ``path_style`` are ``true`` unless said otherwise; ``public`` is the endpoint's URL as clients see
        it, where that differs. Raises ValueError.
        """
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        unknown = query.keys() - {"region", "tls", "path_style", "public"}
        host, path = parts.hostname or "", parts.path.strip("/")
        if parts.scheme != "s3" or not host or "/" in path or unknown:
            raise ValueError("an S3 address is s3://[KEY:SECRET@]HOST[:PORT]/BUCKET?region=&tls=&path_style=&public=")
        return cls(
            bucket=path or host,
            endpoint=_endpoint(parts, query.get("tls", "true")) if path else None,
            public_endpoint=query.get("public"),
            key=unquote(parts.username) if parts.username else None,
            secret=unquote(parts.password) if parts.password else None,
            region=query.get("region", "us-east-1"),
            path_style=bool(path) and query.get("path_style", "true") != "false",
        )


def _endpoint(parts: SplitResult, tls: str) -> str:
    scheme = "http" if tls == "false" else "https"
    return f"{scheme}://{parts.netloc.rpartition('@')[2]}"


class S3Storage:
    """A bucket. boto3 blocks, so each call runs in a thread; a client may be shared between threads."""

    def __init__(self, address: S3Address, clock: Clock = now, *, within_s: float | None = None) -> None:
        self._bucket = address.bucket
        self._client = _client(address, address.endpoint, within_s)
        self._public = _client(address, address.public_endpoint, within_s) if address.public_endpoint else self._client
        self._clock = clock

    async def ticket(
        self,
        key: str,
        *,
        content_type: str,
        size: int,
        expires_in: timedelta,
        base_url: str,  # noqa: ARG002 - S3 has an address of its own
    ) -> UploadTicket:
        """Size and type are among the signed headers: the store refuses others."""
        wanted = {"Bucket": self._bucket, "Key": checked(key), "ContentType": content_type, "ContentLength": size}
        expires_at = self._clock() + expires_in
        url = await asyncio.to_thread(
            self._public.generate_presigned_url, "put_object", Params=wanted, ExpiresIn=int(expires_in.total_seconds())
        )
        return UploadTicket(url, expires_at, {"Content-Type": content_type})

    async def url(self, key: str, *, expires_in: timedelta, base_url: str) -> str:  # noqa: ARG002
        wanted = {"Bucket": self._bucket, "Key": checked(key), "ResponseCacheControl": "private, max-age=300"}
        return await asyncio.to_thread(
            self._public.generate_presigned_url, "get_object", Params=wanted, ExpiresIn=int(expires_in.total_seconds())
        )

    async def read(self, key: str, max_bytes: int) -> bytes:
        return await asyncio.to_thread(self._read, checked(key), max_bytes)

    async def read_part(self, key: str, start: int, length: int) -> bytes:
        return await asyncio.to_thread(self._read_part, checked(key), start, length)

    async def stat(self, key: str) -> ObjectStat | None:
        return await asyncio.to_thread(self._stat, checked(key))

    async def write(self, key: str, data: bytes, content_type: str) -> None:
        await asyncio.to_thread(self._write, checked(key), data, content_type)

    async def write_file(self, key: str, path: Path, content_type: str) -> None:
        await asyncio.to_thread(self._write_file, checked(key), path, content_type)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, checked(key))

    async def close_tickets(self, key: str) -> None:
        """S3 cannot take a presigned URL back."""

    async def sweep(self, *, older_than: timedelta, prefix: str) -> int:
        """Only needed where the store has no lifecycle rules, which do the same."""
        return await asyncio.to_thread(self._sweep, self._clock() - older_than, prefix)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        page: tuple[list[str], str | None] = [], None
        while True:
            page = await asyncio.to_thread(self._page, prefix, page[1])
            for key in page[0]:
                yield key
            if page[1] is None:
                return

    async def check(self) -> None:
        await check_round_trip(self)

    async def prepare(self, folders: Mapping[str, timedelta]) -> bool:
        """Create the bucket when missing and set lifecycle rules for our folders; other rules stay."""
        return await asyncio.to_thread(self._prepare, {**folders, CHECK_FOLDER: timedelta(days=1)})

    def _read(self, key: str, max_bytes: int) -> bytes:
        with _translated_errors():
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            with answer["Body"] as body:
                if answer["ContentLength"] > max_bytes:
                    raise ObjectTooLarge(limit=max_bytes)
                return body.read()

    def _read_part(self, key: str, start: int, length: int) -> bytes:
        wanted = f"bytes={start}-{start + length - 1}"
        with _translated_errors():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=wanted)
            except ClientError as error:
                if _code(error) in _BEHIND_THE_END:
                    return b""
                raise
            with answer["Body"] as body:
                return body.read()

    def _stat(self, key: str) -> ObjectStat | None:
        with suppress(ObjectMissing), _translated_errors():
            answer = self._client.head_object(Bucket=self._bucket, Key=key)
            return ObjectStat(answer["ContentLength"], answer.get("ContentType", "application/octet-stream"))
        return None

    def _write(self, key: str, data: bytes, content_type: str) -> None:
        with _translated_errors():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

    def _write_file(self, key: str, path: Path, content_type: str) -> None:
        """In parts, where it is large."""
        with _translated_errors():
            try:
                self._client.upload_file(str(path), self._bucket, key, ExtraArgs={"ContentType": content_type})
            except S3UploadFailedError as error:  # of boto3's own transfers, around the ClientError
                raise error.__context__ or error from None

    def _delete(self, key: str) -> None:
        with suppress(ObjectMissing), _translated_errors():
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def _sweep(self, before: datetime, prefix: str) -> int:
        pages = self._client.get_paginator("list_objects_v2")
        count = 0
        with _translated_errors():
            for folder in (prefix, CHECK_FOLDER):
                for page in pages.paginate(Bucket=self._bucket, Prefix=folder):
                    for entry in page.get("Contents", []):
                        if entry["LastModified"] < before:
                            self._client.delete_object(Bucket=self._bucket, Key=entry["Key"])
                            count += folder == prefix
        return count

    def _page(self, prefix: str, after: str | None) -> tuple[list[str], str | None]:
        """A thousand keys, and how to ask for those that follow."""
        asked: ListObjectsV2RequestTypeDef = {"Bucket": self._bucket, "Prefix": prefix}
        if after:
            asked["ContinuationToken"] = after
        with _translated_errors():
            answer = self._client.list_objects_v2(**asked)
        keys = [entry["Key"] for entry in answer.get("Contents", [])]
        return keys, answer.get("NextContinuationToken") if answer.get("IsTruncated") else None

    def _prepare(self, folders: Mapping[str, timedelta]) -> bool:
        with _translated_errors():
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) not in _ABSENT:
                    raise
                self._create_bucket()
            try:
                return self._set_lifecycle(folders)
            except ClientError as error:
                log.warning("bucket_without_lifecycle", bucket=self._bucket, reason=_code(error))
                return False

    def _create_bucket(self) -> None:
        region = self._client.meta.region_name
        if region == "us-east-1":  # AWS takes its first region only by leaving it out
            self._client.create_bucket(Bucket=self._bucket)
        else:
            place = cast("BucketLocationConstraintType", region)
            self._client.create_bucket(Bucket=self._bucket, CreateBucketConfiguration={"LocationConstraint": place})

    def _set_lifecycle(self, folders: Mapping[str, timedelta]) -> bool:
        """Whether the store has our rules afterwards: some stores accept rules and drop them."""
        own = {folder: _expiry_rule(folder, max(1, age.days)) for folder, age in folders.items()}
        names = {rule["ID"] for rule in own.values()}
        others = [rule for rule in self._lifecycle() if rule.get("ID") not in names]
        rules = [*others, *own.values()]
        self._client.put_bucket_lifecycle_configuration(Bucket=self._bucket, LifecycleConfiguration={"Rules": rules})
        return names <= {rule.get("ID") for rule in self._lifecycle()}

    def _lifecycle(self) -> "list[LifecycleRuleTypeDef]":
        try:
            found = self._client.get_bucket_lifecycle_configuration(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) == "NoSuchLifecycleConfiguration":
                return []
            raise
        # A store that knows no lifecycles may answer with something else.
        return cast("list[LifecycleRuleTypeDef]", found.get("Rules", []))


def _expiry_rule(folder: str, days: int) -> "LifecycleRuleTypeDef":
    return {
        "ID": f"bunri-forget-{folder.rstrip('/')}",
        "Status": "Enabled",
        "Filter": {"Prefix": folder},
        "Expiration": {"Days": days},
    }


def _client(address: S3Address, endpoint: str | None, within_s: float | None) -> "S3Client":
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=address.key,
        aws_secret_access_key=address.secret,
        region_name=address.region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if address.path_style else "virtual"},
            connect_timeout=min(3, within_s or 3),
            read_timeout=within_s or 20,
            retries={"mode": "standard", "total_max_attempts": 1 if within_s else 3},
            max_pool_connections=32,
            # Not every store knows the checksums that boto3 sends by itself.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Translates errors of boto3 to those of errors.py."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _ABSENT:
            raise ObjectMissing from error
        if code in {"InsufficientStorage", "507", "XMinioStorageFull", "QuotaExceeded"}:
            raise StorageFull from error
        raise StorageUnavailable(reason=code) from error
    except BotoCoreError as error:
        raise StorageUnavailable(reason=str(error)) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
