"""Sessions with numpy in and numpy out: onnxruntime and LiteRT behind one call."""

from typing import Any

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from handfast.base.spares import Spares

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
    """A LiteRT model with one input. May be called from several threads at once: each call has an interpreter alone."""

    def __init__(self, content: bytes, threads: int) -> None:
        self._content = content
        self._threads = threads
        self._interpreters = Spares(self._interpreter)
        with self._interpreters.one() as interpreter:
            self._input: int = interpreter.get_input_details()[0]["index"]
            self._outputs: dict[str, int] = {d["name"]: d["index"] for d in interpreter.get_output_details()}

    def __call__(self, batch: NDArray[np.float32]) -> dict[str, Tensor]:
        """Outputs by name, copied out, for one input of the model's own shape."""
        with self._interpreters.one() as interpreter:
            interpreter.set_tensor(self._input, batch)
            interpreter.invoke()
            return {name: interpreter.get_tensor(index) for name, index in self._outputs.items()}

    def _interpreter(self) -> Interpreter:
        made = Interpreter(model_content=self._content, num_threads=self._threads)
        made.allocate_tensors()
        return made
