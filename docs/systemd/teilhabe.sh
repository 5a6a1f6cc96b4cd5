#!/bin/sh
# /usr/local/sbin/teilhabe: a command of the application, with the settings and the rights of its services.
# For example: teilhabe doctor
set -eu
PATH=$PATH:/usr/sbin:/sbin  # cron, and root by a plain su, would not find runuser
set -a
. /etc/teilhabe/teilhabe.env
set +a
case "${1-}" in
backup | backup-check | restore)  # a file is meant as seen from where the command is typed
    command=$1
    shift
    for word; do
        shift
        case $word in -* | /*) ;; *) word=$PWD/$word ;; esac
        set -- "$@" "$word"
    done
    set -- "$command" "$@"
    ;;
esac
cd /opt/teilhabe
umask 077
exec runuser -u teilhabe -- /opt/teilhabe/.venv/bin/python -m flask --app workflow_app "$@"
