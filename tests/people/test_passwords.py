"""Which passwords are taken, and how they are kept."""

from __future__ import annotations

import pytest

from workflow_app.engine.errors import Invalid
from workflow_app.people import passwords


@pytest.mark.parametrize(
    "good", ["correct horse", "zwölf Möwen!", "x1" * 100, "            ä b c d e", "Fördeblick-2026"]
)
def test_length_is_enough(good):
    passwords.must_be_good(good, "mia@example.org", "Mia Muster")


@pytest.mark.parametrize(
    "bad",
    [
        "", "elevenchars", "x1" * 101, "password1234", "Passwort 1234", "111111111111", "aaaa aaaa aaaa",
        "mia@example.org", "MIA@example.ORG", "Mia Mustermann",
    ],
)  # fmt: skip
def test_what_many_would_guess_is_refused_beside_the_field(bad):
    with pytest.raises(Invalid) as refused:
        passwords.must_be_good(bad, "mia@example.org", "Mia Mustermann")
    assert list(refused.value.fields) == ["password"]


def test_every_common_password_is_long_enough_to_matter_and_written_as_it_is_compared():
    assert len(passwords.COMMON) > 40
    assert [p for p in passwords.COMMON if len(p) < passwords.SHORTEST or p != p.casefold()] == []


def test_a_password_is_kept_as_argon2id_and_each_time_with_another_salt():
    first, second = passwords.hashed("zwölf Möwen!", 1), passwords.hashed("zwölf Möwen!", 1)
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.fits("zwölf Möwen!", first, 1)
    assert not passwords.fits("zwölf Möwen", first, 1)


def test_umlauts_fit_from_whichever_keyboard_they_come():
    stored = passwords.hashed("zwo\u0308lf Mo\u0308wen!", 1)
    assert passwords.fits("zw\u00f6lf M\u00f6wen!", stored, 1)


def test_without_a_stored_password_none_fits():
    assert not passwords.fits("nobody has this password", None, 1)
    assert not passwords.fits("x", "no hash at all", 1)


def test_what_was_made_with_other_parameters_is_outdated():
    stored = passwords.hashed("correct horse", 1)
    assert not passwords.is_outdated(stored, 1)
    assert passwords.is_outdated(stored, 3)
