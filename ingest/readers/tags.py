"""Names in HTML, and what they mean for a page's text."""

# elements without content
VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
        "wbr",
    }
)  # fmt: skip
# elements that what follows them closes, and which so are not counted as nesting
LOOSE = frozenset(
    {
        "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "option", "body", "html",
    }
)  # fmt: skip
# elements that begin and end a block of text
BLOCK = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p",
        "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# elements whose text a page does not show as its own
UNSEEN = frozenset(
    {
        "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "textarea",
        "title", "canvas", "audio", "video",
    }
)  # fmt: skip
# what stands beside a page's matter: elements, roles, classes
ASIDE = frozenset({"nav", "aside", "footer", "figcaption"})
ASIDE_ROLES = frozenset(
    {
        "navigation", "complementary", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar",
        "banner",
    }
)  # fmt: skip
ASIDE_CLASSES = frozenset(
    {
        "skip", "skiplink", "share", "sharing", "social", "breadcrumb", "breadcrumbs", "sr-only",
        "caption", "wp-caption-text", "image-caption", "photo-caption", "sharedaddy", "addtoany", "visually-hidden", "screen-reader-text",
    }
)  # fmt: skip
# names under which pages say when they were published
DAYS = frozenset(
    {
        "article:published_time", "datepublished", "dc.date", "dcterms.date", "dcterms.created", "pubdate",
        "publishdate", "date",
    }
)  # fmt: skip
