"""Write the trained outline network as ONNX: `export.py WEIGHTS.npz src/handfast/finger/tip/outline_net.onnx`.

The weights themselves are written beside it, for processors with tiles.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LEVELS = 4


def main(weights: Path, out: Path) -> None:
    w = {name: np.asarray(value, np.float32) for name, value in np.load(weights).items()}
    nodes, tensors = [], []

    def tensor(name: str, value: np.ndarray) -> str:
        tensors.append(numpy_helper.from_array(value, name))
        return name

    def convolution(x: str, name: str, relu: bool = True) -> str:
        kernel = tensor(name + "_w", np.ascontiguousarray(w[name + "_w"].transpose(3, 2, 0, 1)))
        size = w[name + "_w"].shape[0]
        inputs = [x, kernel, tensor(name + "_b", w[name + "_b"])]
        raw = name + "_raw" if relu else "logit"
        nodes.append(helper.make_node("Conv", inputs, [raw], kernel_shape=[size, size], pads=[size // 2] * 4))
        if not relu:
            return raw
        nodes.append(helper.make_node("Relu", [raw], [name]))
        return name

    twice = tensor("twice", np.array([1, 1, 2, 2], np.float32))
    x, skips = "strip", []
    for level in range(LEVELS):
        if level:
            nodes.append(helper.make_node("MaxPool", [x], [f"pool{level}"], kernel_shape=[2, 2], strides=[2, 2]))
            x = f"pool{level}"
        x = convolution(convolution(x, f"down{level}a"), f"down{level}b")
        skips.append(x)
    for level in reversed(range(LEVELS - 1)):
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        nodes.append(helper.make_node("Resize", [x, "", twice], [f"large{level}"], **how))
        nodes.append(helper.make_node("Concat", [f"large{level}", skips[level]], [f"both{level}"], axis=1))
        x = convolution(f"both{level}", f"up{level}")
    convolution(x, "out", relu=False)
    strip = helper.make_tensor_value_info("strip", TensorProto.FLOAT, ["n", 3, 80, 64])
    logit = helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 2, 80, 64])
    graph = helper.make_graph(nodes, "outline", [strip], [logit], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    out.write_bytes(model.SerializeToString())
    np.savez(out.with_suffix(".npz"), **w)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
