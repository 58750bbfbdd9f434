"""How looking can fail."""

from bunri.kit.errors import Conflict, Invalid, Missing, Unavailable, Unsupported


class VisionMissing(Unavailable):
    """No weights on this machine and no remote model: the person is asked instead."""

    code = "vision_missing"
    retryable = False


class VisionFailed(Unavailable):
    """A model was there but did not answer: time-out, refused, garbage."""

    code = "vision_failed"


class ModelUnknown(Missing):
    """Neither in the registry nor in the folders. ``data``: ``name`` and ``known``, a list for people."""

    code = "model_unknown"


class ModelMissing(Missing):
    """In the registry, but its weights are not on this machine. ``data``: ``name``, ``folder``."""

    code = "model_missing"


class ModelNotPublished(Missing):
    """In the registry, but its makers publish no ONNX file that we could fetch. ``data``: ``name``, ``page``."""

    code = "model_not_published"


class ModelQuantised(Invalid):
    """In 8 bits already. ``data``: ``name``."""

    code = "model_quantised"


class ModelExists(Conflict):
    """A model of that name is here, and none that quantising made. ``data``: ``name``."""

    code = "model_exists"


class ModelNotQuantisable(Unsupported):
    """The tools refuse its graph, or nothing of it could be quantised. ``data``: ``name``, ``reason``."""

    code = "model_not_quantisable"


class ModelNotWritten(Unavailable):
    """A full disk, most likely; nothing is left behind. ``data``: ``name``, ``folder``, ``reason``."""

    code = "model_not_written"
    retryable = False


class TooFewPictures(Invalid):
    """To learn the ranges of a network's numbers from. ``data``: ``found``, ``least``."""

    code = "too_few_pictures"


class ProviderMissing(Invalid):
    """The installed ONNX Runtime lacks it. ``data``: ``provider`` and ``available``, a list for people."""

    code = "provider_missing"


class ModelBroken(Invalid):
    """The file is no ONNX graph that runs here. ``data``: ``name``."""

    code = "model_broken"


class ModelNotRecognised(Unsupported):
    """A graph that runs, but with none of the heads that we decode. ``data``: ``name``, ``outputs``."""

    code = "model_not_recognised"


class ModelDownloadFailed(Unavailable):
    """Nothing of it is left behind. ``data``: ``name``, ``url``, ``reason``."""

    code = "model_download_failed"
