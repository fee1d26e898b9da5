"""`python -m titrate`."""

from titrate.cli import main

main()
