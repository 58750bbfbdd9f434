"""Expected failures of recycling."""

from bunri.kit.errors import Missing, Unavailable


class RuleItemMissing(Missing):
    """No such item (``slug``)."""

    code = "item_missing"


class RegionMissing(Missing):
    """No such region (``name``); ``near`` are those whose names come nearest, for people."""

    code = "region_missing"


class RulesMissing(Unavailable):
    """No rule table was loaded yet: ``bunri migrate`` does it."""

    code = "rules_missing"
