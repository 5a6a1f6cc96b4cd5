"""Alembic's entry: runs on the connection that `workflow_app.database.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from workflow_app.database import is_of_models
from workflow_app.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_of_models,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
