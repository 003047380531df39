"""Powers of many numbers at once in compiled code: loops that become vectors, where `**` calls a function for each."""

import numpy as np
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats

Single = NDArray[np.float32]

_FRACTION, _ONE = 0x7FFFFF, 0x3F800000  # of a float32's bits: those after the point, and those of 1
_FRACTION_BITS, _BIAS = 23, 127


@compiled_for_floats
def raise_each(values: Single, power: np.float32, wholes: Single) -> None:
    """Each value, which is not below the least normal float32, to a power, in place, to 1e-6 of it for small powers.

    2 to the power times the logarithm, both by polynomials fitted to them between 1 and 2. `wholes` has room for as
    many numbers.
    """
    bits = values.view(np.int32)
    for n in range(len(bits)):
        wholes[n] = np.float32((bits[n] >> _FRACTION_BITS) - _BIAS)
        bits[n] = (bits[n] & _FRACTION) | _ONE
    for n in range(len(values)):
        x = values[n] - np.float32(1)
        logarithm = np.float32(0.0147787208)
        logarithm = logarithm * x - np.float32(0.076848726)
        logarithm = logarithm * x + np.float32(0.190420831)
        logarithm = logarithm * x - np.float32(0.323115935)
        logarithm = logarithm * x + np.float32(0.472499525)
        logarithm = logarithm * x - np.float32(0.720386612)
        logarithm = logarithm * x + np.float32(1.44265211)
        logarithm = logarithm * x + np.float32(3.1969783e-07)
        exponent = power * (wholes[n] + logarithm)
        wholes[n] = np.floor(exponent)
        y = exponent - wholes[n]
        result = np.float32(0.00189510729)
        result = result * y + np.float32(0.00894621467)
        result = result * y + np.float32(0.0558632827)
        result = result * y + np.float32(0.24014077)
        result = result * y + np.float32(0.69315462)
        values[n] = result * y + np.float32(0.999999896)
    for n in range(len(bits)):
        bits[n] += np.int32(wholes[n]) << _FRACTION_BITS
