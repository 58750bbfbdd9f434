"""Expected failures of locations."""

from bunri.kit.errors import Invalid, Missing, TooLarge, Unsupported


class BinMissing(Missing):
    code = "bin_missing"


class AreaUpsideDown(Invalid):
    """The south is north of the north, or the west east of the east. An area may not cross the 180th meridian."""

    code = "area_upside_down"


class RegionUnknown(Invalid):
    """No province or district has that name, or several have. Data: ``name``."""

    code = "region_unknown"


class BinsFileTooLarge(TooLarge):
    """Data: ``limit_mb``."""

    code = "bins_file_too_large"


class BinsFileUnsupported(Unsupported):
    """Neither CSV nor GeoJSON text: a spreadsheet, an archive, UTF-16."""

    code = "bins_file_unsupported"


class BinsFileBroken(Invalid):
    """The file is not valid CSV or GeoJSON from a line on. Data: ``line``."""

    code = "bins_file_broken"


class BinsColumnsMissing(Invalid):
    """No column for the coordinates was recognised. Data: ``found``, the header."""

    code = "bins_columns_missing"


class BinsMappingInvalid(Invalid):
    """A column of ``--map`` is not in the file, or its field is unknown. Data: ``column``, ``field``."""

    code = "bins_mapping_invalid"
