"""What is measured: each row a ratio against a baseline in the same run (`./dev bench`)."""
