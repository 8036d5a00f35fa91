"""Statements, evidence, verdicts and corrections."""
