"""Lines and columns of offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends import lines
from guardrail.frontends.lines import Lines


def _counted(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@given(st.text("ab\n\r\u2028", max_size=20), st.integers(0, 20))
def test_lines_end_with_a_line_feed_only(text: str, offset: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_BLOCK", 4)
        assert Lines(text).position(min(offset, len(text))) == _counted(text, min(offset, len(text)))


@pytest.mark.parametrize("text", ["\n" * 20_000, "a" * 20_000, ("a" * 99 + "\n") * 200, ""])
def test_blocks_are_led_over(text: str) -> None:
    table = Lines(text)
    for offset in range(0, len(text) + 1, 97):
        assert table.position(offset) == _counted(text, offset)
