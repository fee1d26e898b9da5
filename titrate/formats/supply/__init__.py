"""What a schedule takes from the box, to be read: as text, as CSV, as JSON, and as labels.

`text` writes tables for people, `data` the same for programs, `labels` what a pharmacy prints on a box.
"""
