"""The sample network, made by its command."""
