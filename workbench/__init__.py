"""Claim workbench: label claims, speakers and stances, check them, and release gold datasets."""
