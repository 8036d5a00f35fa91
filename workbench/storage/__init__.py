"""The declarative base, the engine, and the one place that commits."""
