"""``/api/v1/detect``: which of a detector's classes are where in a picture. Nobody has to sign in."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from bunri.domains.detection.public import DetectionOptions, ImageDetections, ImageFailure, ModelListed
from bunri.domains.detection.schemas import ClassNamed, Detected, ImageError, ModelClasses, PictureProblem
from bunri.domains.detection.service import DetectionService
from bunri.domains.detection.uploads import received
from bunri.kit.languages import Language
from bunri.kit.sentences import sentence
from bunri.platform.http import PreferredLanguage, policy, use
from bunri.platform.vision import coco

router = APIRouter(prefix="/api/v1/detect", tags=["detect"])

Detection = Annotated[DetectionService, use(DetectionService)]

_BYTES: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "array", "minItems": 1, "items": _BYTES["schema"]}},
                    "additionalProperties": False,
                }
            },
            "application/octet-stream": _BYTES,
            "image/*": _BYTES,
        },
    }
}


@router.post("", summary="Find objects in pictures", openapi_extra=_BODY)
@policy(max_body=None, rate_limit="picture")
async def detect(
    request: Request,
    response: Response,
    detection: Detection,
    options: Annotated[DetectionOptions, Query()],
    language: PreferredLanguage,
) -> Detected:
    """One picture as the body itself, or one or several as parts `file` of a form: JPEG, PNG, WebP or HEIC.

    What is wrong with the only picture is the answer's problem; among several, each has its own and the others are
    looked at. With `annotate` each look has a JPEG in base64. Pictures are kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    with detection.share_of(request.client.host if request.client else ""):
        found = await detection.detect(received(request, detection.settings), options, language)
    match found.images:
        case (ImageFailure(error=error),):
            raise error
    return Detected(model=found.model, pictures=[_shown(each, language) for each in found.images])


@router.get("/models", summary="The detectors that are here, or could be")
async def models(detection: Detection, language: PreferredLanguage) -> list[ModelListed]:
    """What is not here an operator fetches with `bunri models pull NAME`."""
    return await detection.models(language)


@router.get("/models/{name}", summary="What a detector knows")
async def model(name: Annotated[str, Path(max_length=64)], detection: Detection) -> ModelClasses:
    """Its classes by number, with their names in our languages."""
    labels = await detection.classes(name)
    return ModelClasses(
        name=name,
        classes=[
            ClassNamed(class_id=number, label=label, ko=coco.name(label, "ko"), en=coco.name(label, "en"))
            for number, label in enumerate(labels)
        ],
    )


def _shown(image: ImageDetections | ImageFailure, language: Language) -> ImageDetections | ImageError:
    if isinstance(image, ImageDetections):
        return image
    return ImageError(
        file=image.file, problem=PictureProblem(code=image.error.code, detail=sentence(image.error, language))
    )
