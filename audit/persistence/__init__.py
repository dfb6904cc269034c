"""The archive: records with identity and history."""
