"""Two prints compared by the surroundings of their minutiae."""
