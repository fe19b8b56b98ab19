"""Add who decides on the matter that an experiment is about."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('experiment', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                'decided_by',
                sqlmodel.sql.sqltypes.AutoString(length=5000),
                server_default='',
                nullable=False,
            )
        )
    # Only what is there already needs the default.
    with op.batch_alter_table('experiment', schema=None) as batch_op:
        batch_op.alter_column('decided_by', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('experiment', schema=None) as batch_op:
        batch_op.drop_column('decided_by')
