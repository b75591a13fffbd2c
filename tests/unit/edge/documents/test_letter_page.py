"""The letter in the bank's app: one's own notice, in the language in which it was served, and nobody else's."""

import re

import pytest

from tests.unit.edge.desk.bank_story import BankStory


@pytest.fixture
def story() -> BankStory:
    return BankStory().opened().fraud().reported()


def test_a_holder_gets_the_own_notice_as_a_letter_and_nobody_else_does(story: BankStory) -> None:
    own = story.browser("bank-c").sign_in("daniyar")
    found = re.search(r"/app/notices/[a-z0-9_]+", own.get("/app/notices").text)
    assert found is not None
    assert f'href="{found[0]}.pdf"' in own.get(found[0]).text
    letter = own.get(f"{found[0]}.pdf")
    assert letter.status == 200
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.headers["cache-control"] == "no-store"
    assert letter.text.startswith("%PDF-1.7")
    assert story.browser("bank-c").sign_in("olga").get(f"{found[0]}.pdf").status == 404
    assert own.get("/app/notices/unknown.pdf").status == 404
