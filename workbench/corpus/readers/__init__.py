"""Turn files of many formats into articles, strictly: nothing is guessed, nothing replaced."""
