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
    """None of the formats: another archive, UTF-16 without its mark."""

    code = "bins_file_unsupported"


class BinsFileBroken(Invalid):
    """The file is not valid in its format from a line on. Data: ``line``."""

    code = "bins_file_broken"


class BinsColumnsMissing(Invalid):
    """No column for the coordinates was recognised. Data: ``found``, the header."""

    code = "bins_columns_missing"


class BinsMappingInvalid(Invalid):
    """A column of ``--map`` is not in the file, or its field is unknown. Data: ``column``, ``field``."""

    code = "bins_mapping_invalid"


class BinsFileOldExcel(Unsupported):
    """Excel's format until 2003, or a workbook with a password."""

    code = "bins_file_old_excel"


class BinsSheetMissing(Invalid):
    """The workbook has no such sheet. Data: ``sheet``, and ``found``, those that it has."""

    code = "bins_sheet_missing"


class BinsCrsUnknown(Invalid):
    """Nothing is called so in PROJ's register of coordinate systems. Data: ``crs``."""

    code = "bins_crs_unknown"


class BinsCrsUnclear(Invalid):
    """The coordinates fit several systems. Data: ``found``, the first ones; ``choices``, codes."""

    code = "bins_crs_unclear"


class BinsExtraMissing(Invalid):
    """A library that this file needs is not installed. Data: ``library``."""

    code = "bins_extra_missing"
