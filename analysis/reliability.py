"""Drawings of stated probabilities beside how often they came true."""

from flask_babel import gettext as _
from markupsafe import Markup, escape

from analysis.charts import Interval, Scale, draw_control, draw_dot, draw_stroke
from lab.formats import interval


def draw_promise(
    stated: float, seen: float, ends: Interval | None, scale: Scale, *, label: str
) -> Markup:
    """Return how often it came true, with its interval, and a line at what was stated."""
    told = [
        _("Stated: %(value)s.", value=scale.write(stated, 0)),
        _("Came true: %(value)s.", value=scale.write(seen, 0)),
    ]
    if ends:
        ends_text = interval(*ends, decimals=0)
        told.append(_("%(level)s interval: %(interval)s.", level="95%", interval=ends_text))
    line = draw_stroke(ends, "i95", scale) if ends else ""
    return Markup(
        f'<svg class="interval" role="img"><title>{escape(label)}</title>'
        f"<desc>{escape(' '.join(told))}</desc>{scale.grid}"
        f"{draw_control(stated, scale)}{line}{draw_dot(seen, scale)}</svg>"
    )
