"""One module per format. Each can `write(schedule)`; one whose text can be read back can `read(text)`."""
