"""HTML that strangers wrote, made harmless."""

import nh3

TAGS = frozenset(
    {
        *("p", "div", "br", "hr", "blockquote", "pre", "section", "article", "figure"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "tbody", "thead", "tr", "td", "th"),
        *("a", "b", "strong", "i", "em", "u", "s", "mark", "code", "sub", "sup"),
    }
)


def clean(html: str) -> str:
    """Balanced HTML of text, lists and links only: no script, style, event, frame or picture.

    Links lead to http, https, mailto and tel addresses; text stays as it was.
    """
    return nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
