"""Writing an ONNX graph node by node, to bytes that are the same on every machine."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
MICROSOFT = "com.microsoft"
_IR_VERSION = 9

Shape = Sequence[int | str]


class GraphBuilder:
    """Collects nodes and constants; every method that adds a node returns the name of its output."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[tuple[bytes, tuple[int, ...], str], onnx.TensorProto] = {}

    def constant(self, values: ArrayLike, dtype: type[np.generic] = np.float32) -> str:
        """Name of a constant tensor; equal ones are stored once."""
        array: NDArray[np.generic] = np.ascontiguousarray(np.asarray(values, dtype))
        key = (array.tobytes(), array.shape, str(array.dtype))
        if key not in self._constants:
            self._constants[key] = numpy_helper.from_array(array, f"constant_{len(self._constants)}")
        return self._constants[key].name

    def axes(self, *values: int) -> str:
        """Name of a constant (N,) int64 tensor, as axes, splits and shapes are given."""
        return self.constant(values, np.int64)

    def add(self, operator: str, *inputs: str, output: str | None = None, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output."""
        name = output or f"value_{len(self._nodes)}"
        self._add_node(operator, inputs, [name], domain, attributes)
        return name

    def to_bytes(self, name: str, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]) -> bytes:
        """The finished model; shapes are numbers or the names of free sizes, all tensors float32."""
        graph = helper.make_graph(self._nodes, name, _values(inputs), _values(outputs), list(self._constants.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
        content: bytes = model.SerializeToString(deterministic=True)
        return content

    def _add_node(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        domain: str,
        attributes: Mapping[str, Any],
    ) -> None:
        name = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, outputs, name=name, domain=domain, **attributes))


def _values(shapes: Mapping[str, Shape]) -> list[onnx.ValueInfoProto]:
    return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
