"""What is written into the environment, and what is said about what cannot work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config
from workflow_app.database import engine_options, normal_url
from workflow_app.settings import WrongSettings, of_this_process

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_name_of_postgresql_means_the_driver_that_we_have(scheme):
    address = of_this_process({"DATABASE_URL": f"{scheme}://anna:p%40ss@db.example:5432/teilhabe"}).database
    assert normal_url(address) == "postgresql+psycopg://anna:p%40ss@db.example:5432/teilhabe"


def test_a_database_that_does_not_answer_is_not_waited_for_for_ever():
    assert engine_options("postgres://db.example/teilhabe")["connect_args"] == {"connect_timeout": 10}
    assert engine_options("postgresql://db.example/teilhabe?connect_timeout=3")["connect_args"] == {}


def test_https_in_the_address_is_enough_for_safe_cookies_and_can_be_overruled():
    assert of_this_process({"TEILHABE_ADDRESS": "https://teilhabe.town.example"}).secure
    assert not of_this_process({"TEILHABE_ADDRESS": "http://teilhabe.town.example"}).secure
    assert not of_this_process({"TEILHABE_ADDRESS": "https://town.example", "TEILHABE_SECURE": "0"}).secure
    assert of_this_process({"TEILHABE_SECURE": "1"}).secure


WRONG = [
    ("DATABASE_URL", "mysql://anna:geheim@db/teilhabe", "DATABASE_URL begins with 'mysql'"),
    ("DATABASE_URL", "postgresql://anna:geheim@db:5432", "does not say which database"),
    ("DATABASE_URL", "postgresql://anna:geheim@db:port/teilhabe", "percent-encoding"),
    ("DATABASE_URL", "postgresql://anna:ge@heim@db:5432/teilhabe", "percent-encoding"),
    ("DATABASE_URL", "teilhabe.sqlite3", "DATABASE_URL cannot be read"),
    ("REDIS_URL", "http://:geheim@redis:6379/0", "REDIS_URL cannot be read"),
    ("REDIS_URL", "redis://:geheim@redis:port/0", "REDIS_URL cannot be read"),
    ("TEILHABE_ADDRESS", "teilhabe.town.example", "TEILHABE_ADDRESS is 'teilhabe.town.example'"),
    ("TEILHABE_SMTP", "mail.town.example:587", "TEILHABE_SMTP cannot be read"),
    ("TEILHABE_SENDER", "Teilhabe <teilhabe@town.example>", "looks like teilhabe@town.example, without a name"),
    ("TEILHABE_SENDER", "teilhabe", "TEILHABE_SENDER is 'teilhabe'"),
    ("TEILHABE_SENDER", "a@b@c", "TEILHABE_SENDER is 'a@b@c'"),
    ("TEILHABE_SENDER", "bürger@town.example", "TEILHABE_SENDER is"),
    ("TEILHABE_REPLY_TO", "the coordination office", "TEILHABE_REPLY_TO is 'the coordination office'"),
    ("TEILHABE_REPLY_TO", "Stelle <stelle@town.example>", "it has to be one mail address and nothing else"),
    ("TEILHABE_REPLY_TO", "stelle@town.example, b@town.example", "one mail address"),
    ("TEILHABE_REPLY_TO", "stelle@town.example\nBcc: b@town.example", "one mail address"),
    ("TEILHABE_REPLY_TO", " stelle@town.example", "one mail address"),
    ("TEILHABE_REPLY_TO", "stelle@städtchen.example", "one mail address"),
    ("TEILHABE_LAND", "XX", "there is no Land 'XX'"),
    ("TEILHABE_ZONE", "Europe/Flensburg", "no time zone 'Europe/Flensburg'"),
    ("TEILHABE_LOG", "xml", "it can be json or text"),
    ("TEILHABE_PROXIES", "one", "TEILHABE_PROXIES is 'one'; it has to be a whole number."),
    ("TEILHABE_PROXIES", "-1", "TEILHABE_PROXIES is '-1'"),
    ("TEILHABE_LARGEST_FILE", "16MB", "TEILHABE_LARGEST_FILE is '16MB'"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_what_cannot_work_is_named_without_telling_passwords(name, value, said):
    with pytest.raises(WrongSettings) as wrong:
        of_this_process({name: value})
    assert said in wrong.value.message
    assert "heim" not in wrong.value.message


def test_answers_go_where_the_town_wants_them_and_nowhere_else():
    told = of_this_process({"TEILHABE_REPLY_TO": "Stelle@Town.example"}).flask()
    assert (told["REPLY_TO"], of_this_process({}).flask()["REPLY_TO"]) == ("Stelle@Town.example", "")


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(WrongSettings, match=r"(?s)DATABASE_URL.*REDIS_URL"):
        of_this_process({"DATABASE_URL": "mysql://db/x", "REDIS_URL": "db"})


def test_what_is_not_set_is_right():
    assert of_this_process({}) == config.Settings()


@pytest.mark.parametrize(
    "words", [["flask", "--app", "workflow_app", "doctor"], ["gunicorn", "--config", "python:workflow_app.serving"]]
)
def test_a_program_says_it_in_one_sentence_and_by_its_exit_code(words, tmp_path):
    told = {**os.environ, "DATABASE_URL": "mysql://db/x", "TEILHABE_INSTANCE": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=told, capture_output=True, text=True, timeout=60)
    assert ran.returncode == os.EX_CONFIG
    assert "Error: DATABASE_URL begins with 'mysql'; it can be postgresql://… or sqlite:///…." in ran.stderr
    assert "Traceback" not in ran.stderr
