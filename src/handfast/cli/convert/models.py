"""Turning what packages hold into the files that run. Same bytes in, same bytes out, on every machine."""

import io
import zipfile
from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from handfast.cli.convert.prelu import split_prelu

_EPOCH = (1980, 1, 1, 0, 0, 0)


def plain_float32(content: bytes, *, any_size: bool) -> bytes:
    """An ONNX model with block-quantised weights, as one with float32 weights.

    onnxruntime cannot run blocks ("block_size must be 0"). Weights that are also declared as inputs stop being
    inputs, so that it can fold them, and PReLU becomes operators that it runs faster. With `any_size` the picture's
    height and width become free.
    """
    model = with_float32_weights(content)
    graph = model.graph
    nodes, weights = split_prelu(graph)
    _replace(graph.node, nodes)
    _replace(graph.initializer, weights)
    if any_size:
        _free_size(graph)
    model.ir_version = min(model.ir_version, 10)
    return bytes(model.SerializeToString(deterministic=True))


def with_float32_weights(content: bytes) -> onnx.ModelProto:
    """The model with its blocks as float32, and the picture as its only input."""
    model = onnx.load_model_from_string(content)
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    folded = {n.output[0]: n for n in graph.node if n.op_type == "DequantizeLinear" and n.input[0] in stored}
    kept = [node for node in graph.node if node.output[0] not in folded]
    used = {name for node in kept for name in node.input}
    weights = [tensor for tensor in graph.initializer if tensor.name in used]
    weights += [numpy_helper.from_array(_dequantised(node, stored), name) for name, node in folded.items()]
    _replace(graph.node, kept)
    _replace(graph.initializer, weights)
    _replace(graph.input, [value for value in graph.input if value.name in used - stored.keys()])
    return model


def task_file(entries: Mapping[str, bytes]) -> bytes:
    """A MediaPipe task bundle: a zip whose entries are stored as they are, since the runtime maps them in place."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in entries.items():
            bundle.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return buffer.getvalue()


def _dequantised(node: onnx.NodeProto, stored: Mapping[str, onnx.TensorProto]) -> NDArray[np.float32]:
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    axis, block = attributes.get("axis", 1), attributes.get("block_size", 0)
    values, scale, *zero = (numpy_helper.to_array(stored[name]).astype(np.float32) for name in node.input if name)
    offset = zero[0] if zero else np.zeros_like(scale)
    scale, offset = (_spread(parameter, values.shape, axis, block) for parameter in (scale, offset))
    return ((values - offset) * scale).astype(np.float32)


def _spread(parameter: NDArray[np.float32], shape: tuple[int, ...], axis: int, block: int) -> NDArray[np.float32]:
    """Scales or zero points, one a block or one a channel, so that they broadcast to `shape`."""
    if block:
        return np.repeat(parameter, block, axis=axis)[tuple(slice(0, size) for size in shape)]
    if parameter.size > 1:
        return parameter.reshape([-1 if dimension == axis else 1 for dimension in range(len(shape))])
    return parameter


def _free_size(graph: onnx.GraphProto) -> None:
    height, width = graph.input[0].type.tensor_type.shape.dim[2:4]
    height.dim_param, width.dim_param = "h", "w"
    for output in graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = "n"
    del graph.value_info[:]


def _replace(field, values) -> None:  # type: ignore[no-untyped-def]  # protobuf's repeated fields have no public type
    copies = [type(value).FromString(value.SerializeToString(deterministic=True)) for value in values]
    del field[:]
    field.extend(copies)
