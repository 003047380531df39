"""The error tree. `code` is the stable word the API shows; `status` is its HTTP status.

HandfastError
|- CaptureError                what the camera gave cannot be used; one cause, one thing to do
|  |- NoFaceFound  MoreThanOneFace  FaceTooSmall  FaceTooLarge  FacesDiffer  ChallengeNotFollowed
|  |- PoorFace                 the face was found but cannot be compared
|  |  |- FaceBlurred  FaceDark  FaceTooBright  FaceTurned
|  |- NoHandFound  NoFingerFound  WrongHand  FingerMissing
|  |- PoorFinger               the fingertip was found but cannot be read
|     |- FingerBlurred  FingerDark  FingerGlare  FingerTooFar  FingerTooClose
|- ImageError                  bytes that are not an acceptable image
|  |- UnreadableImage  ImageTooLarge
|- SessionError                the capture session does not allow this
|  |- SessionUnknown  SessionExpired  SessionSpent  FrameRefused
|- NotAllowed                  the caller may not do this
|  |- NotAuthorised  NoConsent  Ineligible  TooManyTries
|- DecisionError               a decision that cannot be made honestly
|  |- NoCalibration  UnsupportedTarget
|- RecordError                 stored things that are wrong
|  |- SealBroken  LogBroken  UnreadableTemplate  NotFound  Conflict
|- RequestError                a request that makes no sense
|  |- BodyTooLarge  NotACard
|- Overloaded                  come back later
+- SetupError                  something is not installed or configured
   |- ModelMissing  ModelDamaged
"""

from typing import ClassVar


class HandfastError(Exception):
    """Root of every error that Handfast raises on purpose."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500


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


class ImageError(HandfastError):
    """Bytes that are not an acceptable image."""

    code = "bad-image"
    status = 415


class UnreadableImage(ImageError):
    """The bytes are not a picture in a format that is read here."""

    code = "unreadable-image"


class ImageTooLarge(ImageError):
    """The header promises more pixels, or the body holds more bytes, than are allowed."""

    code = "image-too-large"
    status = 413


class SessionError(HandfastError):
    """The capture session does not allow this."""

    code = "session"
    status = 409


class SessionUnknown(SessionError):
    """No such session, or the link's secret is wrong."""

    code = "session-unknown"
    status = 404


class SessionExpired(SessionError):
    """The session or its challenge is over."""

    code = "session-expired"
    status = 410


class SessionSpent(SessionError):
    """The session was used already; each is good for one answer."""

    code = "session-spent"


class FrameRefused(SessionError):
    """A frame that does not belong here: replayed, late, out of order, or bound to another nonce."""

    code = "frame-refused"


class NotAllowed(HandfastError):
    """The caller may not do this."""

    code = "not-allowed"
    status = 403


class NotAuthorised(NotAllowed):
    """No valid key or code was shown."""

    code = "not-authorised"
    status = 401


class NoConsent(NotAllowed):
    """There is no live consent for this purpose."""

    code = "no-consent"


class Ineligible(NotAllowed):
    """Unknown, frozen, withdrawn or ineligible reference: one answer for all of them."""

    code = "ineligible"
    status = 404


class TooManyTries(NotAllowed):
    """Too many tries; wait `retry_after` seconds before the next."""

    code = "too-many-tries"
    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many tries; wait {retry_after} seconds")
        self.retry_after = retry_after


class DecisionError(HandfastError):
    """A decision that cannot be made honestly."""

    code = "decision"


class NoCalibration(DecisionError):
    """No calibration table for this comparator and kind of sample pair."""

    code = "no-calibration"


class UnsupportedTarget(DecisionError):
    """The policy asks for an error rate that the calibration cannot support."""

    code = "unsupported-target"
    status = 422


class RecordError(HandfastError):
    """Stored things that are wrong."""

    code = "record"


class SealBroken(RecordError):
    """A sealed row does not open under the key and place it should belong to."""

    code = "seal-broken"


class LogBroken(RecordError):
    """The log does not agree with itself or with an anchor."""

    code = "log-broken"


class UnreadableTemplate(RecordError):
    """The bytes are not a template in the format that they should be in."""

    code = "unreadable-template"


class NotFound(RecordError):
    """No such record."""

    code = "not-found"
    status = 404


class Conflict(RecordError):
    """The record exists already, or was changed meanwhile."""

    code = "conflict"
    status = 409


class RequestError(HandfastError):
    """A request that makes no sense; the message says what to send instead."""

    code = "bad-request"
    status = 400


class BodyTooLarge(RequestError):
    """The body holds more bytes than any request of this kind needs."""

    code = "body-too-large"
    status = 413


class NotACard(RequestError):
    """What was shown is no card of this server, or its number has a typing mistake."""

    code = "not-a-card"


class Overloaded(HandfastError):
    """All workers are busy; come back after `retry_after` seconds."""

    code = "overloaded"
    status = 503
    retry_after: ClassVar[int] = 2


class SetupError(HandfastError):
    """Something is not installed or not configured; the message says what to run."""

    code = "setup"


class ModelMissing(SetupError):
    """A model file is not installed: run `handfast models install`."""

    code = "model-missing"


class ModelDamaged(SetupError):
    """A model file does not have the hash that the manifest states."""

    code = "model-damaged"
