"""The database: one schema on both kinds, protected, and never newer than the code."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from workflow_app.database import WrongDatabase, current, head, is_of_models, new_engine, normal_url, upgrade
from workflow_app.models import Base


def test_migrations_and_models_agree(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_name": is_of_models})
        assert compare_metadata(context, Base.metadata) == []


def test_the_history_is_protected_after_every_migration(engine):
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if engine.dialect.name == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with engine.connect() as connection:
        found = sorted(connection.scalars(text(sql)))
    expected = {
        "postgresql": [
            "account_events_no_change", "account_events_no_truncate",
            "case_events_no_change", "case_events_no_truncate",
            "organization_events_no_change", "organization_events_no_truncate",
        ],
        "sqlite": [
            "account_events_no_DELETE", "account_events_no_UPDATE", "case_events_no_DELETE", "case_events_no_UPDATE",
            "organization_events_no_DELETE", "organization_events_no_UPDATE",
            *(f"search_{index}_{verb}" for index in ("titles", "words") for verb in ("delete", "insert", "update")),
        ],
    }  # fmt: skip
    assert found == expected[engine.dialect.name]


def test_migrating_twice_changes_nothing(engine):
    upgrade(engine)
    assert current(engine) == head()


def test_a_database_from_the_future_is_refused_in_words(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WrongDatabase, match="newer"):
        upgrade(engine)


def test_every_foreign_key_has_an_index(engine):
    found = inspect(engine)
    for table in Base.metadata.tables:
        leading = {index["column_names"][0] for index in found.get_indexes(table)}
        leading |= {found.get_pk_constraint(table)["constrained_columns"][0]}
        leading |= {unique["column_names"][0] for unique in found.get_unique_constraints(table)}
        for key in found.get_foreign_keys(table):
            assert key["constrained_columns"][0] in leading, (table, key["constrained_columns"])


def test_connections_to_sqlite_are_set_up(sqlite_url):
    engine = new_engine(sqlite_url)
    with engine.connect() as connection:
        for pragma, value in {"journal_mode": "wal", "foreign_keys": 1, "recursive_triggers": 1}.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


def test_postgresql_is_spoken_to_by_psycopg_3():
    assert normal_url("postgresql://u:secret@h/d") == "postgresql+psycopg://u:secret@h/d"
