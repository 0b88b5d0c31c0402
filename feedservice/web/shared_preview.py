"""The route at which an article is shown to whoever was sent its address."""

from flask import Blueprint, Response

from feedservice.publishing.shared_preview import SharedPreview
from feedservice.web.render import page
from feedservice.web.respond import PAGE, ContractResponse


def shared_preview_blueprint(preview: SharedPreview) -> Blueprint:
    """Return the route."""
    blueprint = Blueprint("shared_preview", __name__)

    @blueprint.get("/preview/<token>")
    def article(token: str) -> Response:
        found, told = preview.article(token)
        body = page("shared_preview.html", found.site, article=found, **told)
        return ContractResponse(body, content_type=PAGE)

    return blueprint
