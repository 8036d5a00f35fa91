"""Rules that propose claim frames: quotations, speakers, check-worthiness; no model, no network."""
