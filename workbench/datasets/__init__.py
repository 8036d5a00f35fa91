"""Sentence records and frozen releases for those who train models."""
