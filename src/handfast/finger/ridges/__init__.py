"""From a fingertip's picture to its minutiae."""
