"""Rules that propose claim frames: quotations, speakers, check-worthiness."""
