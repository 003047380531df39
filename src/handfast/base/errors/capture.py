"""What the camera gave cannot be used; one cause, one thing to do."""

from typing import ClassVar

from handfast.base.errors.root import HandfastError


class CaptureError(HandfastError):
    """A sample could not be taken. `advice` is the stable word for the one thing to do about it."""

    code = "not-captured"
    status = 422
    advice: ClassVar[str] = "try-again"


class NoFaceFound(CaptureError):
    """No face above the detector's threshold."""

    code = "no-face"
    advice = "show-face"


class MoreThanOneFace(CaptureError):
    """A second face is in view."""

    code = "two-faces"
    advice = "one-person"


class FaceTooSmall(CaptureError):
    """The face has too few pixels to compare."""

    code = "face-too-small"
    advice = "closer"


class FaceTooLarge(CaptureError):
    """The face does not fit into the picture."""

    code = "face-too-large"
    advice = "further"


class FacesDiffer(CaptureError):
    """The frames of one capture do not all show the same face."""

    code = "faces-differ"
    advice = "one-person"


class PoorFace(CaptureError):
    """The face was found but cannot be compared."""

    code = "poor-face"
    advice = "more-light"


class FaceBlurred(PoorFace):
    """The face moved or is out of focus."""

    code = "face-blurred"
    advice = "hold-still"


class FaceDark(PoorFace):
    """Too little light on the face, or on one side of it."""

    code = "face-dark"
    advice = "more-light"


class FaceTooBright(PoorFace):
    """Too much light on the face."""

    code = "face-too-bright"
    advice = "less-light"


class FaceTurned(PoorFace):
    """The face looks too far aside, up or down."""

    code = "face-turned"
    advice = "turn-back"


class ChallengeNotFollowed(CaptureError):
    """A step of the live challenge was not seen in time."""

    code = "challenge-not-followed"
    advice = "follow-the-steps"


class NoHandFound(CaptureError):
    """No hand in the picture."""

    code = "no-hand"
    advice = "show-hand"


class NoFingerFound(CaptureError):
    """No fingertip in the picture."""

    code = "no-finger"
    advice = "show-fingers"


class WrongHand(CaptureError):
    """The other hand was shown than was asked for."""

    code = "wrong-hand"
    advice = "other-hand"


class FingerMissing(CaptureError):
    """A finger that was asked for is not in the picture."""

    code = "finger-missing"
    advice = "all-fingers"


class PoorFinger(CaptureError):
    """A fingertip was found but its ridges cannot be read."""

    code = "poor-finger"
    advice = "hold-still"


class FingerBlurred(PoorFinger):
    """The fingertip moved or is out of focus."""

    code = "finger-blurred"
    advice = "hold-still"


class FingerDark(PoorFinger):
    """Too little light on the fingertip."""

    code = "finger-dark"
    advice = "more-light"


class FingerGlare(PoorFinger):
    """Light shines back from the fingertip and hides its ridges."""

    code = "finger-glare"
    advice = "glare"


class FingerTooFar(PoorFinger):
    """The fingertip has too few pixels."""

    code = "finger-too-far"
    advice = "closer"


class FingerTooClose(PoorFinger):
    """The fingertip reaches out of the picture."""

    code = "finger-too-close"
    advice = "further"
