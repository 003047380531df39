"""Records of minutiae as the standards write them, and templates of other systems."""
