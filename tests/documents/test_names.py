"""Names of files are made safe to keep, to show and to send."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_app.documents import names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Protokoll März.pdf", "Protokoll März.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Dokumente\\Plan.png", "Plan.png"),
        ("a\u0308rger.txt", "ärger.txt"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("zeile\r\nzwei\x00\x07.pdf", "zeile zwei.pdf"),
        ('a<b>"c"|d?.pdf', "abcd.pdf"),
        (" .versteckt.pdf ", "versteckt.pdf"),
        (".pdf", "pdf"),
        ("", "datei"),
        ("///", "datei"),
        ("...", "datei"),
        ("資料.pdf", "資料.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_cleaned(given, kept):
    assert names.cleaned(given) == kept


def test_a_long_name_keeps_its_ending():
    kept = names.cleaned("x" * 500 + ".pdf")
    assert len(kept) == 200
    assert kept.endswith("x.pdf")


@given(st.text(max_size=300))
def test_whatever_is_given_can_be_kept_shown_and_sent(given_name):
    kept = names.cleaned(given_name)
    assert 0 < len(kept) <= 200
    assert not set(kept) & (names.FORBIDDEN | set("\r\n\x00"))
    assert unicodedata.is_normalized("NFC", kept) or not unicodedata.is_normalized("NFC", given_name)
    assert all(unicodedata.category(c)[0] != "C" for c in kept)
    assert not kept.startswith(".")
    assert names.cleaned(kept) == kept
