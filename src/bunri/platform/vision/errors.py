"""How looking can fail."""

from bunri.kit.errors import Unavailable


class VisionMissing(Unavailable):
    """No weights on this machine and no remote model: the person is asked instead."""

    code = "vision_missing"
    retryable = False


class VisionFailed(Unavailable):
    """A model was there but did not answer: time-out, refused, garbage."""

    code = "vision_failed"
