"""One person's answers: assignments, annotations, claims and registers."""
