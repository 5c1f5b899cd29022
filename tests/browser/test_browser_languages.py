"""The interface in another language, in a real browser: by the address, by the list, from page to page."""

from __future__ import annotations

from at_rest import settle


def test_the_address_chooses_the_language_and_it_stays_from_page_to_page(small_server, page):
    page.goto(f"{small_server}/method?lang=fr")
    settle(page)
    assert page.get_by_role("heading", name="Méthode", exact=True).count() == 1
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.get_by_role("link", name="Thèmes").click()
    page.get_by_role("heading", name="Thèmes", exact=True).wait_for()
    settle(page)
    assert "lang=fr" in page.url
    assert page.get_by_text("Modifier ce qui est compté").count() == 1


def test_the_list_in_the_sidebar_changes_the_language(small_server, page):
    page.goto(f"{small_server}/gaps")
    settle(page)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("combobox", name="Language of this page").click()
    page.get_by_role("option", name="Polski").click()
    page.get_by_role("heading", name="Luki", exact=True).wait_for()
    settle(page)
    assert "lang=pl" in page.url
    assert page.evaluate("document.documentElement.lang") == "pl"
