"""How an analysis can fail. Some answer a request; the last five end a job and are kept with it."""

from bunri.kit.errors import Conflict, Invalid, Limited, Missing, TooLarge, Unavailable, Unsupported


class JobMissing(Missing):
    """No such job, or another person's: they look alike."""

    code = "job_missing"


class PhotoTypeUnsupported(Unsupported):
    """The announced content type is not JPEG, PNG, WebP or HEIC."""

    code = "photo_type_unsupported"


class PhotoSizeUnsupported(TooLarge):
    """The announced size is over the limit (``limit_mb``)."""

    code = "photo_size_unsupported"


class PhotosWaiting(Limited):
    """The person has as many photos waiting (``limit``), or bytes of them (``limit_mb``), as one may have."""

    code = "photos_waiting"


class TooManyStreams(Limited):
    """The person watches as many analyses by event streams as one may at a time (``limit``)."""

    code = "too_many_streams"


class UploadMissing(Conflict):
    """upload-complete came before the upload."""

    code = "upload_missing"


class UploadMismatch(Invalid):
    """The object has another size or type than announced (``expected``, ``got``)."""

    code = "upload_mismatch"


class JobEnded(Conflict):
    """The job failed or was cancelled, so it takes no upload and no answer."""

    code = "job_ended"


class NothingToAnswer(Conflict):
    """There is no answered analysis to add to yet."""

    code = "nothing_to_answer"


class ItemMissing(Invalid):
    """The answer is about an item number that the result does not have."""

    code = "answer_item_missing"


class AnswerUnknown(Invalid):
    """Neither an offered choice nor words that name something we know. ``near``: the names that come nearest; ``hint``:
    the sentence that offers them."""

    code = "answer_unknown"

    def __init__(self, near: str = "", hint: str = "") -> None:
        super().__init__(near=near, hint=hint)


class AnswerConflict(Conflict):
    """Other answers to the same analysis kept coming in between."""

    code = "answer_conflict"
    retryable = True


class UploadCorrupt(Invalid):
    """The bytes are not those whose SHA-256 was announced."""

    code = "upload_corrupt"


class UploadNeverCame(Conflict):
    """The ticket ran out and nothing was uploaded."""

    code = "upload_never_came"


class UploadLost(Unavailable):
    """The object was there and is not any more."""

    code = "upload_lost"
    retryable = False


class GaveUp(Unavailable):
    """The job was tried again and again and never ended."""

    code = "gave_up"


class WaitedTooLong(Unavailable):
    """No worker came to it in time: it was never tried."""

    code = "waited_too_long"
