"""Expected failures of recycling."""

from bunri.kit.errors import Forbidden, Invalid, Missing, Unavailable


class RuleItemMissing(Missing):
    """No such item (``slug``)."""

    code = "item_missing"


class RegionMissing(Missing):
    """No such region (``name``); ``near`` are those whose names come nearest, for people."""

    code = "region_missing"


class RulesMissing(Unavailable):
    """No rule table was loaded yet: ``bunri migrate`` does it."""

    code = "rules_missing"


class BuildingNotYours(Forbidden):
    """Only who says in their profile that they live in a building says its collection days."""

    code = "building_not_yours"


class CollectionFileInvalid(Invalid):
    """A table of collection days that cannot be read. Data: ``line``, ``why``."""

    code = "collection_file_invalid"
