"""The print shop: frozen facts in, bytes out."""
