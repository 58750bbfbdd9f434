"""How singing can fail."""

from bunri.kit.errors import Conflict


class SongKnown(Conflict):
    """Somebody sings ``title`` already."""

    code = "song_known"
