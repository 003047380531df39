"""One question and one answer as messages: the question's name, its arguments; what came of it, or a known error."""

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from handfast.base.errors import HandfastError
from handfast.matcher.answers import Answers
from handfast.matcher.wire import Blobs, Garbled, Plain, Read, Write, reader, writer

logger = logging.getLogger("handfast.matcher")

BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Call:
    """How the arguments and the answer of one question go over the wire."""

    name: str
    ask: Callable[..., Any]
    write_arguments: tuple[Write, ...]
    read_arguments: tuple[Read, ...]
    write_answer: Write
    read_answer: Read


@cache
def calls() -> Mapping[str, Call]:
    """Every public method of Answers."""
    methods = inspect.getmembers(Answers, inspect.isfunction)
    return {name: _call(name, method) for name, method in methods if not name.startswith("_")}


def question(call: Call, arguments: tuple[Any, ...]) -> tuple[Plain, list[bytes]]:
    """A question as a message."""
    blobs = list[bytes]()
    each = zip(call.write_arguments, arguments, strict=True)
    return [call.name, [write(argument, blobs) for write, argument in each]], blobs


def answered(answers: Answers, message: Plain, blobs: Blobs) -> tuple[Plain, list[bytes]]:
    """The answer to a message that should be a question, as a message. Garbled where it is none."""
    call, arguments = _asked(message, blobs)
    told = list[bytes]()
    try:
        return [True, call.write_answer(call.ask(answers, *arguments), told)], told
    except HandfastError as error:
        return [False, [error.code, str(error)]], []
    except Exception:  # a mistake of ours is one there too; what was asked with may be somebody's, so it is not told
        logger.exception("unexpected in %s", call.name)
        return [False, [BROKEN, ""]], []


def answer(call: Call, message: Plain, blobs: Blobs) -> Any:
    """What a message says that should be the answer. Raises what was raised there; RuntimeError, Garbled."""
    match message:
        case [True, plain]:
            return call.read_answer(plain, blobs)
        case [False, [str(code), _]] if code == BROKEN:
            raise RuntimeError(f"the matcher broke over {call.name}; its own log says how")
        case [False, [str(code), str(words)]]:
            raise _errors().get(code, HandfastError)(words)
    raise Garbled("this is no answer")


def _asked(message: Plain, blobs: Blobs) -> tuple[Call, list[Any]]:
    match message:
        case [str(name), [*arguments]] if name in calls():
            call = calls()[name]
            if len(arguments) == len(call.read_arguments):
                pairs = zip(call.read_arguments, arguments, strict=True)
                return call, [read(plain, blobs) for read, plain in pairs]
    raise Garbled("this is no question")


def _call(name: str, method: Callable[..., Any]) -> Call:
    hints = get_type_hints(method)
    result = hints.pop("return")
    kinds = list(hints.values())
    return Call(name, method, tuple(map(writer, kinds)), tuple(map(reader, kinds)), writer(result), reader(result))


@cache
def _errors() -> Mapping[str, type[HandfastError]]:
    """Every known error by its code; those that carry more than words come as what they are a kind of."""
    found = dict[str, type[HandfastError]]()
    waiting: list[type[HandfastError]] = [HandfastError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__init__ is HandfastError.__init__:
            found.setdefault(kind.code, kind)
    return found
