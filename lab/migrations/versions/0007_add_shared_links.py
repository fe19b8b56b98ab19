"""Add links by which somebody without an account reads one report."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'shared_link',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column('page', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('revoked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('revoked_by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ['made_by_id'], ['user_account.id'], name=op.f('fk_shared_link_made_by_id_user_account')
        ),
        sa.ForeignKeyConstraint(
            ['revoked_by_id'],
            ['user_account.id'],
            name=op.f('fk_shared_link_revoked_by_id_user_account'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_shared_link')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_shared_link_token_hash')),
    )
    with op.batch_alter_table('shared_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shared_link_page'), ['page'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('shared_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shared_link_page'))
    op.drop_table('shared_link')
