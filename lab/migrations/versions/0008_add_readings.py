"""Add when somebody last read a report."""

import sqlalchemy as sa
from alembic import op
import sqlmodel

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reading',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('read_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('state', sa.JSON(), nullable=False),
    sa.Column('previous_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('previous_state', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_reading_user_id_user_account')),
    sa.PrimaryKeyConstraint('user_id', 'subject', name=op.f('pk_reading'))
    )


def downgrade() -> None:
    op.drop_table('reading')
