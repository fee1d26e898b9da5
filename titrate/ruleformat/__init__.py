"""The format of rule files: a room for each group of tables, as pydantic reads them. `file` holds them all together."""
