"""Sessions with numpy in and numpy out: onnxruntime and LiteRT behind one call."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from handfast.base.spares import Spares
from handfast.models.half import HalfRun
from handfast.models.half import available as half_available

Tensor = NDArray[Any]


class OnnxModel:
    """An ONNX model. May be called from several threads at once."""

    def __init__(self, content: bytes, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._outputs = [output.name for output in self.session.get_outputs()]

    def __call__(self, **inputs: Tensor) -> dict[str, Tensor]:
        """Outputs by name for inputs by name."""
        return dict(zip(self._outputs, self.session.run(None, inputs), strict=True))


class LiteModel:
    """A LiteRT model with one input. May be called from several threads at once: each call has memory of its own.

    In float16 where that is asked for and the processor computes in it, elsewhere in float32.
    """

    def __init__(self, content: bytes, threads: int, half: bool = False) -> None:
        self._runs: Spares[Callable[[NDArray[np.float32]], dict[str, Tensor]]] = Spares(
            partial(HalfRun, content) if half and half_available() else partial(_Interpreted, content, threads)
        )
        with self._runs.one():  # what cannot run is found out here
            pass

    def __call__(self, batch: NDArray[np.float32]) -> dict[str, Tensor]:
        """Outputs by name, copied out, for one input of the model's own shape."""
        with self._runs.one() as run:
            return run(batch)


class _Interpreted:
    """One interpreter. Only one thread at a time may call it."""

    def __init__(self, content: bytes, threads: int) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        self._outputs: dict[str, int] = {d["name"]: d["index"] for d in self._interpreter.get_output_details()}

    def __call__(self, batch: NDArray[np.float32]) -> dict[str, Tensor]:
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}
