"""LEADER's layers as tables of numbers, for the compiled layers of handfast.finger.ridges.leader.trunk.

Three identities spare work: scale and offset of a normalisation fold into the next 1x1 convolution, as do two 1x1
convolutions in a row; a convolution centred over its outputs needs no mean in the normalisation that follows; doubling
by nearest neighbour followed by a 5x5 convolution is a 3x3 convolution to the four phases.
A matrix has a row for each channel that goes in; filters have one for each tap.
"""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from handfast.cli.convert.leader_layers import bottleneck_layers, four_phases
from handfast.cli.convert.leader_weights import Affine, LeaderWeights, Weights, product

Order = NDArray[np.intp]
Named = Iterator[tuple[str, Weights]]

POSITION = 0  # number of the head that says where minutiae are
_SIDE = 9  # of a stem's filters, of which the second half is dilated
_STEM = 32  # channels of the stem that passes the first network by
_VIEWS = 1, 3, 6  # dilations of the attention's


def table(weights: LeaderWeights) -> bytes:
    """An archive (.npz) of float32 arrays by layer and part."""
    buffer = io.BytesIO()
    parts = {name: np.ascontiguousarray(part, np.float32) for name, part in _layers(weights)}
    np.savez(buffer, allow_pickle=False, **parts)
    return buffer.getvalue()


def _layers(weights: LeaderWeights) -> Named:
    yield from _stem(weights, 0)
    yield from _stem(weights, 1)
    up = [len(_mix(weights, f"dec0_{level}").bias) for level in range(4)]
    yield from _network(weights, 0, up)
    guided = _crossed(len(_mix(weights, "enc0_0").bias), up[0])
    yield from _attention(weights, guided)
    wide = [len(bottleneck_layers(weights, f"dec1_{level}")[3].bias) for level in range(4)]
    yield from _network(weights, 1, wide, np.concatenate([guided, len(guided) + np.arange(_STEM)]))
    across = len(bottleneck_layers(weights, "enc1_0")[3].bias)
    yield from _head(weights, _crossed(across, wide[0]))


def _network(weights: LeaderWeights, number: int, up: list[int], order: Order | None = None) -> Named:
    """The layers down and up again; `up` are the channels that each level gives on the way up."""
    block = _bottleneck if number else _separable
    across = [_channels(weights, number, f"enc{number}_{level}") for level in range(4)]
    for level in range(4):
        yield from block(weights, f"enc{number}_{level}", order if level == 0 else None)
    for level in range(4):
        crossed = _crossed(across[level + 1], up[level + 1]) if level < 3 else None
        yield from block(weights, f"dec{number}_{level}", crossed)


def _channels(weights: LeaderWeights, number: int, layer: str) -> int:
    return len(bottleneck_layers(weights, layer)[3].bias if number else _mix(weights, layer).bias)


def _mix(weights: LeaderWeights, layer: str) -> Affine:
    return weights.separable(f"{layer}_conv_1")[1]


def _crossed(across: int, below: int) -> Order:
    """Where channels are found so that what goes across comes before what comes from below."""
    return np.roll(np.arange(below + across), -below)


def _stem(weights: LeaderWeights, number: int) -> Named:
    near, far = (weights.convolution(f"stem{number}_{kind}_1") for kind in ("conv", "dilated_conv"))
    filters = np.zeros((len(near.bias) + len(far.bias), _SIDE, _SIDE))
    filters[: len(near.bias), 2:-2, 2:-2] = near.weight[:, 0]
    filters[len(near.bias) :, ::2, ::2] = far.weight[:, 0]
    norm = weights.norm(f"stem{number}_ln_1")
    yield f"stem_{number}/filters", filters
    yield f"stem_{number}/bias", np.concatenate([near.bias, far.bias])
    yield f"stem_{number}/scale", norm.scale
    yield f"stem_{number}/offset", norm.offset


def _separable(weights: LeaderWeights, name: str, order: Order | None) -> Named:
    filters, mix = weights.separable(f"{name}_conv_1")
    norm = weights.norm(f"{name}_ln_1")
    yield f"{name}/filters", _taps(filters, order)
    yield f"{name}/mix", _rows(mix.matrix.T, order)
    yield f"{name}/bias", mix.bias
    yield f"{name}/scale", norm.scale
    yield f"{name}/offset", norm.offset


def _bottleneck(weights: LeaderWeights, name: str, order: Order | None) -> Named:
    _, _, reduce, adjust = bottleneck_layers(weights, name)
    yield from _widened(weights, name, name, order)
    yield f"{name}/reduce", reduce.matrix.T
    yield f"{name}/adjust", _rows(adjust.matrix.T, order)
    yield f"{name}/bias", adjust.bias


def _widened(weights: LeaderWeights, layer: str, name: str, order: Order | None) -> Named:
    filters, expand, _, _ = bottleneck_layers(weights, layer)
    yield f"{name}/filters", _taps(filters, order)
    yield f"{name}/expand", _rows(expand.matrix.T, order)
    yield f"{name}/expand_bias", expand.bias


def _attention(weights: LeaderWeights, order: Order) -> Named:
    views = [weights.convolution(f"attention_conv_d{dilation}_1") for dilation in _VIEWS]
    gate = weights.convolution("attention_s_1")
    taps = [view.weight.transpose(2, 3, 1, 0)[:, :, order] for view in views]
    yield "attention/views", np.stack([each.reshape(-1, each.shape[-1]) for each in taps])
    yield "attention/bias", np.concatenate([view.bias for view in views])
    yield "attention/gate", gate.matrix.T[:, order]
    yield "attention/gate_bias", gate.bias[order]


def _head(weights: LeaderWeights, order: Order) -> Named:
    """The bottleneck with the head's first 1x1 convolution in it, then its second, then the last in four phases."""
    layer = f"head_{POSITION}_ibc"
    _, _, reduce, adjust = bottleneck_layers(weights, layer)
    first = weights.convolution(f"head_{POSITION}_conv1_1").centred()
    second = weights.norm(f"head_{POSITION}_ln_1").folded_into(weights.convolution(f"head_{POSITION}_conv2_1"))
    both = first.after(adjust)
    phases = four_phases(weights.convolution("head_conv_pos_1"))
    yield from _widened(weights, layer, "head", order)
    yield "head/reduce", product(first.matrix, reduce.matrix).T
    yield "head/adjust", both.matrix.T[order]
    yield "head/bias", both.bias
    yield "head/second", second.matrix
    yield "head/second_bias", second.bias
    yield "head/phases", phases.weight
    yield "head/phases_bias", phases.bias


def _taps(filters: Affine, order: Order | None) -> Weights:
    if np.any(filters.bias):
        raise ValueError("a filter of each channel has no bias here")
    taps = filters.weight.reshape(len(filters.weight), -1).T
    return taps if order is None else taps[:, order]


def _rows(matrix: Weights, order: Order | None) -> Weights:
    return matrix if order is None else matrix[order]
