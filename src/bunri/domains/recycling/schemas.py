"""Response bodies of recycling's endpoints."""

from pydantic import BaseModel, Field

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
