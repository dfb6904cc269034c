"""Every read: one module per noun, each query says what it loads."""
