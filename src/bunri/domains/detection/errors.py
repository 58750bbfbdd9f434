"""What can fail before a picture is analysed; the other errors are in ``platform/photos`` and ``platform/vision``."""

from bunri.kit.errors import Invalid, TooLarge, Unavailable, Unsupported


class DetectionBusy(Unavailable):
    """Too many requests are uploading, or all concurrency slots are taken. Data: ``retry_after`` in seconds."""

    code = "detection_busy"


class ClassUnknown(Invalid):
    """The model has no such class. Data: ``name``, ``model``, ``near``: similar names, for people."""

    code = "class_unknown"


class NoPicture(Invalid):
    """A request without a picture in it."""

    code = "no_picture"


class PartUnknown(Invalid):
    """A part of the form that is no picture. Data: ``name``."""

    code = "part_unknown"


class UploadBroken(Invalid):
    """The body is cut off, or is not the form that its content type says."""

    code = "upload_broken"


class UploadTooSlow(Invalid):
    """Data: ``seconds``."""

    code = "upload_too_slow"


class TooManyPictures(TooLarge):
    """Data: ``limit``."""

    code = "too_many_pictures"


class PicturesTooLarge(TooLarge):
    """The pictures of a request are too large together. Data: ``limit_mb``."""

    code = "pictures_too_large"


class UploadUnsupported(Unsupported):
    """Neither a form nor the bytes of a picture."""

    code = "upload_unsupported"
