"""``talking-head verify``: where does a film, a sound or a picture come from?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def verify(
    file: Annotated[Path, typer.Argument(help="A video, a sound or a picture.")],
    as_json: Annotated[bool, typer.Option("--json", help="Only the JSON object, without the sentences.")] = False,
) -> None:
    """Ask a file for its content credentials, its label and the invisible marks; ends with one JSON object.

    Its exit status is 0 whatever was found; 2 where the file cannot be read.
    """
    from talking_head.provenance.verify import verify as look

    report = look(file)
    if not as_json:
        for sentence in report.sentences():
            typer.echo(sentence)
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
