"""Measuring on labelled images: error rates with intervals, plots and calibration. Reads no live data."""
