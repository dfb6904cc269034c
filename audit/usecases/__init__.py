"""The desk: every write is a plain function that gathers, decides and applies."""
