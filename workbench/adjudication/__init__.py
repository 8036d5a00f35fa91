"""The agreed answer: how disagreement is settled into gold."""
