from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
import pytest
from tests.support.s3 import s3_server

from bunri.platform.storage import StorageUnavailable, open_storage
from bunri.platform.storage.protocol import CHECK_FOLDER
from bunri.platform.storage.s3 import S3Address, S3Storage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_s3.type_defs import LifecycleRuleTypeDef


class TestAddress:
    def test_names_endpoint_bucket_and_credentials(self) -> None:
        address = S3Address.parse("s3://key:s%2Fcret@store:9000/waste-images?region=ap-northeast-2&tls=false")
        assert address == S3Address(
            "waste-images", "http://store:9000", key="key", secret="s/cret", region="ap-northeast-2"
        )

    def test_of_aws_is_the_bucket_alone_and_leaves_credentials_to_the_environment(self) -> None:
        address = S3Address.parse("s3://waste-images?region=ap-northeast-2")
        assert address == S3Address("waste-images", region="ap-northeast-2", path_style=False)

    @pytest.mark.parametrize(
        "url", ["s3://", "s3:///bucket", "s3://host/a/b", "s3://host/bucket?tsl=false", "https://host/bucket"]
    )
    def test_that_makes_no_sense_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match="s3://"):
            S3Address.parse(url)

    def test_of_clients_may_differ_from_ours(self) -> None:
        address = S3Address.parse("s3://key:secret@store:9000/b?tls=false&public=https://files.example.org")
        assert address.public_endpoint == "https://files.example.org"


@pytest.fixture
def bucket(moto_address: S3Address) -> Iterator["S3Client"]:
    """A client of the bucket's owner, who keeps other things in it too; empty and without rules at the end."""
    client = boto3.client(
        "s3",
        endpoint_url=moto_address.endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name=moto_address.region,
    )
    place: BucketLocationConstraintType = "ap-northeast-2"
    client.create_bucket(Bucket="bunri", CreateBucketConfiguration={"LocationConstraint": place})
    yield client
    for entry in client.list_objects_v2(Bucket="bunri").get("Contents", []):
        client.delete_object(Bucket="bunri", Key=entry["Key"])
    client.delete_bucket(Bucket="bunri")


FOLDERS = {"uploads/": timedelta(hours=2), "kept/": timedelta(days=30)}


class TestBucket:
    async def test_is_made_when_it_is_missing(self, moto_address: S3Address) -> None:
        storage = S3Storage(replace(moto_address, bucket="new"))
        assert await storage.prepare(FOLDERS)
        assert await storage.prepare(FOLDERS)
        await storage.check()

    async def test_forgets_what_is_in_our_folders_at_its_age(self, moto_address: S3Address, bucket: "S3Client") -> None:
        await S3Storage(moto_address).prepare({folder: timedelta(days=7) for folder in FOLDERS})
        assert await S3Storage(moto_address).prepare(FOLDERS)
        rules = bucket.get_bucket_lifecycle_configuration(Bucket="bunri")["Rules"]
        assert {rule["Filter"]["Prefix"]: rule["Expiration"]["Days"] for rule in rules} == {
            "uploads/": 1,
            "kept/": 30,
            CHECK_FOLDER: 1,
        }
        assert {rule["Status"] for rule in rules} == {"Enabled"}

    async def test_keeps_the_rules_of_others(self, moto_address: S3Address, bucket: "S3Client") -> None:
        logs: LifecycleRuleTypeDef = {
            "ID": "logs",
            "Status": "Enabled",
            "Filter": {"Prefix": "logs/"},
            "Expiration": {"Days": 400},
        }
        bucket.put_bucket_lifecycle_configuration(Bucket="bunri", LifecycleConfiguration={"Rules": [logs]})
        assert await S3Storage(moto_address).prepare(FOLDERS)
        rules = bucket.get_bucket_lifecycle_configuration(Bucket="bunri")["Rules"]
        assert len(rules) == 4
        assert logs in rules

    async def test_that_is_shared_is_swept_of_our_objects_alone(
        self, moto_address: S3Address, bucket: "S3Client"
    ) -> None:
        for key in ("backups/monday", "uploads", "uploads/a", "kept/b.webp", f"{CHECK_FOLDER}c"):
            bucket.put_object(Bucket="bunri", Key=key, Body=b"old")
        in_a_year = S3Storage(moto_address, lambda: datetime.now(UTC) + timedelta(days=365))
        for folder in ("uploads/", "kept/"):
            assert await in_a_year.sweep(older_than=timedelta(days=30), prefix=folder) == 1
        left = bucket.list_objects_v2(Bucket="bunri")["Contents"]
        assert [entry["Key"] for entry in left] == ["backups/monday", "uploads"]

    async def test_says_when_the_store_knows_no_lifecycles(self, s3_address: str) -> None:
        assert await S3Storage(S3Address.parse(s3_address)).prepare(FOLDERS) is False


class TestTickets:
    async def test_point_clients_to_the_public_endpoint(self, s3_address: str) -> None:
        storage = open_storage(f"{s3_address}&public=https://files.example.org", secret="")
        ticket = await storage.ticket(
            "uploads/a", content_type="image/jpeg", size=5, expires_in=timedelta(minutes=5), base_url=""
        )
        assert urlsplit(ticket.url).netloc == "files.example.org"

    async def test_sign_size_and_type(self, s3_address: str) -> None:
        storage = open_storage(s3_address, secret="")
        ticket = await storage.ticket(
            "uploads/a", content_type="image/jpeg", size=5, expires_in=timedelta(minutes=5), base_url=""
        )
        assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost" in ticket.url
        assert "X-Amz-Expires=300" in ticket.url


class TestFaults:
    async def test_wrong_credentials_are_unavailability_with_a_reason(self, s3_address: str) -> None:
        _, _, host = s3_address.rpartition("@")
        with pytest.raises(StorageUnavailable, match=r"SignatureDoesNotMatch|AccessDenied|Invalid"):
            await open_storage(f"s3://AKTESTS:wrong@{host}", secret="").check()

    async def test_a_bucket_that_is_not_there_is_unavailability(self, s3_address: str) -> None:
        with pytest.raises(StorageUnavailable, match="NoSuchBucket"):
            await open_storage(s3_address.replace("/bunri?", "/nowhere?"), secret="").check()

    async def test_no_server_is_unavailability(self) -> None:
        with pytest.raises(StorageUnavailable):
            await open_storage("s3://key:secret@127.0.0.1:9/bunri?tls=false", secret="").check()


async def test_all_keys_of_a_folder_with_more_than_a_page(tmp_path: Path) -> None:
    folder = tmp_path / "bunri" / "listed"
    folder.mkdir(parents=True)
    names = {f"listed/{number:04}" for number in range(2001)}
    for name in names:
        (tmp_path / "bunri" / name).touch()
    with s3_server(tmp_path) as address:
        storage = open_storage(address, secret="")
        assert {key async for key in storage.keys("listed/")} == names
