"""The command line: `workbench NOUN VERB`, one file per noun."""
