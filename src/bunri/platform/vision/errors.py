"""How running a vision model can fail."""

from bunri.kit.errors import Conflict, Invalid, Missing, Unavailable, Unsupported


class VisionMissing(Unavailable):
    """No weights on this machine and no remote model, so the person is asked what the photo shows."""

    code = "vision_missing"
    retryable = False


class VisionFailed(Unavailable):
    """A model did not answer usefully: it timed out, refused or returned garbage."""

    code = "vision_failed"


class ModelUnknown(Missing):
    """The name is neither in the registry nor in the model folders. ``data``: ``name``, ``known`` (for people)."""

    code = "model_unknown"


class ModelMissing(Missing):
    """The registry has it, but its weights are not on this machine. ``data``: ``name``, ``folder``."""

    code = "model_missing"


class ModelNotPublished(Missing):
    """The registry has it, but its makers publish no ONNX file that could be fetched. ``data``: ``name``, ``page``."""

    code = "model_not_published"


class ModelQuantised(Invalid):
    """The model is quantised to 8 bits already. ``data``: ``name``."""

    code = "model_quantised"


class ModelExists(Conflict):
    """A model of that name exists that quantising did not make. ``data``: ``name``."""

    code = "model_exists"


class ModelNotQuantisable(Unsupported):
    """The tools refuse its graph, or no part of it could be quantised. ``data``: ``name``, ``reason``."""

    code = "model_not_quantisable"


class ModelNotWritten(Unavailable):
    """Writing failed, often on a full disk; nothing is left behind. ``data``: ``name``, ``folder``, ``reason``."""

    code = "model_not_written"
    retryable = False


class TooFewPictures(Invalid):
    """Too few pictures to calibrate the ranges of a network's activations. ``data``: ``found``, ``least``."""

    code = "too_few_pictures"


class ProviderMissing(Invalid):
    """The installed ONNX Runtime lacks the execution provider. ``data``: ``provider``, ``available`` (for people)."""

    code = "provider_missing"


class ModelBroken(Invalid):
    """The file is not an ONNX graph that runs here. ``data``: ``name``."""

    code = "model_broken"


class ModelNotRecognised(Unsupported):
    """The graph runs, but has none of the heads that we decode. ``data``: ``name``, ``outputs``."""

    code = "model_not_recognised"


class ModelInputsSeveral(ModelNotRecognised):
    """The graph takes more than one picture, or something else. ``data``: ``name``, ``inputs`` (for people)."""

    code = "model_inputs_several"


class ModelInputType(ModelNotRecognised):
    """The graph takes other numbers than 32-bit or 16-bit floats or bytes. ``data``: ``name``, ``type``."""

    code = "model_input_type"


class ModelBatchFixed(ModelNotRecognised):
    """The graph takes very many pictures at a time and no fewer. ``data``: ``name``, ``batch``, ``shape``."""

    code = "model_batch_fixed"


class ModelLayout(ModelNotRecognised):
    """The graph's input has no three channels before or behind height and width. ``data``: ``name``, ``shape``."""

    code = "model_layout"


class ModelInputFails(ModelNotRecognised):
    """The graph loads, but fails on a picture. ``data``: ``name``, ``shape`` (declared), ``height``, ``width``."""

    code = "model_input_fails"


class ModelEndsInNms(ModelNotRecognised):
    """The graph gives finished boxes, but gave none for the check picture, or ones that nothing of ours gives.

    ``data``: ``name``, ``outputs``.
    """

    code = "model_ends_in_nms"


class ModelOutputsNotFinite(ModelNotRecognised):
    """There are infinities or things that are no number among the outputs. ``data``: ``name``, ``outputs``."""

    code = "model_outputs_not_finite"


class ModelScoresUnproven(ModelNotRecognised):
    """Scores lie outside 0–1, as before a sigmoid. ``data``: ``name``, ``low``, ``high``."""

    code = "model_scores_unproven"


class ModelBoxesFractions(ModelNotRecognised):
    """Boxes are fractions of the picture instead of pixels. ``data``: ``name``, ``seen`` (ranges, for people)."""

    code = "model_boxes_fractions"


class ModelBoxesCorners(ModelNotRecognised):
    """Boxes are given by a corner instead of their middle. ``data``: ``name``, ``seen`` (ranges, for people)."""

    code = "model_boxes_corners"


class ModelBoxesUnproven(ModelNotRecognised):
    """It is not proven what the four numbers of a box mean. ``data``: ``name``, ``seen`` (ranges, for people)."""

    code = "model_boxes_unproven"


class ModelObjectnessUnproven(ModelNotRecognised):
    """The number after the box may be the objectness or the first class. ``data``: ``name``, ``outputs``."""

    code = "model_objectness_unproven"


class ModelHeadsSeveral(ModelNotRecognised):
    """Several heads would read the graph, each in its way. ``data``: ``name``, ``outputs``, ``heads`` (for people)."""

    code = "model_heads_several"


class ModelClassesUnknown(ModelNotRecognised):
    """Neither outputs nor metadata say which classes there are. ``data``: ``name``, ``outputs``."""

    code = "model_classes_unknown"


class ModelOperatorMissing(ModelBroken):
    """The graph needs an operator that ONNX Runtime has not got, such as a plug-in of TensorRT.

    ``data``: ``name``, ``operator``.
    """

    code = "model_operator_missing"


class ModelDownloadFailed(Unavailable):
    """The download failed; no part of the file is left behind. ``data``: ``name``, ``url``, ``reason``."""

    code = "model_download_failed"
