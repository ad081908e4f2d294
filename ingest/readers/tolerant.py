"""Python's HTML parser, for pages that come whole and may be broken anywhere."""

from html.parser import HTMLParser


class TolerantParser(HTMLParser):
    """Must be fed a page at once. What is not closed at its end is passed over as a browser does, and not tried again."""

    def parse_comment(self, i: int, report: bool = True) -> int:
        return self._or_end(super().parse_comment(i, report))

    def parse_starttag(self, i: int) -> int:
        return self._or_end(super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        return self._or_end(super().parse_endtag(i))

    def parse_pi(self, i: int) -> int:
        return self._or_end(super().parse_pi(i))

    def parse_html_declaration(self, i: int) -> int:
        try:
            return self._or_end(super().parse_html_declaration(i))
        except AssertionError:  # what it makes of <![ with a word that it does not know
            return self._or_end(self.parse_bogus_comment(i))

    def _or_end(self, at: int) -> int:
        return at if at >= 0 else len(self.rawdata)
