"""Exchange of answers with a Label Studio server."""
