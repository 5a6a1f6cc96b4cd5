#!/bin/sh
# /usr/local/bin/teilhabe-bounced: the mail server pipes reports of mails that came back into it, as the user of the
# services. See docs/notifications.md.
(
    set -a
    . /etc/teilhabe/teilhabe.env
    cd /opt/teilhabe && umask 077 && exec /opt/teilhabe/.venv/bin/python -m flask --app workflow_app mail bounced
) && exit 0
exit 75  # EX_TEMPFAIL: whatever is wrong here, the mail server keeps the report and tries again later
