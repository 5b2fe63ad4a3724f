"""The arguments that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

InProgramme = Annotated[
    str, typer.Option("--programme", metavar="SLUG", help="The programme.", show_default=False)
]
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The programme.", show_default=False)]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person.", show_default=False)]
