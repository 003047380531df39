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
|  |- NotAuthorised  DeskLocked  NoConsent  Ineligible  TooManyTries
|  |- CrossSite  StepUpNeeded  SecondPersonNeeded  NotPaired
|- DecisionError               a decision that cannot be made honestly
|  |- NoCalibration  UnsupportedTarget  GateClosed
|- RecordError                 stored things that are wrong
|  |- SealBroken  LogBroken  UnreadableTemplate  NotFound  Conflict
|- RequestError                a request that makes no sense
|  |- BodyTooLarge  NotACard  LanguageIncomplete
|- Overloaded                  come back later
|  |- DatabaseAway  MatcherAway
+- SetupError                  something is not installed or configured
   |- ModelMissing  ModelDamaged
"""

from handfast.base.errors.access import CrossSite as CrossSite
from handfast.base.errors.access import DeskLocked as DeskLocked
from handfast.base.errors.access import Ineligible as Ineligible
from handfast.base.errors.access import NoConsent as NoConsent
from handfast.base.errors.access import NotAllowed as NotAllowed
from handfast.base.errors.access import NotAuthorised as NotAuthorised
from handfast.base.errors.access import NotPaired as NotPaired
from handfast.base.errors.access import SecondPersonNeeded as SecondPersonNeeded
from handfast.base.errors.access import StepUpNeeded as StepUpNeeded
from handfast.base.errors.access import TooManyTries as TooManyTries
from handfast.base.errors.capture import CaptureError as CaptureError
from handfast.base.errors.capture import ChallengeNotFollowed as ChallengeNotFollowed
from handfast.base.errors.capture import FaceBlurred as FaceBlurred
from handfast.base.errors.capture import FaceDark as FaceDark
from handfast.base.errors.capture import FacesDiffer as FacesDiffer
from handfast.base.errors.capture import FaceTooBright as FaceTooBright
from handfast.base.errors.capture import FaceTooLarge as FaceTooLarge
from handfast.base.errors.capture import FaceTooSmall as FaceTooSmall
from handfast.base.errors.capture import FaceTurned as FaceTurned
from handfast.base.errors.capture import FingerBlurred as FingerBlurred
from handfast.base.errors.capture import FingerDark as FingerDark
from handfast.base.errors.capture import FingerGlare as FingerGlare
from handfast.base.errors.capture import FingerMissing as FingerMissing
from handfast.base.errors.capture import FingerTooClose as FingerTooClose
from handfast.base.errors.capture import FingerTooFar as FingerTooFar
from handfast.base.errors.capture import MoreThanOneFace as MoreThanOneFace
from handfast.base.errors.capture import NoFaceFound as NoFaceFound
from handfast.base.errors.capture import NoFingerFound as NoFingerFound
from handfast.base.errors.capture import NoHandFound as NoHandFound
from handfast.base.errors.capture import PoorFace as PoorFace
from handfast.base.errors.capture import PoorFinger as PoorFinger
from handfast.base.errors.capture import WrongHand as WrongHand
from handfast.base.errors.decision import DecisionError as DecisionError
from handfast.base.errors.decision import GateClosed as GateClosed
from handfast.base.errors.decision import NoCalibration as NoCalibration
from handfast.base.errors.decision import UnsupportedTarget as UnsupportedTarget
from handfast.base.errors.image import ImageError as ImageError
from handfast.base.errors.image import ImageTooLarge as ImageTooLarge
from handfast.base.errors.image import UnreadableImage as UnreadableImage
from handfast.base.errors.record import Conflict as Conflict
from handfast.base.errors.record import LogBroken as LogBroken
from handfast.base.errors.record import NotFound as NotFound
from handfast.base.errors.record import RecordError as RecordError
from handfast.base.errors.record import SealBroken as SealBroken
from handfast.base.errors.record import UnreadableTemplate as UnreadableTemplate
from handfast.base.errors.request import BodyTooLarge as BodyTooLarge
from handfast.base.errors.request import DatabaseAway as DatabaseAway
from handfast.base.errors.request import LanguageIncomplete as LanguageIncomplete
from handfast.base.errors.request import MatcherAway as MatcherAway
from handfast.base.errors.request import NotACard as NotACard
from handfast.base.errors.request import Overloaded as Overloaded
from handfast.base.errors.request import RequestError as RequestError
from handfast.base.errors.root import HandfastError as HandfastError
from handfast.base.errors.session import FrameRefused as FrameRefused
from handfast.base.errors.session import SessionError as SessionError
from handfast.base.errors.session import SessionExpired as SessionExpired
from handfast.base.errors.session import SessionSpent as SessionSpent
from handfast.base.errors.session import SessionUnknown as SessionUnknown
from handfast.base.errors.setup import ModelDamaged as ModelDamaged
from handfast.base.errors.setup import ModelMissing as ModelMissing
from handfast.base.errors.setup import SetupError as SetupError
