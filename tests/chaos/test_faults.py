"""Every fault in its short form: nothing lost, nothing doubled, every promise kept."""

from __future__ import annotations

import pytest

from chaos.faults import FAULTS
from chaos.outcome import told
from chaos.scale import SHORT


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.parametrize("name", FAULTS)
def test_what_was_promised_holds(name):
    outcome = FAULTS[name](SHORT)
    assert outcome.is_kept, told([outcome])
    assert outcome.expected > 0
    assert outcome.seen == outcome.expected
