"""The version of titrate, written into everything it makes."""

VERSION = "0.1.0"
