#!/bin/sh
# /usr/local/sbin/teilhabe: a command of the application, with the settings and the rights of its services.
# For example: teilhabe doctor
set -eu
PATH=$PATH:/usr/sbin:/sbin  # cron, and root by a plain su, would not find runuser
set -a
. /etc/teilhabe/teilhabe.env
set +a
cd /opt/teilhabe
umask 077
exec runuser -u teilhabe -- /opt/teilhabe/.venv/bin/python -m flask --app workflow_app "$@"
