"""Add review dates, edited proposals and the second person of a decision."""

import sqlalchemy as sa
from alembic import op
import sqlmodel

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('advice_rule_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('review_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('edited_from_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('conditions', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_advice_rule_version_edited_from_id'), ['edited_from_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_advice_rule_version_edited_from_id_advice_rule_version'), 'advice_rule_version', ['edited_from_id'], ['id'])
    # Models give every version its text themselves.
    with op.batch_alter_table('advice_rule_version', schema=None) as batch_op:
        batch_op.alter_column('conditions', existing_type=sqlmodel.sql.sqltypes.AutoString(length=500), existing_nullable=False, server_default=None)

    op.create_table('advice_confirmation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('decision', sa.Enum('publish', 'reject', name='decision', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('review_months', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('answer', sa.Enum('confirmed', 'refused', name='answer', native_enum=False, create_constraint=True, length=30), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('answer_reason', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.CheckConstraint('(answer IS NULL) = (answered_at IS NULL)', name=op.f('ck_advice_confirmation_answered_whole')),
    sa.CheckConstraint('asked_by_id <> answered_by_id', name=op.f('ck_advice_confirmation_by_two_people')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_advice_confirmation_answered_by_id_user_account')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_advice_confirmation_asked_by_id_user_account')),
    sa.ForeignKeyConstraint(['version_id'], ['advice_rule_version.id'], name=op.f('fk_advice_confirmation_version_id_advice_rule_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_advice_confirmation'))
    )
    with op.batch_alter_table('advice_confirmation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_advice_confirmation_version_id'), ['version_id'], unique=False)
        batch_op.create_index('uq_advice_confirmation_open', ['version_id'], unique=True, sqlite_where=sa.text('answer IS NULL'), postgresql_where=sa.text('answer IS NULL'))


def downgrade() -> None:
    for table, column in (('advice_confirmation', 'id'), ('advice_rule_version', 'edited_from_id')):
        held = f'SELECT 1 FROM {table} WHERE {column} IS NOT NULL LIMIT 1'
        if op.get_bind().execute(sa.text(held)).first():
            # The older form has no place for it, and a decision is never lost.
            raise RuntimeError('Decisions of two people have no place in the older form.')
    with op.batch_alter_table('advice_confirmation', schema=None) as batch_op:
        batch_op.drop_index('uq_advice_confirmation_open', sqlite_where=sa.text('answer IS NULL'), postgresql_where=sa.text('answer IS NULL'))
        batch_op.drop_index(batch_op.f('ix_advice_confirmation_version_id'))

    op.drop_table('advice_confirmation')
    with op.batch_alter_table('advice_rule_version', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_advice_rule_version_edited_from_id_advice_rule_version'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_advice_rule_version_edited_from_id'))
        batch_op.drop_column('conditions')
        batch_op.drop_column('edited_from_id')
        batch_op.drop_column('review_on')
