"""Response bodies of recycling's endpoints."""

from datetime import time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bunri.domains.recycling.public import Disposal, Part
from bunri.kit.materials import Material, Tag


class Rule(BaseModel):
    """What the table says of one item, with the region and tags asked for."""

    item: str = Field(description="Slug of the item.")
    name: str
    material: Material
    form: str | None
    disposal: Disposal
    parts: list[Part]


class Change(BaseModel):
    """What a tag would change."""

    tag: Tag
    name: str = Field(description="The state as a person would say it.")
    category: str = Field(description="Slug of the category it goes to then, with the tags asked for.")
    category_name: str


class ItemDetails(Rule):
    synonyms: list[str] = Field(description="Other names, in the language asked for.")
    changes: list[Change] = Field(description="States that are common for it and change the advice.")


class StoredItem(ItemDetails):
    """An item with all that is needed to find it, and to tell about it in each of its states, without a network."""

    names: list[str] = Field(description="All its names in every language, the official ones first.")
    states: dict[Tag, Disposal] = Field(description="How to throw it away in each of the states of `changes` alone.")


class ItemList(BaseModel):
    version: str = Field(description="Version of the rule table.")
    items: list[StoredItem]


class Category(BaseModel):
    slug: str
    name: str
    place: str = Field(description="Where it goes, as a sentence.")
    why: str
    bin_kinds: list[str] = Field(description="Kinds of bin that take it, best first.")


class Region(BaseModel):
    slug: str
    name: str
    within: str | None = Field(description="Slug of the region whose rules it inherits.")
    rules: int = Field(description="How many rules differ from the national ones.")


class CollectionDayIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    material: Material
    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    begins: time | None = Field(None, description="From when it may be put out, local time.")
    ends: time | None = Field(None, description="Until when; not later than `begins`: until the next morning.")

    @model_validator(mode="after")
    def _local(self) -> Self:
        if any(each and (each.tzinfo or each.second or each.microsecond) for each in (self.begins, self.ends)):
            raise ValueError("times are local, in whole minutes")
        return self


class CollectionDaysIn(BaseModel):
    """The days of a building, in place of what was said before."""

    model_config = ConfigDict(extra="forbid")

    region: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    building: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")
    ]
    days: list[CollectionDayIn] = Field(max_length=60, description="None: those of the district hold again.")

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({(day.material, day.weekday) for day in self.days}) < len(self.days):
            raise ValueError("a material is said once for each weekday")
        return self
