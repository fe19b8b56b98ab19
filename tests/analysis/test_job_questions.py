"""What the pages on long work say was asked."""

from analysis.pooled.job_questions import describe_question
from analysis.pooled.scope import SCOPE
from tests.analysis.pooled_runs import pooled_labs, pooled_scope


def test_job_says_the_question_that_was_asked(app, session, build):
    lab, *_others = pooled_labs(build)
    scope = SCOPE.dump_python(pooled_scope(build, lab), mode="json")
    with app.test_request_context():
        assert "verschil vanaf" in describe_question(session, {"scope": scope})


def test_work_of_an_earlier_version_is_readable_without_its_question(app, session):
    with app.test_request_context():
        for parameters in ({}, {"scope": {"programme_id": 1}}, {"scope": "all"}):
            assert describe_question(session, parameters) == ""
