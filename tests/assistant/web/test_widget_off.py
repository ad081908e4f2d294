"""Where no site may show the widget."""

import httpx


def test_where_no_site_is_listed_there_is_no_widget(server: str) -> None:
    for path in ("/widget.js", "/widget/frame?site=https://www.example.gov", "/widget/search", "/widget/frame.js"):
        assert httpx.get(server + path).status_code == 404
    assert httpx.post(f"{server}/widget/ask", json={"question": "What is a straw purchaser?"}).status_code == 404
