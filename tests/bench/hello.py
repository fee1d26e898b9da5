"""The smallest program that could do it: typer, one command, the rule read with tomllib into one pydantic model.

`python hello.py RULE.toml [MODULE...]` also imports the modules that are named.
"""

from __future__ import annotations

import typer

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def plan(rule: str, modules: list[str] = typer.Argument(None), start: str = "", target: str = "") -> None:  # noqa: B008
    """Read a rule and print a line."""
    import importlib
    import tomllib
    from decimal import Decimal
    from typing import Any

    from pydantic import BaseModel

    class Rule(BaseModel):
        drug: str
        route: str
        indication: str
        unit: str
        sources: dict[str, dict[str, str]]
        products: list[dict[str, Any]]
        taper: dict[str, Any]

    with open(rule, "rb") as opened:
        read = Rule.model_validate(tomllib.load(opened, parse_float=Decimal))
    for module in modules or ():
        importlib.import_module(module)
    print(read.drug, read.route, read.indication, start, target)  # noqa: T201


if __name__ == "__main__":
    app()
