"""The operator's command for mails that come back; a mail server pipes its reports into it."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from workflow_app.jobs import bounces

mail_group = AppGroup("mail", help="Mails that come back.")
TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the report and pipes it in again later."""


@mail_group.command("bounced")
def bounced() -> None:
    """Read a delivery report (RFC 3464, RFC 6533) and write down that the mail it names came back.

    What is no such report, or is about no mail of ours, changes nothing and is no error either: a mail
    server must not answer a report with a report."""
    try:
        reason = bounces.bounced(sys.stdin.buffer.read(bounces.LARGEST))
    except bounces.NoReport as no:
        click.echo(str(no))
    except bounces.TooEarly:
        click.echo("A mail is on its way just now; the report may be about that one.", err=True)
        raise click.exceptions.Exit(TRY_AGAIN) from None
    except OperationalError as error:
        click.echo(f"The database cannot be used: {error.orig}", err=True)
        raise click.exceptions.Exit(TRY_AGAIN) from None
    else:
        click.echo(f"Came back: {reason}." if reason else "Nothing to write down: only late, or no mail of ours.")
