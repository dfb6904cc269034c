"""Reception: the only room that knows Flask."""
