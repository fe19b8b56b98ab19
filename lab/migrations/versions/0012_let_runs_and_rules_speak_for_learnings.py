"""Let runs and rules speak for learnings."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

POINTED = (('analysis_run_id', 'analysis_run'), ('advice_rule_id', 'advice_rule'))
ONE_SOURCE = (
    '(CASE WHEN experiment_id IS NULL THEN 0 ELSE 1 END)'
    ' + (CASE WHEN analysis_run_id IS NULL THEN 0 ELSE 1 END)'
    ' + (CASE WHEN advice_rule_id IS NULL THEN 0 ELSE 1 END) = 1'
)


def upgrade() -> None:
    for table in ('learning_link', 'learning_change'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column, target in POINTED:
                batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
                batch_op.create_foreign_key(
                    batch_op.f(f'fk_{table}_{column}_{target}'), target, [column], ['id']
                )
                batch_op.create_index(batch_op.f(f'ix_{table}_{column}'), [column], unique=False)
    with op.batch_alter_table('learning_link', schema=None) as batch_op:
        batch_op.alter_column('experiment_id', existing_type=sa.Integer(), nullable=True)
        for column, _target in POINTED:
            batch_op.create_unique_constraint(
                batch_op.f(f'uq_learning_link_learning_id_{column}'), ['learning_id', column]
            )
        batch_op.create_check_constraint(batch_op.f('ck_learning_link_one_source'), ONE_SOURCE)


def downgrade() -> None:
    op.execute('DELETE FROM learning_link WHERE experiment_id IS NULL')
    with op.batch_alter_table('learning_link', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_learning_link_one_source'), type_='check')
        for column, _target in POINTED:
            batch_op.drop_constraint(
                batch_op.f(f'uq_learning_link_learning_id_{column}'), type_='unique'
            )
        batch_op.alter_column('experiment_id', existing_type=sa.Integer(), nullable=False)
    for table in ('learning_change', 'learning_link'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column, target in POINTED:
                batch_op.drop_index(batch_op.f(f'ix_{table}_{column}'))
                batch_op.drop_constraint(
                    batch_op.f(f'fk_{table}_{column}_{target}'), type_='foreignkey'
                )
                batch_op.drop_column(column)
