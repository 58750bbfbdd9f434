"""What can be wrong with a photo."""

from bunri.kit.errors import Invalid, Missing, TooLarge, Unavailable, Unsupported


class EmptyPhoto(Invalid):
    code = "empty_photo"


class BrokenPhoto(Invalid):
    """Cut off or corrupt. Such a photo is refused, even where a part of it could be decoded."""

    code = "broken_photo"


class TooDark(Invalid):
    """It shows next to nothing but darkness: a covered lens, a room without light."""

    code = "too_dark"


class EmptyPicture(Invalid):
    """It shows one even colour: a blank wall, an overexposed picture."""

    code = "empty_picture"


class NotAPhoto(Unsupported):
    """The file is of another type, whatever its name says. ``data``: ``looks_like`` ('PDF', 'GIF', 'AVIF' …)."""

    code = "not_a_photo"


class UnknownFile(NotAPhoto):
    """The file is of no type that we recognise."""

    code = "unknown_file"


class PhotoTooLarge(TooLarge):
    """``data``: ``size`` in bytes and ``limit_mb``."""

    code = "photo_too_large"


class TooManyPixels(TooLarge):
    """``data``: ``width``, ``height`` and ``limit_mp`` (megapixels)."""

    code = "too_many_pixels"


class TooManyFrames(TooLarge):
    """``data``: ``frames`` and ``limit``."""

    code = "too_many_frames"


class TooCostly(TooLarge):
    """Its decoder would need more memory or time than a photo may take."""

    code = "too_costly"


class DecodersBusy(Unavailable):
    """Too many pictures wait for a decoder. ``data``: ``retry_after`` in seconds."""

    code = "decoders_busy"


class DecoderUnavailable(Unavailable):
    """No decoder could be started: the machine has no memory or processes left."""

    code = "decoder_unavailable"


class UnreadableFile(Missing):
    """A path on this machine that cannot be read. ``data``: ``reason``, in the system's words."""

    code = "unreadable_file"
