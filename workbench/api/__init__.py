"""The programming interface: JSON for programs that hold a token."""
