"""Sets of labelled pictures: read, acquired and compared, each stage kept."""
