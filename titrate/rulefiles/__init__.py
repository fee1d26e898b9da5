"""Rule files on the disk: where they lie (`folder`), how one is read (`reader`), joined with what it extends
(`inherit`), what is wrong with it (`fault`, `contradiction`), and how it is kept for the next command (`kept`)."""
