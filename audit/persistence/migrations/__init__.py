"""The numbered steps from one schema to the next; persistence.sessions runs them."""
