"""``/api/v1/recycling``: the rule table, by words and row by row."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from bunri.domains.auth.public import Caller
from bunri.domains.recycling.collecting import CollectionDays
from bunri.domains.recycling.public import Collections, Kind, Match
from bunri.domains.recycling.schemas import Category, CollectionDaysIn, ItemDetails, ItemList, Region, Rule
from bunri.domains.recycling.service import RecyclingService
from bunri.kit.materials import Tag
from bunri.platform.http import PreferredLanguage, policy, signed_in, use

router = APIRouter(prefix="/api/v1/recycling", tags=["recycling"])

Recycling = Annotated[RecyclingService, use(RecyclingService)]
Slug = Annotated[str, Query(max_length=80)]
RegionName = Annotated[
    str, Query(max_length=80, description="A region's slug or name.", examples=["seoul-nowon", "노원구"])
]
Tags = Annotated[list[Tag], Query(default_factory=list, max_length=len(Tag), description="What a camera cannot see.")]


@router.get("/search", summary="Items by words")
async def search(
    recycling: Recycling,
    language: PreferredLanguage,
    q: Annotated[str, Query(min_length=1, max_length=200, examples=["컵라면 용기", "깨진 유리"])],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[Match]:
    """Best first, in Korean or English; forgives typos, half-typed syllables and a keyboard left in English."""
    return await recycling.search(q, language, limit)


@router.get("/items", summary="All items, for use without a network", response_model=ItemList)
async def items(
    recycling: Recycling,
    language: PreferredLanguage,
    region: RegionName | None = None,
    if_none_match: Annotated[str, Header()] = "",
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """How to throw each of them away in a region, as it is and in each state that would change that. About 70 kB by
    gzip; the ETag changes when anything of it does."""
    document = await recycling.all_items(language, region)
    headers = {"ETag": document.etag, "Cache-Control": "no-cache", "Vary": "Accept-Language, Accept-Encoding"}
    if document.etag in if_none_match:
        return Response(status_code=304, headers=headers)
    if "gzip" not in accept_encoding:
        return Response(document.plain(), media_type="application/json", headers=headers)
    return Response(document.packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})


@router.get("/items/{slug}", summary="One item")
async def item(
    slug: str, recycling: Recycling, language: PreferredLanguage, tags: Tags, region: RegionName | None = None
) -> ItemDetails:
    """How and why to throw it away, and which states would change that."""
    return await recycling.item(slug, language, region, tags)


@router.get("/rules", summary="The rule table")
async def rules(
    recycling: Recycling,
    language: PreferredLanguage,
    response: Response,
    tags: Tags,
    region: RegionName | None = None,
    item: Slug | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Slug | None = None,
) -> list[Rule]:
    """As it stands in a region, for things in a given state. The next page's cursor is in `X-Next-Cursor`."""
    page = await recycling.rules(language, region=region, item=item, tags=tags, after=cursor, limit=limit + 1)
    if len(page) > limit:
        response.headers["X-Next-Cursor"] = page[limit - 1].item
    return page[:limit]


@router.get("/kinds", summary="What people throw away, in a screenful of words")
async def kinds(recycling: Recycling, language: PreferredLanguage) -> list[Kind]:
    """Commonest first. Each is a value that answers a question about a photo; every category is reached by one."""
    return await recycling.kinds(language)


@router.get("/categories", summary="Where things go")
async def categories(recycling: Recycling, language: PreferredLanguage) -> list[Category]:
    return await recycling.categories(language)


@router.get("/regions", summary="Cities and districts with rules of their own")
async def regions(recycling: Recycling, language: PreferredLanguage) -> list[Region]:
    return await recycling.regions(language)


@router.get("/collection-days", summary="When what is collected")
async def collection_days(
    recycling: Recycling,
    language: PreferredLanguage,
    region: RegionName,
    building: Annotated[str | None, Query(max_length=60)] = None,
) -> Collections:
    """A building's own days, else the district's. Empty where nobody has said: none are made up."""
    return await recycling.collection_days(await recycling.region(region, language), building)


@router.put("/collection-days", summary="Say when one's building's waste is collected")
@policy()
async def say_collection_days(
    body: CollectionDaysIn,
    caller: Annotated[Caller, signed_in],
    collecting: Annotated[CollectionDays, use(CollectionDays)],
    recycling: Recycling,
) -> Collections:
    """By somebody whose profile names the building, for everybody who lives there. Who says it last is right."""
    await collecting.say(caller, body)
    return await recycling.collection_days(body.region, body.building)
