"""Who may come in: users, sessions, sign-in, invitations and the audit trail."""
