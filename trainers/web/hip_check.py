"""The hip check. Its answers are health data: they travel in the form that is sent and nowhere else.

No address, cookie, log line or row holds them. A form that stores and changes nothing needs no token, and so no
cookie either.
"""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import articles
from trainers.core.fitting import MILES, fitting_near
from trainers.core.hipcheck import (
    SELF_CARE,
    Answers,
    Ask,
    HipCheck,
    Result,
    is_reviewed,
    next_step,
    read_answers,
)
from trainers.core.hipcheck_file import hip_check
from trainers.extensions import csrf
from trainers.web import access, site
from trainers.web.forms.hip_check import NearForm, screen_form
from trainers.web.htmx import see_other

blueprint = Blueprint("hip_check", __name__)
csrf.exempt(blueprint)
ADDRESS = "/hip-check"


@blueprint.get(ADDRESS)
@access.public
def intro() -> ResponseReturnValue:
    check = hip_check()
    page = "hip_check/intro.html" if site.hip_check_asks() else "hip_check/signs.html"
    return render_template(page, articles=articles.list_articles(), **frame(check))


@blueprint.post(ADDRESS)
@access.linked
def ask() -> ResponseReturnValue:
    check = hip_check()
    if not site.hip_check_asks():
        return see_other(ADDRESS)
    answers = read_answers(check, request.form.to_dict(flat=False))
    back = [screen for screen in check.screens if screen.slug == request.form.get("back")]
    step = Ask(back[0], {}) if back else next_step(check, answers)
    return show_screen(check, step, answers) if isinstance(step, Ask) else show_result(check, step, answers)


def show_screen(check: HipCheck, step: Ask, answers: Answers) -> ResponseReturnValue:
    """With what is missing, if this is the screen that was sent."""
    sent = request.form.get("asked") == step.screen.slug and bool(step.problems)
    form = screen_form(step if sent else Ask(step.screen, {}), answers)
    here = {question.slug for question in step.screen.questions}
    carried = {slug: sorted(given) for slug, given in answers.items() if slug not in here}
    before = check.screens[step.screen.number - 2] if step.screen.number > 1 else None
    html = render_template(
        "hip_check/screen.html", screen=step.screen, form=form, carried=carried, before=before, **frame(check)
    )
    return html, 422 if sent else 200


def show_result(check: HipCheck, result: Result, answers: Answers) -> ResponseReturnValue:
    """On the mildest outcome alone, trainers near a place that was typed."""
    context: dict[str, Any] = {"near": None, "found": None, "fitting": None, "miles": MILES}
    refused = False
    if result.outcome is check.outcomes[-1]:
        near = context["near"] = NearForm(request.form.get("place", ""))
        if "place" in request.form:
            found = context["found"] = near.spot(site.session())
            refused = found is None
            context["fitting"] = found and fitting_near(site.session(), found, today=site.today())
    html = render_template(
        "hip_check/result.html",
        result=result,
        articles=[articles.get_article(slug) for slug in result.outcome.articles],
        carried={slug: sorted(given) for slug, given in answers.items()},
        before=last_asked(check, answers),
        **context,
        **frame(check),
    )
    return html, 422 if refused else 200


def last_asked(check: HipCheck, answers: Answers) -> str:
    """The last screen with an answer, to go back to."""
    return max((check.screen_of[slug] for slug in answers), key=lambda screen: screen.number).slug


def frame(check: HipCheck) -> dict[str, Any]:
    """What all pages of it show: who has read the questions, if somebody did."""
    review = site.settings().clinical_review
    return {
        "check": check,
        "review": review if review and is_reviewed(check, review.on) else None,
        "medical_notice": articles.MEDICAL_NOTICE,
        "no_endorsement": articles.NO_ENDORSEMENT,
        "last_day": site.today() + SELF_CARE,
    }
