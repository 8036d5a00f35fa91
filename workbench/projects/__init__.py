"""Projects, their members and roles, and the revisions of label scheme and guideline."""
