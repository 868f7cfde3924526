"""The six questions: they check themselves without a network, by mouse or keyboard, and print on one sheet."""

import re

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.book, pytest.mark.browser]

SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def page(browser: Browser, address: str):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/book/questions.html")
        yield page


def verdicts(page: Page) -> list[str]:
    return [said.strip() for said in page.locator("#questions .said").all_inner_texts()]


def test_nothing_is_told_before_it_is_asked(page):
    assert verdicts(page) == [""] * 6 and page.locator("#questions output").inner_text() == ""
    assert page.locator("#questions input:checked").count() == 0


def test_every_answer_is_told_right_or_wrong_with_its_reason(page):
    page.get_by_role("button", name="Check", exact=True).click()
    assert verdicts(page) == ["No answer yet."] * 6
    for kind, sign in (("right", "✓ Right."), ("wrong", "✗ Not this one.")):
        for question in page.locator("#questions fieldset").all():
            option = question.locator(f"input[value={kind}]").first
            option.check()
            assert (
                question.locator(".said").inner_text() == ""
            )  # a verdict belongs to the answer it was given for
        page.get_by_role("button", name="Check", exact=True).click()
        for question, said in zip(page.locator("#questions fieldset").all(), verdicts(page), strict=True):
            reason = question.locator("input:checked").get_attribute("data-say")
            assert said == f"{sign} {reason}"
        total = 6 if kind == "right" else 0
        assert page.locator("#questions output").inner_text() == f"{total} of 6 right."


def test_the_keyboard_is_enough(page):
    page.locator("#questions input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert verdicts(page)[0].startswith("✓ Right.") and verdicts(page)[1] == "No answer yet."


def test_each_option_is_named_and_grouped_for_a_screen_reader(page):
    assert page.get_by_role("group").filter(has=page.get_by_role("radio")).count() == 6
    assert page.get_by_role("radio").count() == 24
    assert page.get_by_role("radio", name="Add two, take away the third.").count() == 1


@pytest.mark.parametrize("margin", ["0mm", "10mm"])
def test_they_print_on_one_sheet_without_verdicts(page, margin):
    page.get_by_role("button", name="Check", exact=True).click()
    sides = dict.fromkeys(("top", "bottom", "left", "right"), margin)
    assert len(SHEET.findall(page.pdf(format="A4", margin=sides))) == 1
    page.emulate_media(media="print")
    assert not any(said.is_visible() for said in page.locator("#questions .said").all())
    assert not page.get_by_role("button", name="Check", exact=True).is_visible()
    assert page.get_by_text("Name:").is_visible()
