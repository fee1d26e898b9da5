"""The handout in a real browser."""
