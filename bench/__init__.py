"""Measurements of speed and quality; `make bench` prints them as Markdown tables."""
