"""Measurements, each printed beside a peer from the same run. See README.md."""
