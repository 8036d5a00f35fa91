"""Coefficients of agreement between annotators: numbers only."""
